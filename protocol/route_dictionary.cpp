#include "protocol/route_dictionary.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "protocol/utf8.h"

namespace nano::protocol {

namespace {

std::string in_quotes(std::string_view route) { return '"' + replace_invalid_utf8(route) + '"'; }

}  // namespace

RouteDictionary::RouteDictionary(const RouteDictionary& other) {
  for (const auto& [route, code] : other) add(route, code);
}

RouteDictionary& RouteDictionary::operator=(RouteDictionary other) noexcept {
  // The nodes of a map keep their place when maps are swapped, so the views stay right.
  std::swap(entries_, other.entries_);
  std::swap(code_by_route_, other.code_by_route_);
  std::swap(route_by_code_, other.route_by_code_);
  return *this;
}

RouteDictionary RouteDictionary::from_routes(std::vector<std::string> routes) {
  std::sort(routes.begin(), routes.end());
  routes.erase(std::unique(routes.begin(), routes.end()), routes.end());
  if (routes.size() > route_code_max) {
    throw std::invalid_argument("The route dictionary can hold " + std::to_string(route_code_max) +
                                " routes, but there are " + std::to_string(routes.size()) +
                                ": choose the routes that are used most.");
  }
  RouteDictionary dictionary;
  std::uint16_t code = 0;
  for (const std::string& route : routes) dictionary.add(route, ++code);
  return dictionary;
}

void RouteDictionary::add(std::string_view route, std::uint16_t code) {
  if (route.empty()) {
    throw std::invalid_argument("A route in the route dictionary is empty: give it a name or leave it out.");
  }
  if (route.size() > route_bytes_max) {
    throw std::invalid_argument("The route " + in_quotes(route) + " has " + std::to_string(route.size()) +
                                " bytes: shorten it to " + std::to_string(route_bytes_max) + " at most.");
  }
  if (!is_utf8(route)) {
    throw std::invalid_argument("The route " + in_quotes(route) + " is not UTF-8: spell it in UTF-8.");
  }
  if (find_code(route)) {
    throw std::invalid_argument("The route " + in_quotes(route) +
                                " is in the route dictionary twice: remove one of the entries.");
  }
  if (const auto taken = find_route(code)) {
    throw std::invalid_argument("The routes " + in_quotes(*taken) + " and " + in_quotes(route) +
                                " have the same code " + std::to_string(code) + ": give one another code.");
  }
  if (route_by_code_.size() <= code) route_by_code_.resize(std::size_t{code} + 1);
  const auto entry = entries_.emplace(route, code).first;
  code_by_route_.emplace(entry->first, code);
  route_by_code_[code] = entry->first;
}

std::optional<std::uint16_t> RouteDictionary::find_code(std::string_view route) const {
  const auto found = code_by_route_.find(route);
  return found == code_by_route_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string_view> RouteDictionary::find_route(std::uint16_t code) const {
  if (code >= route_by_code_.size() || route_by_code_[code].empty()) return std::nullopt;
  return route_by_code_[code];
}

}  // namespace nano::protocol
