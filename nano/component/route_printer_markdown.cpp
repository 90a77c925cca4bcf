#include "nano/component/route_printers.h"

namespace nano {
namespace {

/// As code in a cell of a table.
std::string cell(std::string_view code) {
  std::string text = "`";
  for (const char c : code) text += c == '|' ? std::string{"\\|"} : std::string{c};
  return text + "`";
}

std::string payload_cell(const PayloadType* type, const TypeCatalog& catalog) {
  if (!type) return "";
  if (type->kind == PayloadType::Kind::raw) return "raw bytes";
  if (type->kind == PayloadType::Kind::protobuf) return "protobuf " + cell(type->protobuf_name());
  return cell(typescript_type(type->shape(), catalog));
}

std::string type_section(const JsonShape& type, const TypeCatalog& catalog) {
  std::string text = "\n### " + catalog.name_of(type) + "\n\n";
  if (type.kind == JsonShape::Kind::enumeration) {
    std::vector<std::string> names;
    for (const std::string_view name : type.names) names.push_back(cell(name));
    return text + "One of the strings " + joined(names, ", ") + ".\n";
  }
  if (type.members.empty()) return text + "Has no members.\n";
  text += "| member | type | |\n|---|---|---|\n";
  for (const JsonShape::Member& member : type.members) {
    const bool optional = member.shape().kind == JsonShape::Kind::optional;
    const JsonShape& shape = optional ? member.shape().element() : member.shape();
    text += "| " + cell(member.name) + " | " + cell(typescript_type(shape, catalog)) + " | " +
            (optional ? "optional" : "") + " |\n";
  }
  return text;
}

}  // namespace

std::string print_markdown(const PrintedRoutes& routes) {
  std::string text = "# Routes of " + std::string{routes.program} + "\n\nSerializer: `" +
                     std::string{routes.codec.serializer().name()} +
                     "`. Types are written as in TypeScript.\n";
  text += "\n## Handlers\n\nClients call these, as requests or as notifies.\n\n";
  text += "| route | request | response |\n|---|---|---|\n";
  for (const auto& [route, handler] : routes.registry.handlers()) {
    text += "| " + cell(route) + " | " + payload_cell(handler.request, routes.catalog) + " | " +
            payload_cell(handler.response, routes.catalog) + " |\n";
  }
  if (!routes.registry.pushes().empty()) {
    text += "\n## Pushes\n\nThe server sends these.\n\n| route | payload |\n|---|---|\n";
    for (const auto& [route, type] : routes.registry.pushes()) {
      text += "| " + cell(route) + " | " + payload_cell(type, routes.catalog) + " |\n";
    }
  }
  if (!routes.catalog.types().empty()) text += "\n## Types\n";
  for (const JsonShape* type : routes.catalog.types()) text += type_section(*type, routes.catalog);
  return text;
}

}  // namespace nano
