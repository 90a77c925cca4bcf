// Internal header. What clients need to know of a server's routes, printed for compilers, programs and
// people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nano/component/registry.h"
#include "nano/serialize/serializer.h"

namespace nano {

enum class RoutesFormat {
  typescript,  ///< a module with `interface Routes`, for the type parameter of client-js's connect()
  json,        ///< routes, and JSON Schema 2020-12 for what they carry
  markdown     ///< tables
};

/// "ts", "json" or "markdown"; otherwise nothing.
std::optional<RoutesFormat> parse_routes_format(std::string_view text);

/// `program` is named in the heading.
std::string print_routes(const ComponentRegistry& registry, const PayloadCodec& codec,
                         std::string_view program, RoutesFormat format);

}  // namespace nano
