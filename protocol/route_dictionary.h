// Public header. The dictionary of compressed routes that a server offers in its handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/limits.h"

namespace nano::protocol {

/// Routes and their codes, found both ways. Set up by one thread; from then on it does not change, and any
/// number of threads may read it.
class RouteDictionary {
 public:
  using Entries = std::map<std::string, std::uint16_t, std::less<>>;

  RouteDictionary() = default;
  RouteDictionary(const RouteDictionary& other);
  RouteDictionary(RouteDictionary&&) = default;
  RouteDictionary& operator=(RouteDictionary other) noexcept;
  ~RouteDictionary() = default;

  /// Gives the routes codes from 1 on in sorted order (by bytes), so that the same routes get the same codes
  /// on every node. A route named twice counts once. Throws as `add` does, and for more than 65535 routes.
  static RouteDictionary from_routes(std::vector<std::string> routes);

  /// Throws std::invalid_argument, with a sentence that says what to change, if the route is empty, longer
  /// than `route_bytes_max` bytes or not UTF-8 (it has to be a JSON string in the handshake), or if the route
  /// or the code is in the dictionary already. The dictionary is unchanged then.
  void add(std::string_view route, std::uint16_t code);

  /// Neither allocates. The view is valid as long as the dictionary.
  std::optional<std::uint16_t> find_code(std::string_view route) const;
  std::optional<std::string_view> find_route(std::uint16_t code) const;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  /// Pairs of route and code, sorted by route.
  Entries::const_iterator begin() const { return entries_.begin(); }
  Entries::const_iterator end() const { return entries_.end(); }

 private:
  Entries entries_;
  std::unordered_map<std::string_view, std::uint16_t> code_by_route_;  // views into entries_
  std::vector<std::string_view> route_by_code_;                        // too; empty: the code is free
};

}  // namespace nano::protocol
