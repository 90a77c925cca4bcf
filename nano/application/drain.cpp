#include "nano/application/drain.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "nano/base/failure.h"
#include "nano/session/connection.h"

namespace nano {
namespace {

/// How often each name occurs, for the log: "Room.Save 98, timer 2".
class NameCounts {
 public:
  void add(std::string_view name) {
    ++counts_[std::string{name}];
    ++total_;
  }
  std::size_t total() const { return total_; }
  std::string text() const {
    std::string text;
    std::size_t named = 0;
    for (const auto& [name, count] : counts_) {
      if (!text.empty()) text += ", ";
      if (named++ == limits::names_in_log_line) return text + "...";
      text += name + " " + std::to_string(count);
    }
    return text;
  }

 private:
  std::map<std::string, std::size_t> counts_;
  std::size_t total_ = 0;
};

}  // namespace

Drain::Drain(Server server, Duration timeout, Function<void()> done)
    : server_(std::move(server)),
      timeout_(timeout),
      measured_at_(server_.scheduler.now()),
      listened_(server_.scheduler.listened()),
      done_(std::move(done)),
      own_(server_.scheduler.log()) {
  own_.spawn(run());
}

Drain::~Drain() { own_.destroy_all(); }

Task<void> Drain::run() {
  const Duration answered_by = timeout_ * limits::stop_percent_answers / 100;
  const Duration closed_by = timeout_ * limits::stop_percent_sessions / 100;
  const Duration finished_by = timeout_ * limits::stop_percent_components / 100;

  leave_cluster();
  co_await until(&Drain::has_left, answered_by / 2);
  server_.dispatcher.refuse_clients();
  co_await run_hooks(Hook::before_shutdown, answered_by);
  co_await until(&Drain::is_quiet, answered_by);
  give_up_clients_requests();

  if (server_.remote) server_.remote->refuse_sessions();
  co_await close_sessions(closed_by);
  co_await until(&Drain::is_quiet, closed_by);

  co_await run_hooks(Hook::shutdown, finished_by);
  co_await close_sessions(finished_by);  // those whose turn did not come before
  co_await until(&Drain::is_quiet, finished_by);

  cancel_what_is_left();
  co_await until(&Drain::is_cancelled, timeout_);
  if (server_.remote) server_.remote->close();
  const Timer look_again = server_.scheduler.every(limits::stop_look_interval, [] {});
  co_await until(&Drain::is_sent, timeout_);
  done_();
}

// -- waiting -----------------------------------------------------------------------------------------------

void Drain::wait(std::coroutine_handle<> waiting, Condition holds, Duration deadline) {
  waiting_ = waiting;
  holds_ = holds;
  deadline_ = deadline;
  time_is_up_ = false;
  server_.scheduler.post([] {});  // the condition may hold already: look at the end of the next turn
  timer_ = server_.scheduler.after_listening(deadline - passed_, [this] { time_is_up_ = true; });
}

void Drain::measure() {
  const TimePoint now = server_.scheduler.now();
  const TimePoint listened = server_.scheduler.listened();
  const Duration all = now - std::exchange(measured_at_, now);
  const Duration heard = listened - std::exchange(listened_, listened);
  passed_ += heard + std::clamp(all - heard, Duration::zero(), limits::stop_held_up_counted);
}

void Drain::look() {
  measure();
  if (!waiting_) return;
  if (!(this->*holds_)() && passed_ < deadline_ && !time_is_up_) return;
  timer_.cancel();
  std::exchange(waiting_, nullptr).resume();
}

bool Drain::is_quiet() const {
  return !server_.scheduler.has_posted_itself() && server_.scheduler.foreground_count() == 0 &&
         server_.host.unanswered_calls == 0 && server_.host.waiting_calls == 0 &&
         server_.scheduler.offloaded_alone().empty();
}

bool Drain::is_cancelled() const {
  return !server_.scheduler.has_posted_itself() && server_.scheduler.spawned_count() == 0;
}

bool Drain::is_sent() const {
  return server_.all_sent() && (!server_.remote || server_.remote->closed()) &&
         server_.scheduler.offloaded_running() == 0;
}

// -- the steps ---------------------------------------------------------------------------------------------

void Drain::leave_cluster() {
  left_ = !server_.remote;
  if (left_) return;
  server_.remote->leave([drain = std::weak_ptr<Drain*>{alive_}] {
    if (const auto alive = drain.lock()) (*alive)->left_ = true;
  });
}

/// One after the other, since one may need what another has. Of two or more, none takes more than half of the
/// time, so that one that hangs leaves some to the others.
Task<void> Drain::run_hooks(Hook hook, Duration end) {
  const auto& components = server_.registry.components();
  for (std::size_t left = components.size(); left > 0; --left) {
    const ComponentRegistry::Entry& entry = components[left - 1];
    const Duration deadline = left > 1 ? passed_ + (end - passed_) / 2 : end;
    const TimePoint by_clock = server_.scheduler.now() + (deadline - passed_);
    const std::string name = entry.name + (hook == Hook::shutdown ? ".shutdown" : ".before_shutdown");
    hook_ended_ = std::make_shared<bool>(false);
    server_.scheduler.run_now(
        [&] {
          auto task = run_hook(hook, *entry.component, by_clock, name, hook_ended_);
          server_.scheduler.spawn(std::move(task));
        },
        name);
    co_await until(&Drain::is_hook_ended, deadline);
  }
}

Task<void> Drain::run_hook(Hook hook, Component& component, TimePoint deadline, std::string name,
                           std::shared_ptr<bool> ended) {
  const Log log = server_.scheduler.log();  // the Drain may end before this coroutine
  try {
    if (hook == Hook::shutdown) {
      co_await component.shutdown(deadline);
    } else {
      co_await component.before_shutdown(deadline);
    }
  } catch (...) {
    log_failure(log, name);
  }
  *ended = true;
}

void Drain::give_up_clients_requests() {
  NameCounts given_up;
  std::size_t released = 0;
  server_.host.open_calls.give_up(stopping_error(), [&](const OpenCall& call) {
    if (!call.is_clients() && !call.is_released()) return false;
    given_up.add(call.route().empty() ? "another node" : call.route());
    if (call.is_released()) ++released;
    return true;
  });
  if (given_up.total() == 0) return;
  server_.scheduler.log().warning(
      "requests answered with an error, as the server stops",
      {{"count", given_up.total()}, {"released", released}, {"routes", given_up.text()}});
}

Task<void> Drain::close_sessions(Duration until) {
  do {
    co_await server_.scheduler.yield();
    measure();  // what the callbacks of the last ones took
  } while (passed_ < until && close_some_sessions());
}

/// Connections first, in the order of connecting; what is left are sessions of clients at other nodes.
bool Drain::close_some_sessions() {
  SessionHost& host = server_.host;
  for (std::size_t i = 0; i < limits::sessions_closed_per_turn; ++i) {
    if (!host.connections.empty()) {
      host.connections.front()->shut_down();
    } else if (host.sessions.size() > 0) {
      host.sessions.begin()->second->entity()->shut_down();
    } else {
      return false;
    }
  }
  return true;
}

void Drain::report_unfinished() const {
  NameCounts unfinished;
  const auto add = [&](std::string_view name) { unfinished.add(name.empty() ? "unnamed" : name); };
  server_.scheduler.for_each_foreground(add);
  const std::size_t coroutines = unfinished.total();
  for (const WorkName& call : server_.scheduler.offloaded_alone()) add(call.text());
  const std::size_t sessions = server_.host.sessions.size();
  if (unfinished.total() == 0 && sessions == 0) return;
  server_.scheduler.log().warning("stopped before all was done",
                                  {{"coroutines", coroutines},
                                   {"offloaded", server_.scheduler.offloaded_running()},
                                   {"of", unfinished.text()},
                                   {"sessions", sessions}});
}

void Drain::cancel_what_is_left() {
  report_unfinished();
  server_.dispatcher.stop();
  server_.host.open_calls.give_up(stopping_error(), [](const OpenCall&) { return true; });
  server_.scheduler.cancel_all();
}

}  // namespace nano
