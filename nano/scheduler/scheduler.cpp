#include "nano/scheduler/scheduler.h"

#include <algorithm>
#include <stdexcept>

#include "nano/base/failure.h"
#include "nano/base/limits.h"

namespace nano {
namespace {

/// A burst's memory is given back when it was larger than this many tasks (64 bytes each).
constexpr std::size_t batch_capacity_kept = 4096;

}  // namespace

Scheduler::Scheduler(const Clock& clock, Driver& driver, WorkerPool& workers, Log log)
    : clock_(clock),
      driver_(driver),
      workers_(workers),
      log_(log.limited_by(clock, [this] { say_left_out_later(); })),
      current_work_(std::make_shared<CurrentWork>()),
      watch_(clock_, log_, *current_work_),
      time_(clock_),
      listening_(clock_.coarse_now()),
      timers_(thread_, [this](Timer timer) { drop_later("a Timer", std::move(timer)); }),
      spawned_(log_),
      offload_gate_(std::make_shared<OffloadGate>()) {}

Scheduler::~Scheduler() {
  close();
  log_.end_limits();
}

void Scheduler::close() {
  NANO_ASSERT(depth_ == 0, "a Scheduler was destroyed or closed by one of its tasks");
  thread_.adopt();
  closing_ = true;
  spawned_.destroy_all();
  offload_gate_->close();
  timers_.clear();
  posted_.close();
  for (Callbacks<>& stage : hooks_) stage.clear();
}

void Scheduler::post(Function<void()> task) {
  const bool by_logic = on_logic_thread();
  if (by_logic) posted_itself_ = true;
  if (posted_.push(std::move(task)) && !by_logic) driver_.wake();
}

Timer Scheduler::after(Duration delay, Function<void()> callback) {
  assert_logic_thread();
  if (closing_) return Timer{};
  return timers_.start(now(), delay, Duration::zero(), std::move(callback));
}

Timer Scheduler::after_listening(Duration delay, Function<void()> callback) {
  assert_logic_thread();
  if (closing_) return Timer{};
  return timers_.start_listening(now(), listened(), delay, std::move(callback));
}

Timer Scheduler::every(Duration interval, Function<void()> callback) {
  assert_logic_thread();
  if (interval <= Duration::zero()) throw std::invalid_argument{"the interval of every() must be positive"};
  if (closing_) return Timer{};
  return timers_.start(now(), interval, interval, std::move(callback));
}

void Scheduler::spawn(Task<void> task, SpawnOptions options) {
  assert_logic_thread();
  if (closing_) return;
  const Depth depth{*this};
  const WorkName current = work();
  if (options.name.empty()) options.name = current.text();
  spawned_.spawn(std::move(task), options, current.session());
}

void Scheduler::cancel_all() {
  assert_logic_thread();
  cancel_all_requested_ = true;
  if (depth_ == 0) finish_cancel_all();
}

Subscription Scheduler::on_turn_end(Function<void()> hook, TurnEnd stage) {
  assert_logic_thread();
  if (closing_) return Subscription{};
  return hooks_[static_cast<std::size_t>(stage)].add(std::move(hook));
}

void Scheduler::run() {
  NANO_REQUIRE(depth_ == 0, "run() was called from within a task");
  const LogicThread::Scope logic{thread_};
  const Depth depth{*this};
  turn();
  while (!stop_requested_.exchange(false, std::memory_order_acquire)) {
    wait();
    turn();
  }
}

void Scheduler::stop() {
  stop_requested_.store(true, std::memory_order_release);
  driver_.wake();
}

bool Scheduler::run_once() {
  NANO_REQUIRE(depth_ == 0, "run_once() was called from within a task");
  const LogicThread::Scope logic{thread_};
  const Depth depth{*this};
  return turn() > 0;
}

std::size_t Scheduler::run_ready() {
  NANO_REQUIRE(depth_ == 0, "run_ready() was called from within a task");
  const LogicThread::Scope logic{thread_};
  const Depth depth{*this};
  std::size_t ran = 0;
  while (true) {
    const std::size_t ran_now = turn();
    ran += ran_now;
    if (ran_now == 0 && !ready()) return ran;
  }
}

bool Scheduler::ready() const {
  const auto earliest = timers_.earliest();
  return !posted_.empty() || cancel_all_requested_ || turn_soon_ || (earliest && *earliest <= clock_.now());
}

std::optional<TimePoint> Scheduler::next_deadline() const {
  assert_logic_thread();
  return timers_.earliest();
}

std::size_t Scheduler::turn() {
  const std::uint64_t started_before = timers_.sequence_end();
  watch_.begin("task");
  turn_soon_ = false;
  time_.begin();
  listening_.end_wait(time_.now(), timers_.earliest());
  const std::size_t ran = run_posted() + run_due(started_before);
  // Nothing but this turn is on the stack now, so no coroutine is running.
  finish_cancel_all();
  run_hooks();
  watch_.end();
  listening_.begin_wait(watch_.last_reading());
  return ran;
}

void Scheduler::back_from_wait(std::optional<TimePoint> driver_until) {
  std::optional<TimePoint> until = timers_.earliest();
  if (driver_until) until = std::min(until.value_or(*driver_until), *driver_until);
  time_.begin();
  listening_.end_wait(time_.now(), until);
}

std::size_t Scheduler::run_posted() {
  posted_itself_ = false;
  posted_.take(batch_);
  const std::size_t count = batch_.size();
  if (count > limits::posted_tasks_warning) log_.limited("").warning("many posted tasks", {{"count", count}});
  for (Function<void()>& task : batch_) {
    watch_.rename("task");
    guarded(task, "task");
    task = nullptr;
    watch_.task_done();
  }
  batch_.clear();
  if (batch_.capacity() > batch_capacity_kept) batch_.shrink_to_fit();
  return count;
}

std::size_t Scheduler::run_due(std::uint64_t sequence_end) {
  const auto run_timer = [this](Function<void()>& callback) {
    watch_.rename("timer");
    guarded(callback, "timer");
    watch_.task_done();
  };
  std::size_t count = 0;
  while (timers_.fire(time_.now(), listened(), sequence_end, run_timer)) ++count;
  return count;
}

void Scheduler::run_hooks() {
  watch_.rename("turn end");
  for (const Callbacks<>& stage : hooks_) {
    stage.call_each([this](Function<void()>& hook) { guarded(hook, "turn end"); });
  }
}

void Scheduler::log_task_failure(std::string_view name, std::uint64_t session) {
  log_failure(log_, name, session);
}

void Scheduler::say_left_out_later() {
  post([this] { left_out_timer_ = after(limits::log_window, [this] { log_.say_left_out(); }); });
}

void Scheduler::wait() {
  // With tasks ready, a look at the driver's own work and no sleep: they must not starve it.
  const bool may_sleep = !cancel_all_requested_ && !turn_soon_ && posted_.prepare_to_sleep();
  driver_.wait(may_sleep ? timers_.earliest() : std::optional{TimePoint{}});
  posted_.woke_up();
}

}  // namespace nano
