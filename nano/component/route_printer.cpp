#include "nano/component/route_printer.h"

#include "nano/component/route_printers.h"

namespace nano {

std::optional<RoutesFormat> parse_routes_format(std::string_view text) {
  if (text == "ts") return RoutesFormat::typescript;
  if (text == "json") return RoutesFormat::json;
  if (text == "markdown") return RoutesFormat::markdown;
  return std::nullopt;
}

std::string print_routes(const ComponentRegistry& registry, const PayloadCodec& codec,
                         std::string_view program, RoutesFormat format) {
  PrintedRoutes routes{registry, codec, program, {}};
  for (const auto& [route, handler] : registry.handlers()) {
    routes.catalog.add(handler.request);
    routes.catalog.add(handler.response);
  }
  for (const auto& [route, payload] : registry.pushes()) routes.catalog.add(payload);
  routes.catalog.name_types();
  switch (format) {
    case RoutesFormat::typescript: return print_typescript(routes);
    case RoutesFormat::json: return print_json(routes);
    case RoutesFormat::markdown: return print_markdown(routes);
  }
  return {};
}

}  // namespace nano
