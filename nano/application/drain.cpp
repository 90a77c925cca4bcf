#include "nano/application/drain.h"

#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "nano/scheduler/failure.h"
#include "nano/session/connection.h"

namespace nano {
namespace {

/// Sockets end on the loops' threads, which tell nobody: how often it is looked whether all have.
constexpr Duration look_again_after = std::chrono::milliseconds{5};

const Error& stopping() {
  static const Error error{Errc::unavailable, "The server is stopping."};
  return error;
}

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
      begin_(server_.scheduler.now()),
      timeout_(timeout),
      done_(std::move(done)),
      own_(server_.scheduler.log()) {
  own_.spawn(run());
}

Drain::~Drain() { own_.destroy_all(); }

Task<void> Drain::run() {
  const TimePoint answered_by = begin_ + timeout_ * limits::stop_percent_answers / 100;
  const TimePoint closed_by = begin_ + timeout_ * limits::stop_percent_sessions / 100;
  const TimePoint finished_by = begin_ + timeout_ * limits::stop_percent_components / 100;
  const TimePoint end = begin_ + timeout_;

  leave_cluster();
  co_await until(&Drain::has_left, begin_ + (answered_by - begin_) / 2);
  server_.dispatcher.refuse_clients();
  co_await run_hooks(Hook::before_shutdown, answered_by);
  co_await until(&Drain::is_quiet, answered_by);
  give_up_clients_requests();

  if (server_.remote) server_.remote->refuse_sessions();
  do {
    co_await server_.scheduler.yield();
  } while (close_some_sessions());
  co_await until(&Drain::is_quiet, closed_by);

  co_await run_hooks(Hook::shutdown, finished_by);
  co_await until(&Drain::is_quiet, finished_by);

  cancel_what_is_left();
  co_await until(&Drain::is_cancelled, end);
  if (server_.remote) server_.remote->close();
  const Timer look_again = server_.scheduler.every(look_again_after, [] {});
  co_await until(&Drain::is_sent, end);
  done_();
}

// -- waiting -----------------------------------------------------------------------------------------------

void Drain::wait(std::coroutine_handle<> waiting, Condition holds, TimePoint deadline) {
  waiting_ = waiting;
  holds_ = holds;
  deadline_ = deadline;
  server_.scheduler.post([] {});  // the condition may hold already: look at the end of the next turn
  timer_ = server_.scheduler.after(deadline - server_.scheduler.now(), [] {});
}

void Drain::look() {
  if (!waiting_) return;
  if (!(this->*holds_)() && server_.scheduler.now() < deadline_) return;
  timer_.cancel();
  std::exchange(waiting_, nullptr).resume();
}

bool Drain::is_quiet() const {
  return !server_.scheduler.has_posted_itself() && server_.scheduler.foreground_count() == 0 &&
         server_.host.unanswered_calls == 0;
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
Task<void> Drain::run_hooks(Hook hook, TimePoint end) {
  const auto& components = server_.registry.components();
  for (std::size_t left = components.size(); left > 0; --left) {
    const ComponentRegistry::Entry& entry = components[left - 1];
    const TimePoint now = server_.scheduler.now();
    const TimePoint deadline = left > 1 ? now + (end - now) / 2 : end;
    const std::string name = entry.name + (hook == Hook::shutdown ? ".shutdown" : ".before_shutdown");
    hook_ended_ = std::make_shared<bool>(false);
    server_.scheduler.run_now(
        [&] {
          auto task = run_hook(hook, *entry.component, deadline, name, hook_ended_);
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
    log_failure(log, name, std::current_exception());
  }
  *ended = true;
}

void Drain::give_up_clients_requests() {
  if (server_.host.unanswered_calls == 0) return;
  NameCounts given_up;
  server_.host.open_calls.give_up(stopping(), [&](const OpenCall& call) {
    if (call.is_clients()) given_up.add(call.route().empty() ? "another node" : call.route());
    return call.is_clients();
  });
  std::vector<SessionPtr> with_released;  // one whose last request is answered may close
  for (const auto& [id, session] : server_.host.sessions) {
    if (session->has_released()) with_released.push_back(session);
  }
  std::size_t released = 0;
  for (const SessionPtr& session : with_released) released += session->fail_released(stopping());
  if (given_up.total() + released == 0) return;
  server_.scheduler.log().warning(
      "requests answered with an error, as the server stops",
      {{"count", given_up.total() + released}, {"released", released}, {"routes", given_up.text()}});
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
  NameCounts coroutines;
  server_.scheduler.for_each_foreground(
      [&](std::string_view name) { coroutines.add(name.empty() ? "unnamed" : name); });
  const std::size_t offloaded = server_.scheduler.offloaded_running();
  if (coroutines.total() == 0 && offloaded == 0) return;
  server_.scheduler.log().warning(
      "stopped before all was done",
      {{"coroutines", coroutines.total()}, {"offloaded", offloaded}, {"of", coroutines.text()}});
}

void Drain::cancel_what_is_left() {
  report_unfinished();
  server_.dispatcher.stop();
  server_.host.open_calls.give_up(stopping(), [](const OpenCall&) { return true; });
  server_.scheduler.cancel_all();
}

}  // namespace nano
