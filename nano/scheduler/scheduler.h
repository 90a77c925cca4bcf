// Public header. Scheduler: the logic thread, on which all application code runs.
#pragma once

#include <array>
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/function.h"
#include "nano/base/listening_clock.h"
#include "nano/base/log.h"
#include "nano/base/spawned_tasks.h"
#include "nano/base/subscription.h"
#include "nano/base/task.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/current_work.h"
#include "nano/scheduler/driver.h"
#include "nano/scheduler/logic_thread.h"
#include "nano/scheduler/offload.h"
#include "nano/scheduler/post_queue.h"
#include "nano/scheduler/stall_watch.h"
#include "nano/scheduler/timer.h"
#include "nano/scheduler/timer_queue.h"
#include "nano/scheduler/turn_time.h"

namespace nano {

class SleepAwaiter;

/// In which order the hooks of a turn's end run: what an application's hook sends has to reach the links
/// between nodes, and what a link that ends answers its clients' sockets, before the logic thread sleeps.
enum class TurnEnd : std::uint8_t { application, links, sockets };

/// Runs tasks, timers and coroutines one after the other on the logic thread, in turns. A turn runs, in this
/// order: the tasks posted before it, the timers that are due, the hooks of at_turn_end(). What a turn posts,
/// and the timers that it starts, run in a later turn. Between turns the driver waits, unless something is
/// ready. Time stands still within a turn, and while a driver handles what it has waited for: see now().
///
/// Calls are for the logic thread unless they say "any thread". That is the thread inside run() or
/// run_ready(), or the one adopted; while there is none (setting up, tearing down) any one thread may make
/// these calls. A call by another thread throws std::logic_error.
///
/// A task, timer, coroutine or hook that throws is logged (`task failed`) and harms nobody.
class Scheduler {
 public:
  /// The clock, the driver and the workers must outlive the Scheduler.
  Scheduler(const Clock& clock, Driver& driver, WorkerPool& workers, Log log);
  /// As close(). Not from within a task.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Destroys the unfinished coroutines in the order of their spawning, waits for offloaded calls that are
  /// running on workers, then drops timers, posted tasks and hooks. From here on nothing runs any more:
  /// posted tasks and spawned coroutines are dropped, timers are inactive. Not from within a task.
  void close();

  /// Any thread. Runs `task` in a later turn; tasks of one thread in the order posted. The driver is woken
  /// once per burst, and never for posts of the logic thread. The queue itself refuses nothing, since a lost
  /// task would break its poster: who posts for others must bound what it has waiting. Beyond
  /// limits::posted_tasks_warning tasks in one turn a warning is logged.
  void post(Function<void()> task);

  /// Logic thread. The next turn comes without a wait for what comes from outside, though nothing is posted.
  void turn_soon() { turn_soon_ = true; }

  /// Runs `callback` once, `delay` from now() (at the earliest: in the next turn). Timers that are due when a
  /// turn begins run in the order of their times, those of one time in the order started.
  [[nodiscard]] Timer after(Duration delay, Function<void()> callback);

  /// As after(), but `delay` counts only time in which this thread could hear what others say (listened()): a
  /// deadline for somebody else. After being held up it leaves at least limits::held_up_least to handle what
  /// has come meanwhile.
  [[nodiscard]] Timer after_listening(Duration delay, Function<void()> callback);

  /// Runs `callback` every `interval`, first in one interval, at a fixed rate: the times are whole intervals
  /// from now() and don't drift. When the thread is late by more than an interval, the missed calls are
  /// skipped, not made up for. Throws std::invalid_argument unless `interval` is positive.
  [[nodiscard]] Timer every(Duration interval, Function<void()> callback);

  /// Runs `task` now until it first waits, and owns it until it ends. An exception that leaves it is logged.
  /// A server that stops waits for it, unless the options say otherwise. Once the scheduler closes the task
  /// is dropped unrun.
  void spawn(Task<void> task, SpawnOptions options = {});

  /// Destroys all unfinished spawned coroutines in the order of their spawning. Called while something runs,
  /// it takes effect at the end of the turn's tasks and timers, when no coroutine is on the stack any more.
  void cancel_all();

  /// How many spawned coroutines have not ended, and how many of them are none of the background.
  std::size_t spawned_count() const { return spawned_.count(); }
  std::size_t foreground_count() const { return spawned_.foreground_count(); }
  /// Gives the name of each of the latter to `visit`, in the order of spawning.
  template <class Visit>
  void for_each_foreground(Visit&& visit) const {
    spawned_.for_each_foreground(std::forward<Visit>(visit));
  }
  /// How many offloaded calls run on workers at present, whether or not somebody still waits for them.
  std::size_t offloaded_running() const { return offload_gate_->inside(); }
  /// What the logic thread was at when it made those of them for which nobody waits.
  std::vector<WorkName> offloaded_alone() const { return offload_gate_->alone(); }
  /// Whether tasks that the logic thread posted wait for the next turn.
  bool has_posted_itself() const { return posted_itself_; }
  /// Any thread. Whether a task, timer, coroutine or hook of this scheduler makes this call.
  bool is_running_caller() const { return on_logic_thread() && depth_ > 0; }

  /// `co_await scheduler.sleep(d);` continues d later, as after() does.
  SleepAwaiter sleep(Duration duration);
  /// `co_await scheduler.yield();` continues in the next turn.
  SleepAwaiter yield();

  /// `auto query = scheduler.offload([...] { ... }); auto row = co_await query;` runs the call on a worker
  /// and continues on the logic thread with what it returned or threw; std::runtime_error("too busy ...")
  /// when the pool refuses it. One statement does too when the call captures nothing that needs destruction
  /// (else it doesn't compile; Task says why). `call` must own what it uses: the coroutine may be destroyed
  /// while a worker runs it, so nothing may be captured by reference that lives in the coroutine. It and its
  /// result are destroyed on the logic thread. A call not yet begun when its coroutine is destroyed is not
  /// made.
  template <class F>
  OffloadedCall<std::decay_t<F>> offload(F&& call) {
    assert_logic_thread();
    return OffloadedCall<std::decay_t<F>>{*this, workers_, offload_gate_, std::forward<F>(call)};
  }

  /// Runs `hook` at the end of every turn: what a turn has to send leaves there, in one batch. Hooks run in
  /// the order of their stages, those of one stage in the order registered. What they send leaves in the same
  /// turn; what they post or start runs in the next one, which follows at once. As with a timer, destroying
  /// the handle takes the hook back: keep it with what the hook needs.
  Subscription on_turn_end(Function<void()> hook, TurnEnd stage = TurnEnd::application);
  /// The same for a hook that stays until the Scheduler ends.
  void at_turn_end(Function<void()> hook, TurnEnd stage = TurnEnd::application) {
    on_turn_end(std::move(hook), stage).detach();
  }

  /// Runs `task` now, with the care that posted tasks get: its exception is logged, its time watched, both
  /// under `name`, and done for `session` (0: none). For logic that a driver's own handlers enter, and for
  /// callbacks of the application.
  template <class F>
  void run_now(F&& task, std::string_view name = "task", std::uint64_t session = 0) {
    assert_logic_thread();
    const Depth depth{*this};
    watch_.begin(name, session);
    guarded(task, name, session);
    watch_.end();
  }

  /// The calling thread becomes the logic thread until stop(). Not from within a task.
  void run();
  /// Any thread. run() returns at the end of its turn; without a run(), the next one returns after one turn.
  void stop();

  /// For tests and worlds in virtual time: one turn, without waiting. Whether a task or timer ran.
  bool run_once();
  /// As run_once(), until nothing is ready: tasks that keep posting tasks keep it from returning. Returns how
  /// many tasks and timers ran.
  std::size_t run_ready();

  /// The time of the earliest timer.
  std::optional<TimePoint> next_deadline() const;

  /// Makes the calling thread the logic thread also outside run() and run_ready(), which restore it.
  void adopt_thread() { thread_.adopt(); }
  /// Any thread. Whether the calling thread is the logic thread. False for all while there is none.
  bool on_logic_thread() const { return thread_.is_current(); }
  /// Any thread. Whether there is a logic thread and it is another one. What belongs to it then must not be
  /// destroyed here: see drop_later().
  bool on_another_thread() const { return thread_.is_another(); }
  /// Any thread. Destroys `held` on the logic thread. For what was dropped where it should not be, as by a
  /// worker: the log says so.
  template <class T>
  void drop_later(std::string_view what, T held) {
    log_.limited("", what).error("dropped on a thread other than the logic thread", {{"what", what}});
    post([held = std::move(held)] {});
  }
  /// Any thread. Throws std::logic_error on a thread other than the logic thread.
  void assert_logic_thread() const { thread_.assert_current(); }

  /// Any thread. For what a turn runs, the time at which the turn began, however long ago: what the logic
  /// decides by. For other threads, and where no turn is (setting up, tearing down), what the clock says.
  TimePoint now() const { return is_running_caller() ? time_.now() : clock_.now(); }
  /// Any thread. The same for the time of day.
  WallTime wall_time() const { return is_running_caller() ? time_.wall() : clock_.wall(); }
  /// A clock that stands still while this thread is held up (ListeningClock): by it silence is measured. As
  /// now() it is that of the turn's beginning.
  TimePoint listened() const { return listening_.now(); }
  /// For drivers that handle events of their own: the thread is back from waiting and is about to look at
  /// them. now() moves on, as when a turn begins. Drivers that also wait for a time of their own say which.
  void back_from_wait(std::optional<TimePoint> driver_until = std::nullopt);
  /// For the same drivers: there were none, and the thread waits on.
  void begin_wait() { listening_.begin_wait(clock_.coarse_now()); }
  /// Any thread. For what measures how long something takes: it moves while a turn lasts. To decide by it
  /// makes a run that cannot be repeated; that is what now() is for.
  const Clock& clock() const { return clock_; }
  /// The Log may be used by any thread. Its limited lines go by this Scheduler's clock, and are all said when
  /// it ends.
  const Log& log() const { return log_; }

  /// Says what runs from here on within the task, as the route about to be handled, and in the name of which
  /// session: a stall is logged under the last name, timed from this call. The text is copied (its first
  /// WorkName::bytes_max bytes).
  void note(std::string_view what, std::uint64_t session = 0) { watch_.note(what, session); }
  /// The same under a name that work() gave, for what goes on after it waited.
  void note(const WorkName& name) { watch_.note(name.text(), name.session()); }
  /// What runs at present. Empty between turns.
  WorkName work() const { return watch_.name(); }
  /// For a driver, whose own work on the logic thread counts as stalls, too: it begins and ends. Pairs nest,
  /// also with run_now(). `name` outlives the work.
  void begin_work(std::string_view name) { watch_.begin(name); }
  void end_work() { watch_.end(); }
  /// When what runs now began, by the coarse clock, as far as it was noted: a reading of the clock less.
  TimePoint noted_at() const { return watch_.last_reading(); }
  /// What runs longer than this is logged as a warning; see limits::stall_limit.
  void set_stall_limit(Duration limit) { current_work_->set_limit(limit); }

  /// For who watches this thread from another; both may outlive the Scheduler.
  std::shared_ptr<const CurrentWork> current_work() const { return current_work_; }
  std::shared_ptr<const OffloadGate> offload_gate() const { return offload_gate_; }

 private:
  /// Counts how deep the stack is in tasks; when the outermost has ended, no coroutine runs any more. What it
  /// runs has a time, also outside turn().
  class Depth {
   public:
    explicit Depth(Scheduler& scheduler) : scheduler_(scheduler) {
      if (scheduler_.depth_++ == 0) scheduler_.time_.begin();
    }
    ~Depth() {
      if (--scheduler_.depth_ == 0) scheduler_.finish_cancel_all();
    }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Scheduler& scheduler_;
  };

  std::size_t turn();
  bool ready() const;
  std::size_t run_posted();
  std::size_t run_due(std::uint64_t sequence_end);
  void run_hooks();
  template <class F>
  void guarded(F& call, std::string_view name, std::uint64_t session = 0) {
    try {
      call();
    } catch (...) {
      log_task_failure(name, session);
    }
  }
  /// From within a catch block.
  void log_task_failure(std::string_view name, std::uint64_t session);
  void finish_cancel_all() {
    if (std::exchange(cancel_all_requested_, false)) spawned_.destroy_all();
  }
  /// Any thread.
  void say_left_out_later();
  void wait();

  const Clock& clock_;
  Driver& driver_;
  WorkerPool& workers_;
  Log log_;
  LogicThread thread_;
  std::shared_ptr<CurrentWork> current_work_;
  StallWatch watch_;
  TurnTime time_;
  ListeningClock listening_;
  PostQueue posted_;
  std::vector<Function<void()>> batch_;
  TimerQueue timers_;
  Timer left_out_timer_;
  std::array<Callbacks<>, 3> hooks_;  // by stage
  SpawnedTasks spawned_;
  std::shared_ptr<OffloadGate> offload_gate_;
  std::atomic<bool> stop_requested_{false};
  int depth_ = 0;
  bool closing_ = false;
  bool cancel_all_requested_ = false;
  bool posted_itself_ = false;  // logic thread
  bool turn_soon_ = false;
};

/// What sleep() and yield() return, to be awaited at once. Destroying the waiting coroutine ends the wait.
class SleepAwaiter {
 public:
  SleepAwaiter(Scheduler& scheduler, Duration duration) : scheduler_(scheduler), duration_(duration) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    NANO_REQUIRE(!timer_.active(), "a sleep is awaited by one coroutine at a time");
    work_ = scheduler_.work();
    timer_ = scheduler_.after(duration_, [this, waiting] {
      scheduler_.note(work_);
      waiting.resume();
    });
  }
  void await_resume() const noexcept {}

 private:
  Scheduler& scheduler_;
  Duration duration_;
  WorkName work_;
  Timer timer_;
};

inline SleepAwaiter Scheduler::sleep(Duration duration) { return SleepAwaiter{*this, duration}; }
inline SleepAwaiter Scheduler::yield() { return SleepAwaiter{*this, Duration::zero()}; }

}  // namespace nano
