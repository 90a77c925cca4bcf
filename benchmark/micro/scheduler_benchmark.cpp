// Hand-over to the logic thread: tasks posted by itself and by another thread, alone and in bursts.

#include <atomic>
#include <cstdint>
#include <thread>

#include "benchmark/micro/measure.h"
#include "nano/scheduler/scheduler.h"

namespace nano::benchmark {
namespace {

/// Posting and running, without any wake-up.
void post_from_logic_thread(State& state) {
  const auto tasks = static_cast<std::size_t>(state.range(0));
  SystemClock clock;
  ManualDriver driver;
  InlineWorkers workers;
  Scheduler scheduler{clock, driver, workers, Log{LogLevel::warning}};
  scheduler.adopt_thread();
  std::uint64_t ran = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < tasks; ++i) scheduler.post([&ran] { ++ran; });
    scheduler.run_once();
  }
  count_work(state, tasks);
  expect(state, ran == iterations(state) * tasks, "not all tasks ran");
}
BENCHMARK(post_from_logic_thread)->ArgName("tasks")->Arg(1)->Arg(16)->Arg(256);

/// From the first post of a burst until the poster knows that the last task has run: the wake-ups of both
/// threads are in it.
void post_from_another_thread(State& state) {
  const auto tasks = static_cast<std::size_t>(state.range(0));
  SystemClock clock;
  ParkingDriver driver;
  InlineWorkers workers;
  Scheduler scheduler{clock, driver, workers, Log{LogLevel::warning}};
  std::uint64_t ran = 0;  // logic thread, until that has ended
  std::atomic<std::uint64_t> bursts_done{0};
  std::jthread logic{[&scheduler] { scheduler.run(); }};
  std::uint64_t bursts = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < tasks; ++i) scheduler.post([&ran] { ++ran; });
    scheduler.post([&bursts_done] {
      bursts_done.fetch_add(1, std::memory_order_release);
      bursts_done.notify_one();
    });
    bursts_done.wait(bursts++, std::memory_order_acquire);
  }
  scheduler.stop();
  logic.join();
  count_work(state, tasks);
  expect(state, ran == iterations(state) * tasks, "not all tasks ran");
}
BENCHMARK(post_from_another_thread)->ArgName("tasks")->Arg(1)->Arg(16)->Arg(256)->UseRealTime();

/// A turn that finds nothing to do.
void empty_turn(State& state) {
  SystemClock clock;
  ManualDriver driver;
  InlineWorkers workers;
  Scheduler scheduler{clock, driver, workers, Log{LogLevel::warning}};
  scheduler.adopt_thread();
  std::uint64_t turns = 0;
  scheduler.at_turn_end([&turns] { ++turns; });
  for (auto _ : state) scheduler.run_once();
  count_work(state, 1);
  expect(state, turns == iterations(state), "not all turns ended");
}
BENCHMARK(empty_turn);

}  // namespace
}  // namespace nano::benchmark
