#include "nano/component/type_catalog.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace nano {
namespace {

/// What a printed module calls something else.
constexpr std::array<std::string_view, 5> taken_names = {"Routes", "Messages", "Record", "Uint8Array",
                                                         "Array"};

/// Longer lists of a fixed length are written without it.
constexpr std::size_t tuple_elements_max = 8;

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
  return text;
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
    ++uses_of_short_name_[short_name(shape)];
  }
  if (shape.element) add(shape.element());
  for (const JsonShape::Member& member : shape.members) add(member.shape());
}

std::string TypeCatalog::name_of(const JsonShape& type) const {
  const std::string name = short_name(type);
  const bool taken = std::find(taken_names.begin(), taken_names.end(), name) != taken_names.end();
  if (!taken && uses_of_short_name_.at(name) == 1) return name;
  const std::string qualified = to_identifier(type.type_name);
  return qualified == name ? name + "Type" : qualified;
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
  if (shape.count > tuple_elements_max) return list_of_elements();
  return "[" + joined(std::vector<std::string>(shape.count, element()), ", ") + "]";
}

}  // namespace nano
