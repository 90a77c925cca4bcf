// Public header. Component: a set of handlers with a life cycle; what applications are made of.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/function.h"
#include "nano/base/log.h"
#include "nano/scheduler/scheduler.h"
#include "nano/session/service_call.h"

namespace nano {

/// Base of an application's components. Everything runs on the logic thread. The application owns its
/// components and destroys them, after their coroutines and timers have been cancelled, in the reverse order
/// of adding.
class Component {
 public:
  Component() = default;
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;
  virtual ~Component() = default;

  /// Start: init() of all components in the order of adding, then after_init() of all in that order, then the
  /// listeners open. An exception from these stops the application with its message.
  virtual void init() {}
  virtual void after_init() {}
  /// Stop: no new connections; before_shutdown() of all in reverse order, while clients are still connected;
  /// then the sessions close and their callbacks run; then shutdown() of all in reverse order.
  virtual void before_shutdown() {}
  virtual void shutdown() {}

 protected:
  /// From init() on; in the constructor this and all below throw std::logic_error.
  Scheduler& scheduler() const { return host().scheduler(); }
  const Log& log() const { return scheduler().log(); }
  TimePoint now() const { return scheduler().now(); }
  WallTime wall_time() const { return scheduler().clock().wall(); }

  /// See Scheduler for what these promise.
  Timer after(Duration delay, Function<void()> callback) {
    return scheduler().after(delay, std::move(callback));
  }
  Timer every(Duration interval, Function<void()> callback) {
    return scheduler().every(interval, std::move(callback));
  }
  /// Calls another service's handler in nobody's name; see Session::call(), and call that where there is a
  /// session.
  template <class Reply, class T>
  Task<Result<Reply>> call(std::string route, T&& payload, CallOptions options = {}) {
    return call_service<Reply>(host(), std::move(route), std::forward<T>(payload), options);
  }
  auto sleep(Duration duration) { return scheduler().sleep(duration); }
  template <class F>
  auto offload(F&& blocking_call) {
    return scheduler().offload(std::forward<F>(blocking_call));
  }

 private:
  friend class ComponentRegistry;
  SessionHost& host() const {
    NANO_REQUIRE(host_, "a component is connected to its application from init() on, not in its constructor");
    return *host_;
  }

  SessionHost* host_ = nullptr;
};

}  // namespace nano
