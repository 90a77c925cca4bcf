#include "nano/component/type_catalog.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "nano/base/limits.h"

namespace nano {
namespace {

/// What means something else in a printed module: its own names, and words of TypeScript.
constexpr std::array reserved_names = {
    "Routes",  "Messages",   "Proto",      "Record",    "Uint8Array", "Array",    "Promise",   "any",
    "unknown", "never",      "void",       "null",      "undefined",  "string",   "number",    "boolean",
    "bigint",  "symbol",     "object",     "true",      "false",      "break",    "case",      "catch",
    "class",   "const",      "continue",   "debugger",  "default",    "delete",   "do",        "else",
    "enum",    "export",     "extends",    "finally",   "for",        "function", "if",        "import",
    "in",      "instanceof", "new",        "return",    "super",      "switch",   "this",      "throw",
    "try",     "typeof",     "var",        "while",     "with",       "let",      "static",    "yield",
    "await",   "async",      "implements", "interface", "package",    "private",  "protected", "public"};

/// Where the last component of "a::b<c::d>::E" begins.
std::size_t begin_of_last_component(std::string_view name) {
  int depth = 0;
  for (std::size_t i = name.size(); i > 1; --i) {
    if (name[i - 1] == '>') ++depth;
    if (name[i - 1] == '<') --depth;
    if (depth == 0 && name.substr(i - 2, 2) == "::") return i;
  }
  return 0;
}

/// Letters, digits and underscores; whatever else stood between them is one underscore.
std::string to_identifier(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool fits = std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80;
    if (fits || (!text.empty() && text.back() != '_')) text += fits ? c : '_';
  }
  while (!text.empty() && text.back() == '_') text.pop_back();
  return text.empty() ? "Type" : text;
}

std::string short_name(const JsonShape& type) {
  return to_identifier(type.type_name.substr(begin_of_last_component(type.type_name)));
}

}  // namespace

void TypeCatalog::add(const PayloadType* type) {
  if (!type) return;
  if (type->kind == PayloadType::Kind::json) add(type->shape());
  if (type->kind == PayloadType::Kind::protobuf) protobuf_messages_.insert(type->protobuf_name());
}

void TypeCatalog::add(const JsonShape& shape) {
  const bool named = !shape.type_name.empty();
  if (named) {
    if (std::find(types_.begin(), types_.end(), &shape) != types_.end()) return;
    types_.push_back(&shape);
  }
  if (shape.element) add(shape.element());
  for (const JsonShape::Member& member : shape.members) add(member.shape());
}

void TypeCatalog::name_types() {
  std::map<std::string, int> uses;
  for (const JsonShape* type : types_) ++uses[short_name(*type)];
  std::set<std::string> taken(reserved_names.begin(), reserved_names.end());
  for (const JsonShape* type : types_) {
    const std::string brief = short_name(*type);
    const std::string name =
        uses[brief] == 1 && !taken.contains(brief) ? brief : to_identifier(type->type_name);
    std::string unique = name;
    for (int number = 2; !taken.insert(unique).second; ++number) unique = name + "_" + std::to_string(number);
    names_.emplace(type, std::move(unique));
  }
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) all += between;
    all += text;
  }
  return all;
}

std::string typescript_type(const JsonShape& shape, const TypeCatalog& catalog) {
  using Kind = JsonShape::Kind;
  const auto element = [&] { return typescript_type(shape.element(), catalog); };
  const auto list_of_elements = [&] {
    return shape.element().kind == Kind::optional ? "(" + element() + ")[]" : element() + "[]";
  };
  switch (shape.kind) {
    case Kind::string: return "string";
    case Kind::boolean: return "boolean";
    case Kind::integer:
    case Kind::number: return "number";
    case Kind::any: return "unknown";
    case Kind::any_object: return "Record<string, unknown>";
    case Kind::any_array: return "unknown[]";
    case Kind::optional: return element() + " | null";
    case Kind::list: return list_of_elements();
    case Kind::map: return "Record<string, " + element() + ">";
    case Kind::object:
    case Kind::enumeration: return catalog.name_of(shape);
    case Kind::fixed_list: break;
  }
  if (shape.count > limits::printed_tuple_elements) return list_of_elements();
  return "[" + joined(std::vector<std::string>(shape.count, element()), ", ") + "]";
}

}  // namespace nano
