#include "nano/scheduler/timer.h"

#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;
using TimerOnce = SchedulerFixture;
using TimerEvery = SchedulerFixture;
using Timers = SchedulerFixture;

TEST_F(TimerOnce, FiresWhenItsTimeHasComeAndNotBefore) {
  int fired = 0;
  const Timer timer = scheduler_.after(10ms, [&] { ++fired; });
  EXPECT_TRUE(timer.active());
  advance(10ms - 1ns);
  EXPECT_EQ(fired, 0);
  advance(1ns);
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timer.active());
  advance(1h);
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerOnce, DoesNotFireOnceItsHandleIsDestroyedOrCancelled) {
  int fired = 0;
  const auto held = std::make_shared<int>();
  {
    const Timer dropped = scheduler_.after(1ms, [&fired, held] { ++fired; });
  }
  Timer cancelled = scheduler_.after(1ms, [&fired, held] { ++fired; });
  cancelled.cancel();
  EXPECT_FALSE(cancelled.active());
  EXPECT_EQ(held.use_count(), 1) << "what the callbacks hold goes at once";
  EXPECT_FALSE(scheduler_.next_deadline().has_value());
  advance(1s);
  EXPECT_EQ(fired, 0);
}

TEST_F(TimerOnce, FiresWithoutItsHandleWhenDetached) {
  int fired = 0;
  Timer timer = scheduler_.after(1ms, [&] { ++fired; });
  timer.detach();
  EXPECT_FALSE(timer.active());
  advance(1ms);
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerOnce, IsInactiveWithinItsCallbackWhichMayReplaceTheHandle) {
  std::string seen;
  Timer timer;
  timer = scheduler_.after(1ms, [&] {
    seen += timer.active() ? "active " : "inactive ";
    timer = scheduler_.after(1ms, [&] { seen += "again"; });
  });
  advance(1ms);
  EXPECT_TRUE(timer.active());
  advance(1ms);
  EXPECT_EQ(seen, "inactive again");
}

TEST_F(TimerOnce, StartedDuringATurnRunsInALaterOne) {
  std::string order;
  scheduler_.post([&] {
    scheduler_.after(0s, [&] { order += "zero "; }).detach();
    scheduler_.after(-5s, [&] { order += "negative "; }).detach();
    order += "task ";
  });
  scheduler_.run_once();
  EXPECT_EQ(order, "task ");
  scheduler_.run_once();
  EXPECT_EQ(order, "task zero negative ");
}

TEST_F(TimerOnce, TakesTheLongestDelayWithoutOverflow) {
  bool fired = false;
  const Timer timer = scheduler_.after(Duration::max(), [&] { fired = true; });
  EXPECT_EQ(scheduler_.next_deadline(), TimePoint::max());
  advance(24h * 365);
  EXPECT_FALSE(fired);
}

TEST_F(TimerEvery, KeepsItsRateWithoutDrift) {
  std::vector<Duration> times;
  const TimePoint start = clock_.now();
  const Timer timer = scheduler_.every(10ms, [&] {
    times.push_back(clock_.now() - start);
    clock_.advance(3ms);  // a slow callback does not shift the next time
  });
  for (int i = 0; i < 40; ++i) advance(1ms);
  const std::vector<Duration> expected{10ms, 20ms, 30ms, 40ms, 50ms};
  EXPECT_EQ(times, expected);
}

TEST_F(TimerEvery, SkipsWhatItMissedAndStaysOnItsGrid) {
  std::vector<Duration> times;
  const TimePoint start = clock_.now();
  const Timer timer = scheduler_.every(10ms, [&] { times.push_back(clock_.now() - start); });
  advance(57ms);
  advance(2ms);
  advance(1ms);
  const std::vector<Duration> expected{57ms, 60ms};
  EXPECT_EQ(times, expected);
}

TEST_F(TimerEvery, IsActiveWithinItsCallbackWhichMayCancelIt) {
  int fired = 0;
  const auto held = std::make_shared<int>(7);
  Timer timer;
  timer = scheduler_.every(1ms, [&fired, &timer, held] {
    ++fired;
    EXPECT_TRUE(timer.active());
    if (fired == 2) timer.cancel();
    EXPECT_EQ(*held, 7) << "the callback's own captures live until it returns";
  });
  for (int i = 0; i < 5; ++i) advance(1ms);
  EXPECT_EQ(fired, 2);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(TimerEvery, MayDestroyItsOwnHandle) {
  int fired = 0;
  auto timer = std::make_unique<Timer>();
  *timer = scheduler_.every(1ms, [&] {
    ++fired;
    timer.reset();
  });
  advance(5ms);
  advance(5ms);
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerEvery, ThatThrowsIsLoggedAndFiresAgain) {
  int fired = 0;
  const Timer timer = scheduler_.every(1ms, [&] {
    ++fired;
    throw std::runtime_error{"tick"};
  });
  advance(1ms);
  advance(1ms);
  EXPECT_EQ(fired, 2);
  EXPECT_EQ(recorded_.text(),
            "error task failed in=timer error=tick\nerror task failed in=timer error=tick\n");
}

TEST_F(TimerEvery, RefusesAnIntervalThatIsNotPositive) {
  EXPECT_THROW(scheduler_.every(0s, [] {}).detach(), std::invalid_argument);
  EXPECT_THROW(scheduler_.every(-1ms, [] {}).detach(), std::invalid_argument);
}

TEST_F(Timers, OfOneTimeFireInTheOrderStarted) {
  std::string order;
  std::vector<Timer> timers;
  for (const char c : {'a', 'b', 'c', 'd', 'e', 'f'}) {
    timers.push_back(scheduler_.after(1ms, [&order, c] { order += c; }));
  }
  timers[2].cancel();
  advance(1ms);
  EXPECT_EQ(order, "abdef");
}

TEST_F(Timers, MayCancelOneAnotherInTheTurnInWhichBothAreDue) {
  std::string order;
  Timer second;
  const Timer first = scheduler_.after(1ms, [&] {
    order += "first ";
    second.cancel();
  });
  second = scheduler_.after(1ms, [&] { order += "second "; });
  advance(1ms);
  EXPECT_EQ(order, "first ");
}

TEST_F(Timers, MayOutliveTheirScheduler) {
  const auto held = std::make_shared<int>();
  std::optional<Scheduler> scheduler{std::in_place, clock_, driver_, workers_, recorded_.log()};
  Timer timer = scheduler->every(1ms, [held] {});
  scheduler->every(1ms, [held] {}).detach();
  scheduler.reset();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(timer.active());
  timer.cancel();
}

TEST_F(Timers, AHundredThousandFireInOrderWithHalfOfThemCancelled) {
  constexpr std::size_t count = 100'000;
  std::mt19937 random{20};
  std::vector<Timer> timers;
  std::vector<std::pair<TimePoint, std::size_t>> fired;
  std::size_t expected = count;
  for (std::size_t i = 0; i < count; ++i) {
    const TimePoint when = clock_.now() + std::chrono::milliseconds{random() % 1000};
    timers.push_back(
        scheduler_.after(when - clock_.now(), [&fired, when, i] { fired.emplace_back(when, i); }));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 2 == 0) continue;
    timers[i].cancel();
    --expected;
  }
  while (const auto next = scheduler_.next_deadline()) advance(*next - clock_.now());
  EXPECT_EQ(fired.size(), expected);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

}  // namespace
}  // namespace nano
