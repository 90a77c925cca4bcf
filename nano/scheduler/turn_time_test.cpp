#include "nano/scheduler/turn_time.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;
using TurnTimes = SchedulerFixture;

TEST_F(TurnTimes, StandsStillHoweverLongTheTurnTakes) {
  const TimePoint began = clock_.now();
  const WallTime began_wall = clock_.wall();
  std::vector<Duration> seen;
  const auto look_and_take_a_second = [&] {
    seen.push_back(scheduler_.now() - began);
    EXPECT_EQ(scheduler_.wall_time(), began_wall);
    clock_.advance(1s);
  };
  scheduler_.post(look_and_take_a_second);
  scheduler_.post(look_and_take_a_second);
  const Timer due = scheduler_.after(0ms, look_and_take_a_second);
  const Subscription hook = scheduler_.on_turn_end(look_and_take_a_second);
  scheduler_.run_once();
  EXPECT_EQ(seen, (std::vector<Duration>{0s, 0s, 0s, 0s}));
  EXPECT_EQ(scheduler_.now() - began, 4s);  // between turns
}

TEST_F(TurnTimes, HasMovedByWhatTheTurnBeforeTook) {
  const TimePoint began = clock_.now();
  std::vector<Duration> seen;
  scheduler_.post([&] {
    clock_.advance(1s);
    scheduler_.post([&] { seen.push_back(scheduler_.now() - began); });
  });
  scheduler_.run_ready();
  EXPECT_EQ(seen, std::vector<Duration>{1s});
}

TEST_F(TurnTimes, IsWhatTimersStartFrom) {
  std::string order;
  std::vector<Timer> timers;
  scheduler_.post([&] {
    timers.push_back(scheduler_.after(20ms, [&] { order += "second "; }));
    clock_.advance(15ms);
    timers.push_back(scheduler_.after(10ms, [&] { order += "first "; }));
  });
  scheduler_.run_once();
  clock_.advance(5ms);
  scheduler_.run_once();
  EXPECT_EQ(order, "first second ");
}

TEST_F(TurnTimes, HoldsForAllThatADriverHandlesAfterAWait) {
  class BusyDriver final : public Driver {
   public:
    void wait(std::optional<TimePoint>) override { handle(); }
    void wake() override {}
    Function<void()> handle;
  } driver;
  Scheduler scheduler{clock_, driver, workers_, recorded_.log()};
  const TimePoint began = clock_.now();
  std::vector<Duration> seen;
  driver.handle = [&] {
    clock_.advance(1s);
    scheduler.back_from_wait();
    for (int i = 0; i < 2; ++i) {
      scheduler.run_now([&] {
        seen.push_back(scheduler.now() - began);
        clock_.advance(1s);
      });
    }
    scheduler.stop();
  };
  scheduler.run();
  EXPECT_EQ(seen, (std::vector<Duration>{1s, 1s}));
}

TEST_F(TurnTimes, IsNotThatOfOtherThreads) {
  const TimePoint began = clock_.now();
  Duration there{};
  scheduler_.post([&] {
    clock_.advance(1s);
    std::thread{[&] { there = scheduler_.now() - began; }}.join();
    EXPECT_EQ(scheduler_.now(), began);
  });
  scheduler_.run_once();
  EXPECT_EQ(there, 1s);
}

}  // namespace
}  // namespace nano
