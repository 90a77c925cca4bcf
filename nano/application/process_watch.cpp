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

ProcessWatch::ProcessWatch(Watched watched) : watched_(std::move(watched)), thread_([this] { run(); }) {}

ProcessWatch::~ProcessWatch() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  signals_.wake();
  thread_.join();
}

void ProcessWatch::expect_end_within(Duration time) {
  const std::lock_guard lock{mutex_};
  if (!time_left_) time_left_ = time;
}

void ProcessWatch::calm() {
  const std::scoped_lock lock{stop_mutex_, mutex_};
  time_left_.reset();
  stopped_ = true;
}

void ProcessWatch::run() {
  const SystemClock clock;
  TimePoint last = clock.now();
  while (true) {
    pollfd readable{signals_.descriptor(), POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(milliseconds(limits::process_watch_interval)));
    while (const std::optional<int> signal = signals_.read()) {
      if (*signal != 0) on_signal(*signal);
    }
    if (const std::lock_guard lock{mutex_}; ending_) return;
    look_at_stall();
    const TimePoint now = clock.now();
    // Longer than that this thread itself was held up: what it waits for may have been, too.
    count_down(std::min<Duration>(now - std::exchange(last, now), 2 * limits::process_watch_interval));
  }
}

void ProcessWatch::on_signal(int number) {
  const int count = signals_seen_.count(number, SystemClock{}.now());
  if (count == 0) return;
  bool at_once = count > 1;
  if (!at_once) {
    const std::lock_guard lock{stop_mutex_};
    at_once = stopped_;
    if (!stopped_) watched_.stop();
  }
  if (at_once) end_process(128 + number, LogLevel::warning, "ended at once", name_of(number));
  say([name = name_of(number)](const Log& log) { log.info("stopping", {{"signal", name}}); });
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
  {
    const std::lock_guard lock{mutex_};
    if (!time_left_) return;
    *time_left_ -= passed;
    if (*time_left_ > Duration::zero()) return;
  }
  end_process(1, LogLevel::error, "ended as it is", "the stop takes too long");
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
