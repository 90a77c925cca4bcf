// Internal header. The printers behind print_routes().
#pragma once

#include <string>
#include <string_view>

#include "nano/component/registry.h"
#include "nano/component/type_catalog.h"

namespace nano {

struct PrintedRoutes {
  const ComponentRegistry& registry;
  const PayloadCodec& codec;
  std::string_view program;
  TypeCatalog catalog;
};

std::string print_typescript(const PrintedRoutes& routes);
std::string print_json(const PrintedRoutes& routes);
std::string print_markdown(const PrintedRoutes& routes);

}  // namespace nano
