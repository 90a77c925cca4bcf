#include "nano/application/process_watch.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <future>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "nano/base/limits.h"

namespace nano {
namespace {

long long milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string name_of(int signal) { return std::string{"SIG"} + ::sigabbrev_np(signal); }

}  // namespace

void TimeToEnd::expect_within(Duration time) {
  const std::lock_guard lock{mutex_};
  if (!left_) left_ = time;
}

void TimeToEnd::forget() {
  const std::lock_guard lock{mutex_};
  left_.reset();
}

bool TimeToEnd::pass(Duration passed) {
  const std::lock_guard lock{mutex_};
  if (!left_) return false;
  *left_ -= passed;
  return *left_ <= Duration::zero();
}

ProcessWatch::ProcessWatch(Watched watched) : watched_(std::move(watched)), thread_([this] { run(); }) {}

ProcessWatch::~ProcessWatch() {
  calm();
  ending_ = true;
  signals_.wake();
  thread_.join();
}

void ProcessWatch::calm() {
  const std::lock_guard lock{stop_mutex_};
  watched_.time_to_end->forget();
  if (std::exchange(stopped_, true)) return;
  signals_.rest();
  while (signals_.read()) {  // it was to stop, and has
  }
}

void ProcessWatch::run() {
  const SystemClock clock;
  TimePoint last = clock.now();
  while (true) {
    pollfd readable{signals_.descriptor(), POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(milliseconds(limits::process_watch_interval)));
    while (take_signal()) {
    }
    if (ending_) return;
    look_at_stall();
    const TimePoint now = clock.now();
    // Longer than that this thread itself was held up: what it waits for may have been, too.
    count_down(std::min<Duration>(now - std::exchange(last, now), 2 * limits::process_watch_interval));
  }
}

bool ProcessWatch::take_signal() {
  std::optional<int> signal;
  bool at_once = false;
  {
    const std::lock_guard lock{stop_mutex_};
    signal = signals_.read();
    if (!signal) return false;
    const int count = *signal == 0 ? 0 : signals_seen_.count(*signal, SystemClock{}.now());
    if (count == 0) return true;
    at_once = stopped_ || count > 1;
    if (!at_once) watched_.stop();
  }
  const std::string name = name_of(*signal);
  if (at_once) end_process(128 + *signal, LogLevel::warning, "ended at once", name);
  say([name](const Log& log) { log.info("stopping", {{"signal", name}}); });
  return true;
}

void ProcessWatch::look_at_stall() {
  const std::optional<CurrentWork::Reading> work = watched_.logic->read();
  if (!work) return;
  const Duration lasted = SystemClock{}.now() - work->since;
  if (lasted < watched_.logic->limit()) return;
  const bool told_before = std::exchange(stall_since_, work->since) == work->since;
  if (told_before && lasted < 2 * told_of_) return;
  told_of_ = lasted;
  say([name = work->name, lasted](const Log& log) {
    log.limited(name.text())
        .warning("logic thread stalled",
                 {{"in", name.text()}, {"session", name.session()}, {"for_ms", milliseconds(lasted)}});
  });
}

void ProcessWatch::count_down(Duration passed) {
  if (watched_.time_to_end->pass(passed)) {
    end_process(1, LogLevel::error, "ended as it is", "the stop takes too long");
  }
}

ProcessWatch::Hanging ProcessWatch::hanging() const {
  const TimePoint now = SystemClock{}.now();
  const std::optional<CurrentWork::Reading> work = watched_.logic->read();
  if (work && now - work->since >= watched_.logic->limit()) {
    return {work->name, now - work->since, "logic thread"};
  }
  if (const auto call = watched_.workers->oldest()) return {call->name, now - call->since, "worker"};
  return {};
}

void ProcessWatch::end_process(int exit_code, LogLevel level, std::string event, std::string why) {
  say([=, hanging = hanging()](const Log& log) {
    const auto write = level == LogLevel::error ? &Log::error : &Log::warning;
    if (hanging.on.empty()) {
      (log.*write)(event, {{"why", why}});
    } else {
      (log.*write)(event, {{"why", why},
                           {"hangs", hanging.on},
                           {"in", hanging.name.text()},
                           {"session", hanging.name.session()},
                           {"for_ms", milliseconds(hanging.lasted)}});
    }
    log.flush();
  });
  ::_exit(exit_code);
}

/// The log may be what hangs, if it is the application's own: so another thread tells it, and is waited for
/// no longer than standard error would be.
void ProcessWatch::say(std::function<void(const Log&)> tell) {
  if (saying_->exchange(true)) return;
  const auto said = std::make_shared<std::promise<void>>();
  const std::future<void> done = said->get_future();
  try {
    std::thread{[log = watched_.log, tell = std::move(tell), said, saying = saying_] {
      tell(log);
      saying->store(false);
      said->set_value();
    }}.detach();
  } catch (const std::system_error&) {  // too many threads: what matters happens all the same
    saying_->store(false);
    return;
  }
  done.wait_for(limits::log_flush_timeout + std::chrono::milliseconds{100});
}

}  // namespace nano
