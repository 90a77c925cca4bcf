#include "benchmark/load/loop.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>

namespace nano::benchmark {
namespace {

constexpr std::size_t input_bytes = 64 * 1024;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), input_(input_bytes) {
  if (epoll_ < 0) fail("epoll_create1");
  // The kernel may end a wait 50 microseconds late unless told otherwise: the distance of two requests at
  // 20,000 a second.
  prctl(PR_SET_TIMERSLACK, 1);
}

Loop::~Loop() { close(epoll_); }

void Loop::watch(int socket, std::uint32_t events, Ready& owner) {
  epoll_event event{.events = events, .data = {.ptr = &owner}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) fail("epoll_ctl");
}

void Loop::change_watch(int socket, std::uint32_t events, Ready& owner) {
  epoll_event event{.events = events, .data = {.ptr = &owner}};
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event) != 0) fail("epoll_ctl");
}

void Loop::set_timer(LoadClock::time_point first, Timer timer) {
  due_ = first;
  timer_ = std::move(timer);
}

void Loop::run_for(double seconds) {
  run_until(LoadClock::now() + seconds_of(seconds), [] { return false; });
}

void Loop::turn(LoadClock::time_point end) {
  const auto wait = std::max(std::min(end, due_) - now_, LoadClock::duration::zero());
  const auto whole_s = std::chrono::duration_cast<std::chrono::seconds>(wait);
  const timespec timeout{.tv_sec = whole_s.count(),
                         .tv_nsec = std::chrono::nanoseconds(wait - whole_s).count()};
  const int count = epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
  if (count < 0 && errno != EINTR) fail("epoll_pwait2 (Linux 5.11 or newer has it)");
  read_clock();
  run_timer();
  for (int i = 0; i < count; ++i) {
    static_cast<Ready*>(events_[static_cast<std::size_t>(i)].data.ptr)
        ->on_ready(events_[static_cast<std::size_t>(i)].events);
    run_timer();
  }
}

void Loop::run_timer() {
  if (now_ >= due_) due_ = timer_(now_);
}

}  // namespace nano::benchmark
