// Internal header. HttpRouteTree: finds what was registered for a method and a path.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "nano/http/message.h"
#include "nano/http/route_pattern.h"

namespace nano {

/// Patterns and their numbers. Where several fit, segments are compared from the left: a literal one goes
/// before a parameter, and a parameter before what takes the rest; a pattern that names the host goes before
/// all that do not. A pattern whose method is another one is passed over. Filled first; then find() may be
/// called by any thread.
class HttpRouteTree {
 public:
  struct Found {
    const std::size_t* route = nullptr;     ///< null: none fits
    std::vector<HttpParameter> parameters;  ///< of the path
    std::set<std::string_view> methods;     ///< where none fits: those that the path has
  };

  /// Throws std::invalid_argument, naming both, when another pattern takes the same requests.
  void add(const HttpRoutePattern& pattern, std::size_t route);
  /// The same for what stands behind all that was added so for the same path.
  void add_last(const HttpRoutePattern& pattern, std::size_t route);

  /// Time is linear in the path's length, whatever the number of literal routes; each parameter that stands
  /// beside literals may double it. GET routes take HEAD, too.
  Found find(std::string_view host, std::string_view method, std::string_view path) const;

  /// Of all patterns; "" stands for all methods.
  const std::set<std::string, std::less<>>& methods() const { return methods_; }

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> names;  ///< of the parameters, in their order
    std::size_t number;
  };
  /// All that is registered for the same paths.
  struct Place {
    std::vector<Route> routes;
    std::vector<Route> last;
    const Route* find(std::string_view method) const;
    void add_methods(std::set<std::string_view>& methods) const;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, Hash, std::equal_to<>> literals;
    std::unique_ptr<Node> parameter;
    Place here;
    Place rest;
  };
  /// A search on its way.
  struct Search {
    std::string_view method;
    std::vector<std::string_view> values;  // of the parameters so far
    std::vector<const Place*> others;      // which the path has, and the method not
    const Route* accept(const Place& place);
    const Route* below(const Node& node, std::string_view path);
    const Route* through(const Node& node, std::string_view path, bool is_last);
  };

  Place& place_of(const HttpRoutePattern& pattern);

  std::map<std::string, Node, std::less<>> hosts_;  // "" for all
  std::set<std::string, std::less<>> methods_;
};

}  // namespace nano
