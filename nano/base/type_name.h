// Internal header. How the compiler calls a type.
#pragma once

#include <string_view>

namespace nano::detail {

/// The name of T with its namespaces, as "game::Position".
template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;  // "... [with T = X; ...]" (g++), "... [T = X]" (clang)
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

}  // namespace nano::detail
