#include <boost/json.hpp>

#include "nano/component/route_printers.h"

namespace nano {
namespace {

namespace json = boost::json;

json::value schema_of(const JsonShape& shape, const TypeCatalog& catalog) {
  using Kind = JsonShape::Kind;
  const auto element = [&] { return schema_of(shape.element(), catalog); };
  switch (shape.kind) {
    case Kind::string: return {{"type", "string"}};
    case Kind::boolean: return {{"type", "boolean"}};
    case Kind::integer: return {{"type", "integer"}, {"minimum", shape.min}, {"maximum", shape.max}};
    case Kind::number: return {{"type", "number"}};
    case Kind::any: return true;
    case Kind::any_object: return {{"type", "object"}};
    case Kind::any_array: return {{"type", "array"}};
    case Kind::optional: return {{"anyOf", json::array{element(), {{"type", "null"}}}}};
    case Kind::list: return {{"type", "array"}, {"items", element()}};
    case Kind::fixed_list:
      return {{"type", "array"}, {"items", element()}, {"minItems", shape.count}, {"maxItems", shape.count}};
    case Kind::map: return {{"type", "object"}, {"additionalProperties", element()}};
    case Kind::object:
    case Kind::enumeration: break;
  }
  return {{"$ref", "#/$defs/" + catalog.name_of(shape)}};
}

json::value definition_of(const JsonShape& type, const TypeCatalog& catalog) {
  if (type.kind == JsonShape::Kind::enumeration) {
    json::array names;
    for (const std::string_view name : type.names) names.emplace_back(name);
    return {{"enum", std::move(names)}};
  }
  json::object properties;
  json::array required;
  for (const JsonShape::Member& member : type.members) {
    properties.emplace(member.name, schema_of(member.shape(), catalog));
    if (member.shape().kind != JsonShape::Kind::optional) required.emplace_back(member.name);
  }
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

json::value payload(const PayloadType* type, const TypeCatalog& catalog) {
  if (!type) return nullptr;
  if (type->kind == PayloadType::Kind::raw) return {{"contentMediaType", "application/octet-stream"}};
  if (type->kind == PayloadType::Kind::protobuf) {
    return {{"contentMediaType", "application/protobuf"}, {"protobufMessage", type->protobuf_name()}};
  }
  return schema_of(type->shape(), catalog);
}

}  // namespace

std::string print_json(const PrintedRoutes& routes) {
  json::object handlers;
  for (const auto& [route, handler] : routes.registry.handlers()) {
    handlers.emplace(route, json::object{{"request", payload(handler.request, routes.catalog)},
                                         {"response", payload(handler.response, routes.catalog)}});
  }
  json::object pushes;
  for (const auto& [route, type] : routes.registry.pushes()) {
    pushes.emplace(route, payload(type, routes.catalog));
  }
  json::object definitions;
  for (const JsonShape* type : routes.catalog.types()) {
    definitions.emplace(routes.catalog.name_of(*type), definition_of(*type, routes.catalog));
  }
  const json::object document{{"program", routes.program},
                              {"serializer", routes.codec.serializer().name()},
                              {"handlers", std::move(handlers)},
                              {"pushes", std::move(pushes)},
                              {"$defs", std::move(definitions)}};
  return json::serialize(document) + "\n";
}

}  // namespace nano
