#include "nano/transport/io_loop.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <asio/post.hpp>

#include "nano/transport/socket_connection.h"

namespace nano {
namespace {

/// More events than this in one turn: the next ones are probably there already.
constexpr std::size_t events_of_traffic = 1;

/// The ListeningClock goes in steps of some milliseconds: to look again sooner shows the same.
constexpr Duration clock_step = std::chrono::milliseconds{1};

}  // namespace

IoLoop::IoLoop() : read_buffer_(limits::read_buffer_bytes) {}

IoLoop::~IoLoop() { stop(); }

void IoLoop::attach(Scheduler& scheduler) {
  scheduler_ = &scheduler;
  scheduler.at_turn_end([this] { flush_dirty(); }, TurnEnd::sockets);
}

void IoLoop::attach(Scheduler& scheduler, std::shared_ptr<ReceiveLine> line) {
  scheduler_ = &scheduler;
  receive_line_ = std::move(line);
  listening_ = ListeningClock{scheduler.clock().coarse_now()};
  own_thread_ = true;
  handshakes_.set_percent(limits::handshake_percent_own_thread);
  thread_ = std::thread{[this] {
    while (!stopping_) wait(std::nullopt);
  }};
  scheduler.at_turn_end([this] { flush_from_logic(); }, TurnEnd::sockets);
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
  if (was_empty) wake();
}

void IoLoop::from_logic(Function<void()> task) {
  if (is_inline()) return task();
  from_logic_.push_back(std::move(task));
}

void IoLoop::to_logic(Function<void()> task) {
  if (is_inline()) return scheduler_->run_now(std::move(task));
  to_logic_.push_back(std::move(task));
}

SendQueue& IoLoop::stage(SocketConnection& connection) {
  if (connection.staged_at() == SocketConnection::not_staged) {
    connection.set_staged_at(static_cast<std::uint32_t>(staged_.size()));
    staged_.push_back({connection.shared_from_this(), {}});
  }
  return staged_[connection.staged_at()].frames;
}

void IoLoop::flush_from_logic() {
  if (from_logic_.empty() && staged_.empty()) return;
  for (const Staged& staged : staged_) staged.connection->set_staged_at(SocketConnection::not_staged);
  post([staged = std::exchange(staged_, {}), tasks = std::exchange(from_logic_, {})]() mutable {
    for (auto& [connection, frames] : staged) connection->enqueue(std::move(frames));
    for (auto& task : tasks) task();
  });
}

void IoLoop::flush_to_logic() {
  if (to_logic_.empty()) return;
  scheduler_->post([scheduler = scheduler_, batch = std::exchange(to_logic_, {})]() mutable {
    for (auto& task : batch) scheduler->run_now(std::move(task));
  });
}

void IoLoop::wait(std::optional<TimePoint> until) {
  // While there is traffic, the sockets are looked at without asking Asio to wait for them.
  const bool traffic = events_ > events_of_traffic || ready_set_.has_waiting();
  if (!traffic || !look()) {
    sleep(until);
    look();
  }
  begin_work("sockets");
  serve_handshakes();
  flush_to_logic();  // which works while this thread writes
  for (int i = 0; i < limits::events_per_turn && context_.poll_one() > 0; ++i) {
  }
  run_posted();
  run_deadlines();
  flush_dirty();
  flush_to_logic();
  end_work();
  if (own_thread_) begin_wait();
}

bool IoLoop::look() {
  back_from_wait();
  begin_work("sockets");
  events_ = ready_set_.poll(scheduler_->clock(), is_inline() ? limits::round_time : limits::read_round_time);
  end_work();
  return events_ > 0;
}

void IoLoop::serve_handshakes() {
  if (handshakes_.empty()) return;
  begin_work("TLS handshakes");
  handshakes_.serve(scheduler_->clock());
  end_work();
}

void IoLoop::begin_work(std::string_view name) {
  if (is_inline()) scheduler_->begin_work(name);
}

void IoLoop::end_work() {
  if (is_inline()) scheduler_->end_work();
}

void IoLoop::begin_wait() {
  own_thread_ ? listening_.begin_wait(scheduler_->clock().coarse_now()) : scheduler_->begin_wait();
}

void IoLoop::back_from_wait() {
  std::optional<TimePoint> until;
  if (!deadlines_.empty()) until = deadline_wake_;
  own_thread_ ? listening_.end_wait(scheduler_->clock().coarse_now(), until)
              : scheduler_->back_from_wait(until);
}

void IoLoop::sleep(std::optional<TimePoint> until) {
  begin_wait();  // a look that found nothing has ended the wait before
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

void IoLoop::flush_dirty() {
  flushing_.swap(dirty_);
  for (SocketConnection* connection : flushing_) connection->flush();
  flushing_.clear();
  // Flushing can make other connections dirty; those are for the next turn, but for what is forgotten now.
  if (!dirty_.empty()) {
    std::erase_if(dirty_, [](const SocketConnection* connection) { return connection->is_closed(); });
    wake();
  }
  ready_set_.forget_removed();
}

IoLoop::Deadline IoLoop::add_deadline(TimePoint when, SocketConnection& connection) {
  const Duration least{1};  // what is found late is not in the turn of run_deadlines() that is going on
  const Deadline added = deadlines_.emplace(std::max(when, listened() + least), &connection);
  if (added == deadlines_.begin()) arm_deadline_timer();
  return added;
}

void IoLoop::arm_deadline_timer() {
  const Duration left = std::max(deadlines_.begin()->first - listened(), clock_step);
  deadline_wake_ = scheduler_->clock().coarse_now() + left;
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
