// Internal header. Drain: how an application stops.
#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "nano/base/function.h"
#include "nano/component/dispatcher.h"
#include "nano/component/registry.h"
#include "nano/component/remote_services.h"
#include "nano/scheduler/scheduler.h"
#include "nano/session/session_host.h"

namespace nano {

/// Finishes what was begun, within the time for it: the node leaves its cluster; what clients ask from then
/// on is refused, and what they asked before is answered; sessions close, and what their callbacks start
/// ends; components shut down, and what they start ends; what waits to be sent leaves. Each step has a time
/// of its own by which the next one begins whatever is left, so that nothing that hangs keeps the others from
/// their turn. What is left in the end is cancelled, counted and named in the log.
///
/// Times are counted by what the thread was there for (Scheduler::listened()), and what holds it up counts
/// for a second at most: a process that is frozen meanwhile loses next to nothing, and work that takes long
/// does not go on for ever.
///
/// Logic thread only; not to be destroyed from within a coroutine, hook or callback that it waits for.
class Drain {
 public:
  /// What stops. All of it must outlive the Drain; `remote` may be null, and become so.
  struct Server {
    Scheduler& scheduler;
    SessionHost& host;
    ComponentRegistry& registry;
    Dispatcher& dispatcher;
    RemoteServices* const& remote;
    std::function<bool()> all_sent;  ///< whether all connections of clients have ended
  };

  /// Begins at once. `done` is called in a later turn, when nothing is left or the time is up.
  Drain(Server server, Duration timeout, Function<void()> done);
  /// Goes no further.
  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  /// At the end of each turn, before what it sends leaves.
  void look();
  /// Logs what has not ended, if anything has not.
  void report_unfinished() const;

 private:
  enum class Hook { before_shutdown, shutdown };
  using Condition = bool (Drain::*)() const;

  /// Awaits that the condition holds at the end of a turn, or the deadline: so long after the stop began.
  struct Until {
    Drain& drain;
    Condition holds;
    Duration deadline;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) { drain.wait(waiting, holds, deadline); }
    void await_resume() const noexcept {}
  };
  Until until(Condition holds, Duration deadline) { return {*this, holds, deadline}; }
  void wait(std::coroutine_handle<> waiting, Condition holds, Duration deadline);
  void measure();

  Task<void> run();
  void leave_cluster();
  Task<void> run_hooks(Hook hook, Duration end);
  Task<void> run_hook(Hook hook, Component& component, TimePoint deadline, std::string name,
                      std::shared_ptr<bool> ended);
  void give_up_clients_requests();
  Task<void> close_sessions(Duration until);
  bool close_some_sessions();
  void cancel_what_is_left();

  bool has_left() const { return left_; }
  bool is_hook_ended() const { return *hook_ended_; }
  bool is_quiet() const;
  bool is_cancelled() const;
  bool is_sent() const;

  Server server_;
  const Duration timeout_;
  Duration passed_{};  // since the stop began, when it was last measured
  TimePoint measured_at_;
  TimePoint listened_;
  Function<void()> done_;
  bool left_ = false;
  std::shared_ptr<bool> hook_ended_;
  std::shared_ptr<Drain*> alive_ = std::make_shared<Drain*>(this);
  std::coroutine_handle<> waiting_;
  Condition holds_ = nullptr;
  Duration deadline_{};
  bool time_is_up_ = false;
  Timer timer_;
  SpawnedTasks own_;  // run() alone, which is nothing to wait for
};

}  // namespace nano
