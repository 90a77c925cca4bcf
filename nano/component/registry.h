// Internal header. ComponentRegistry: the components of one application and their routes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nano/base/type_name.h"
#include "nano/component/component.h"
#include "nano/component/route_table.h"
#include "nano/component/routes.h"
#include "nano/scheduler/local_scheduler.h"

namespace nano {

/// How a component is registered.
struct ComponentOptions {
  /// The route prefix; empty: the name of the class, without namespaces.
  std::string name = {};
  /// Makes the second part of the route from a handler's name, as Go Nano's WithNameFunc; null: as it is.
  std::function<std::string(std::string_view)> handler_name = {};
  /// Where the handlers run, if not at once. Made before add(), in main() for instance, and outlives
  /// the application's run.
  LocalScheduler* scheduler = nullptr;
};

/// A route that clients can call.
struct Handler {
  std::string route;
  void* component;
  void (*invoke)(void* component, Call& call, protocol::ByteView payload);
  const PayloadType* request;
  const PayloadType* response;
  LocalScheduler* scheduler;
};

/// Filled before the start by one thread; then logic thread only.
class ComponentRegistry {
 public:
  ComponentRegistry() = default;
  ComponentRegistry(const ComponentRegistry&) = delete;
  ComponentRegistry& operator=(const ComponentRegistry&) = delete;
  ~ComponentRegistry() { destroy_components(); }

  /// Before the first add(): what the components are connected to. It must outlive them.
  void connect(SessionHost& host) { host_ = &host; }

  /// Throws std::invalid_argument with a sentence when a name is empty or taken, or a push is declared with
  /// two types; `component` then stays the caller's.
  template <class C>
  C& add(std::unique_ptr<C>&& component, ComponentOptions options) {
    C& added = *component;
    static_cast<Component&>(added).host_ = host_;
    if (options.name.empty()) options.name = unqualified_name(detail::type_name<C>());
    insert_routes(&added, options, routes_of<C>());
    components_.push_back({options.name, std::move(component)});
    return added;
  }

  /// Throws std::invalid_argument naming the first route whose payloads `codec` cannot carry.
  void check_payloads(const PayloadCodec& codec) const;

  struct Entry {
    std::string name;
    std::unique_ptr<Component> component;
  };
  /// In the order of adding.
  const std::vector<Entry>& components() const { return components_; }

  /// All init(), then all after_init(); their exceptions pass through.
  void init();
  /// The last added first. No handler must be called any more.
  void destroy_components();

  /// Null if the route is unknown.
  const Handler* find(std::string_view route) const;
  /// By route.
  const std::map<std::string, Handler, std::less<>>& handlers() const { return handlers_; }
  /// The declared pushes, by route.
  const std::map<std::string, const PayloadType*>& pushes() const { return pushes_; }
  /// What stands before the dot in the handlers' routes, each once, sorted.
  std::vector<std::string> services() const;
  /// The routes of all handlers and pushes.
  std::vector<std::string> routes() const;

 private:
  static std::string unqualified_name(std::string_view type_name);
  void insert_routes(void* object, const ComponentOptions& options, ComponentRoutes routes);

  SessionHost* host_ = nullptr;
  std::vector<Entry> components_;
  std::map<std::string, Handler, std::less<>> handlers_;  // owns the names
  std::map<std::string, const PayloadType*> pushes_;
  RouteTable<Handler> handler_by_route_;
};

}  // namespace nano
