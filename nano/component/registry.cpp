#include "nano/component/registry.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "protocol/limits.h"
#include "protocol/utf8.h"

namespace nano {

void ComponentRegistry::destroy_components() {
  while (!components_.empty()) components_.pop_back();
}

std::string ComponentRegistry::unqualified_name(std::string_view type_name) {
  const auto last = type_name.rfind("::");
  return std::string{last == std::string_view::npos ? type_name : type_name.substr(last + 2)};
}

namespace {

/// Routes are names, for people as well as programs.
bool is_possible_route(std::string_view route) {
  return !route.empty() && route.size() <= protocol::route_bytes_max && protocol::is_utf8(route) &&
         std::none_of(route.begin(), route.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

constexpr std::string_view possible_routes =
    "at least one character and at most 255 bytes of UTF-8, without control characters. Change the name.";

}  // namespace

void ComponentRegistry::insert_routes(void* object, const ComponentOptions& options, ComponentRoutes routes) {
  std::map<std::string, Handler, std::less<>> added;  // all or, after an error, none of them
  for (const HandlerMethod& method : routes.handlers) {
    const std::string name = options.handler_name ? options.handler_name(method.name) : method.name;
    const std::string route = options.name + "." + name;
    if (name.empty() || !is_possible_route(route)) {
      throw std::invalid_argument("The route \"" + route + "\" of component " + options.name +
                                  " is not possible: a handler's name and a route have " +
                                  std::string{possible_routes});
    }
    if (handlers_.contains(route) || added.contains(route)) {
      throw std::invalid_argument("The route \"" + route +
                                  "\" is registered twice: give one of the two components "
                                  "another name (nano::ComponentOptions::name) or rename the handler.");
    }
    added.emplace(route,
                  Handler{route, object, method.invoke, method.request, method.response, options.scheduler});
  }
  std::map<std::string, const PayloadType*> pushes = pushes_;
  for (const DeclaredPush& push : routes.pushes) {
    if (!is_possible_route(push.route)) {
      throw std::invalid_argument("The push route \"" + push.route + "\" of component " + options.name +
                                  " is not possible: it has " + std::string{possible_routes});
    }
    const auto [declared, is_new] = pushes.emplace(push.route, push.payload);
    if (is_new || declared->second == push.payload) continue;
    throw std::invalid_argument(
        "The push \"" + push.route + "\" is declared with two types, " + std::string{declared->second->name} +
        " and " + std::string{push.payload->name} + ": clients expect one. Give one of them another route.");
  }
  pushes_ = std::move(pushes);
  handlers_.merge(added);
  handler_by_route_ = RouteTable<Handler>{handlers_.size()};
  for (const auto& [route, handler] : handlers_) handler_by_route_.add(route, handler);
}

void ComponentRegistry::check_payloads(const PayloadCodec& codec) const {
  for (const auto& [route, handler] : handlers_) {
    for (const PayloadType* type : {handler.request, handler.response}) {
      if (type && !codec.supports(*type)) {
        throw std::invalid_argument("The handler of \"" + route +
                                    "\" cannot be served: " + codec.unsupported_sentence(*type));
      }
    }
  }
  for (const auto& [route, type] : pushes_) {
    if (codec.supports(*type)) continue;
    throw std::invalid_argument("The push \"" + route +
                                "\" cannot be sent: " + codec.unsupported_sentence(*type));
  }
}

void ComponentRegistry::init() {
  for (const Entry& entry : components_) entry.component->init();
  for (const Entry& entry : components_) entry.component->after_init();
}

const Handler* ComponentRegistry::find(std::string_view route) const { return handler_by_route_.find(route); }

std::vector<std::string> ComponentRegistry::services() const {
  std::vector<std::string> services;
  for (const auto& [route, handler] : handlers_) {
    std::string service = route.substr(0, route.rfind('.'));
    if (services.empty() || services.back() != service) services.push_back(std::move(service));
  }
  std::sort(services.begin(), services.end());  // "A.B.x" stands between "A.a" and "A.c"
  services.erase(std::unique(services.begin(), services.end()), services.end());
  return services;
}

std::vector<std::string> ComponentRegistry::routes() const {
  std::vector<std::string> routes;
  for (const auto& entry : handlers_) routes.push_back(entry.first);
  for (const auto& entry : pushes_) routes.push_back(entry.first);
  return routes;
}

}  // namespace nano
