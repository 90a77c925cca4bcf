#include "nano/http/route_tree.h"

#include <algorithm>
#include <stdexcept>

namespace nano {

namespace {

using Kind = HttpRoutePattern::Kind;

std::vector<std::string> names_of(const HttpRoutePattern& pattern) {
  std::vector<std::string> names;
  for (const auto& [kind, text] : pattern.segments) {
    if (kind != Kind::literal) names.push_back(text);
  }
  return names;
}

}  // namespace

HttpRouteTree::Place& HttpRouteTree::place_of(const HttpRoutePattern& pattern) {
  Node* node = &hosts_[pattern.host];
  for (const auto& [kind, text] : pattern.segments) {
    if (kind == Kind::rest) return node->rest;
    std::unique_ptr<Node>& next = kind == Kind::parameter ? node->parameter : node->literals[text];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  return node->here;
}

void HttpRouteTree::add(const HttpRoutePattern& pattern, std::size_t route) {
  Place& place = place_of(pattern);
  for (const Route& other : place.routes) {
    if (other.method != pattern.method) continue;
    throw std::invalid_argument("The HTTP pattern \"" + pattern.text + "\" has two handlers: \"" +
                                other.pattern + "\" takes the same requests. Remove one of them.");
  }
  place.routes.push_back({pattern.method, pattern.text, names_of(pattern), route});
  methods_.insert(pattern.method);
}

void HttpRouteTree::add_last(const HttpRoutePattern& pattern, std::size_t route) {
  place_of(pattern).last.push_back({pattern.method, pattern.text, names_of(pattern), route});
  methods_.insert(pattern.method);
}

const HttpRouteTree::Route* HttpRouteTree::Place::find(std::string_view method) const {
  for (const std::vector<Route>* all : {&routes, &last}) {
    const Route* best = nullptr;
    for (const Route& route : *all) {
      if (route.method == method) return &route;
      const bool is_better = route.method == "GET" ? method == "HEAD" : route.method.empty() && !best;
      if (is_better) best = &route;
    }
    if (best) return best;
  }
  return nullptr;
}

void HttpRouteTree::Place::add_methods(std::set<std::string_view>& methods) const {
  for (const std::vector<Route>* all : {&routes, &last}) {
    for (const Route& route : *all) {
      methods.insert(route.method);
      if (route.method == "GET") methods.insert("HEAD");
    }
  }
}

const HttpRouteTree::Route* HttpRouteTree::Search::accept(const Place& place) {
  if (place.routes.empty() && place.last.empty()) return nullptr;
  const Route* route = place.find(method);
  if (!route) others.push_back(&place);
  return route;
}

/// `path` is what follows the slash behind the node's own segment.
const HttpRouteTree::Route* HttpRouteTree::Search::below(const Node& node, std::string_view path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  const std::string_view rest = path.substr(std::min(end + 1, path.size()));
  const bool is_last = end == path.size();
  if (!segment.empty()) {
    const auto literal = node.literals.find(segment);
    if (literal != node.literals.end()) {
      if (const Route* route = through(*literal->second, rest, is_last)) return route;
    }
    if (node.parameter) {
      values.push_back(segment);
      if (const Route* route = through(*node.parameter, rest, is_last)) return route;
      values.pop_back();
    }
  }
  const Route* route = accept(node.rest);
  if (route) values.push_back(path);
  return route;
}

const HttpRouteTree::Route* HttpRouteTree::Search::through(const Node& node, std::string_view path,
                                                           bool is_last) {
  return is_last ? accept(node.here) : below(node, path);
}

HttpRouteTree::Found HttpRouteTree::find(std::string_view host, std::string_view method,
                                         std::string_view path) const {
  Found found;
  Search search{method, {}, {}};
  const Route* route = nullptr;
  for (const std::string_view name : {host, std::string_view{}}) {
    const auto tree = hosts_.find(name);
    if (!route && tree != hosts_.end()) route = search.below(tree->second, path.substr(1));
  }
  if (!route) {
    for (const Place* place : search.others) place->add_methods(found.methods);
    return found;
  }
  found.route = &route->number;
  for (std::size_t i = 0; i < route->names.size(); ++i) {
    if (!route->names[i].empty()) {
      found.parameters.push_back({route->names[i], std::string{search.values[i]}});
    }
  }
  return found;
}

}  // namespace nano
