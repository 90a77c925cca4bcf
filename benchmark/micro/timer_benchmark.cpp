// Timers, beside few and very many others that are pending.

#include <chrono>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/micro/measure.h"
#include "nano/scheduler/scheduler.h"

namespace nano::benchmark {
namespace {

/// A scheduler in virtual time with `count` timers pending at random times within a minute.
class PendingTimers {
 public:
  explicit PendingTimers(std::size_t count) : timers_(count) {
    scheduler_.adopt_thread();
    for (std::size_t i = 0; i < count; ++i) start(i);
  }

  Scheduler& scheduler() { return scheduler_; }
  Duration random_delay() { return Duration{delay_(random_)}; }
  /// Moves time to the earliest timer and runs it. It starts itself anew, so that as many stay pending.
  void fire_next() {
    clock_.advance(*scheduler_.next_deadline() - clock_.now());
    scheduler_.run_once();
  }
  std::uint64_t fired() const { return fired_; }

 private:
  void start(std::size_t index) {
    timers_[index] = scheduler_.after(random_delay(), [this, index] {
      ++fired_;
      start(index);
    });
  }

  ManualClock clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  Scheduler scheduler_{clock_, driver_, workers_, Log{LogLevel::warning}};
  std::mt19937_64 random_{1};
  std::uniform_int_distribution<Duration::rep> delay_{1, Duration{std::chrono::minutes{1}}.count()};
  std::vector<Timer> timers_;
  std::uint64_t fired_ = 0;
};

void start_and_cancel_timer(State& state) {
  PendingTimers pending{static_cast<std::size_t>(state.range(0))};
  std::uint64_t active = 0;
  for (auto _ : state) {
    Timer timer = pending.scheduler().after(pending.random_delay(), [] {});
    active += timer.active() ? 1 : 0;
    timer.cancel();
  }
  count_work(state, 1);
  expect(state, active == iterations(state) && pending.fired() == 0, "not all timers were started");
}
BENCHMARK(start_and_cancel_timer)->ArgName("pending")->Arg(10)->Arg(10'000)->Arg(1'000'000);

/// The turn that runs the earliest timer, which starts anew.
void fire_timer(State& state) {
  PendingTimers pending{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) pending.fire_next();
  count_work(state, 1);
  expect(state, pending.fired() >= iterations(state), "not all timers have fired");
}
BENCHMARK(fire_timer)->ArgName("pending")->Arg(10)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace nano::benchmark
