#include "nano/net/io_loop.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <asio/post.hpp>

namespace nano {
namespace {

/// More events than this in one turn: the next ones are probably there already.
constexpr std::size_t events_of_traffic = 1;

/// The ListeningClock goes in steps of some milliseconds: to look again sooner shows the same.
constexpr Duration clock_step = std::chrono::milliseconds{1};

}  // namespace

IoLoop::IoLoop() : read_buffer_(limits::read_buffer_bytes) {}

IoLoop::~IoLoop() { stop(); }

void IoLoop::attach(const Clock& clock, const Log& log, LoopThread& thread) {
  clock_ = &clock;
  log_ = &log;
  loop_thread_ = &thread;
}

void IoLoop::start_thread() {
  own_thread_ = true;
  handshakes_.set_percent(limits::handshake_percent_own_thread);
  thread_ = std::thread{[this] {
    while (!stopping_) turn(std::nullopt);
  }};
}

void IoLoop::stop() {
  if (!thread_.joinable()) return;
  post([this] { stopping_ = true; });
  thread_.join();
  own_thread_ = false;
}

void IoLoop::post(Function<void()> task) {
  bool was_empty;
  {
    const std::lock_guard lock{mutex_};
    was_empty = posted_.empty();
    posted_.push_back(std::move(task));
  }
  // The loop's own thread looks here before it sleeps.
  if (was_empty && turns_on_.load(std::memory_order_relaxed) != std::this_thread::get_id()) wake();
}

bool IoLoop::has_posted() {
  const std::lock_guard lock{mutex_};
  return !posted_.empty();
}

void IoLoop::dispatch(Function<void()> task) { own_thread_ ? post(std::move(task)) : task(); }

void IoLoop::turn(std::optional<TimePoint> until) {
  turns_on_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  // While there is traffic, or a task, the sockets are looked at without asking Asio to wait for them.
  const bool busy = events_ > events_of_traffic || ready_set_.has_waiting() || has_posted();
  if (!busy || (!look() && !has_posted())) {
    sleep(until);
    look();
  }
  loop_thread_->begin_work("sockets");
  serve_handshakes();
  loop_thread_->hand_over();  // others work while this thread writes
  for (int i = 0; i < limits::events_per_turn && context_.poll_one() > 0; ++i) {
  }
  run_posted();
  run_deadlines();
  flush();
  loop_thread_->hand_over();
  loop_thread_->end_work();
  if (own_thread_) loop_thread_->begin_wait();
}

bool IoLoop::look() {
  end_wait();
  loop_thread_->begin_work("sockets");
  events_ = ready_set_.poll(*clock_, own_thread_ ? limits::read_round_time : limits::round_time);
  loop_thread_->end_work();
  return events_ > 0;
}

void IoLoop::serve_handshakes() {
  if (handshakes_.empty()) return;
  loop_thread_->begin_work("TLS handshakes");
  handshakes_.serve(*clock_);
  loop_thread_->end_work();
}

void IoLoop::end_wait() {
  std::optional<TimePoint> until;
  if (!deadlines_.empty()) until = deadline_wake_;
  loop_thread_->end_wait(until);
}

void IoLoop::sleep(std::optional<TimePoint> until) {
  loop_thread_->begin_wait();  // a look that found nothing has ended the wait before
  ready_set_.wake_when_ready();
  if (!handshakes_.empty()) until = std::min(until.value_or(TimePoint::max()), handshakes_.ready_at());
  if (until) {
    context_.run_one_until(*until);
  } else {
    context_.run_one();
  }
}

void IoLoop::wake() {
  asio::post(context_, [] {});
}

void IoLoop::run_posted() {
  std::vector<Function<void()>> batch;
  {
    const std::lock_guard lock{mutex_};
    batch.swap(posted_);
  }
  for (auto& task : batch) task();
}

void IoLoop::flush() {
  flushing_.swap(dirty_);
  for (Pollable* connection : flushing_) connection->flush();
  flushing_.clear();
  // Flushing can make other connections dirty; those are for the next turn, but for what is forgotten now.
  if (!dirty_.empty()) {
    std::erase_if(dirty_, [](const Pollable* connection) { return connection->is_closed(); });
    wake();
  }
  ready_set_.forget_removed();
}

IoLoop::Deadline IoLoop::add_deadline(TimePoint when, Pollable& connection) {
  const Duration least{1};  // what is found late is not in the turn of run_deadlines() that is going on
  const Deadline added = deadlines_.emplace(std::max(when, listened() + least), &connection);
  if (added == deadlines_.begin()) arm_deadline_timer();
  return added;
}

void IoLoop::arm_deadline_timer() {
  const Duration left = std::max(deadlines_.begin()->first - listened(), clock_step);
  deadline_wake_ = clock_->coarse_now() + left;
  deadline_timer_.expires_after(left);
  deadline_timer_runs_ = true;
  deadline_timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) deadline_timer_runs_ = false;
  });
}

void IoLoop::run_deadlines() {
  const TimePoint now = listened();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    deadlines_.extract(deadlines_.begin()).mapped()->on_deadline();
  }
  if (!deadlines_.empty() && !deadline_timer_runs_) arm_deadline_timer();
}

}  // namespace nano
