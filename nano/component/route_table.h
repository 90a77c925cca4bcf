// Internal header. RouteTable: handlers by their routes, for the dispatch.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace nano {

/// From routes to things that outlive it, as their routes do. It is asked for each message, and filled once:
/// at most half full, so that most routes are found, or not, at the first look. Routes are hashed by their
/// length and by their first and last bytes, in which those of one server differ; no stranger can fill it.
template <class T>
class RouteTable {
 public:
  /// Has room for so many.
  explicit RouteTable(std::size_t routes_max = 0) : places_(std::bit_ceil(2 * routes_max + 2)) {}

  /// A route that is not in it yet.
  void add(std::string_view route, const T& value) {
    std::size_t at = hash(route);
    while (places_[at & mask()].value) ++at;
    places_[at & mask()] = {route, &value};
  }

  /// Null: it is not in it.
  const T* find(std::string_view route) const {
    for (std::size_t at = hash(route);; ++at) {
      const Place& place = places_[at & mask()];
      if (!place.value || place.route == route) return place.value;
    }
  }

 private:
  struct Place {
    std::string_view route;
    const T* value = nullptr;
  };

  std::size_t mask() const { return places_.size() - 1; }

  static std::size_t hash(std::string_view route) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (route.size() >= sizeof first) {
      std::memcpy(&first, route.data(), sizeof first);
      std::memcpy(&last, route.data() + route.size() - sizeof last, sizeof last);
    } else {
      for (const char c : route) first = first << 8 | static_cast<std::uint8_t>(c);
    }
    const std::uint64_t mixed = (first ^ (last + route.size()) * 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
    return static_cast<std::size_t>(mixed >> 32);
  }

  std::vector<Place> places_;
};

}  // namespace nano
