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
/// components and destroys them in the reverse order of adding. Before it destroys the first one, it cancels
/// all coroutines, waits for offloaded calls that run, drops all timers and posted tasks, and ends all
/// sessions: no code of a component runs beside the destructors. In a destructor the functions below still
/// work, but what is started or posted there is dropped.
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
  /// Stop: no new connections, and what clients ask is refused; before_shutdown() of all in reverse order,
  /// while clients are still connected; what they asked before is answered, coroutines and offloaded calls
  /// end; then the sessions close, their callbacks run, and what these started ends; then shutdown() of all
  /// in reverse order, and what they started ends. Timers run all the time, and so do calls between services.
  virtual void before_shutdown() {}
  virtual void shutdown() {}
  /// The same for those who have to wait, such as for a database: override these in place of those. Each is
  /// awaited before the next component's turn, until `deadline` on the scheduler's clock at the latest; then
  /// the stop goes on without it. What has not ended when the time to stop is up (Options::shutdown_timeout)
  /// is cancelled. Those of two or more components share the time, half of what is left for each.
  virtual Task<void> before_shutdown(TimePoint deadline);
  virtual Task<void> shutdown(TimePoint deadline);

 protected:
  /// From add() on, and in the destructor; in the constructor this and all below throw std::logic_error.
  Scheduler& scheduler() const { return host().scheduler(); }
  const Log& log() const { return scheduler().log(); }
  /// Whether the server stops: a loop that would go on for ever ends. (Or spawn it with
  /// SpawnOptions::background, then no stop waits for it.)
  bool stopping() const { return host().stopping; }
  /// These stand still within a turn: see Scheduler.
  TimePoint now() const { return scheduler().now(); }
  WallTime wall_time() const { return scheduler().wall_time(); }

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
    NANO_REQUIRE(host_, "a component is connected to its application from add() on, not in its constructor");
    return *host_;
  }

  SessionHost* host_ = nullptr;
};

inline Task<void> Component::before_shutdown(TimePoint) {
  before_shutdown();
  co_return;
}
inline Task<void> Component::shutdown(TimePoint) {
  shutdown();
  co_return;
}

}  // namespace nano
