#include "nano/base/listening_clock.h"

#include <chrono>
#include <string>

#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;

class Listening : public testing::Test {
 protected:
  /// The thread waits, means to be back after `meant`, and is after `passed`.
  void wait(Duration passed, std::optional<Duration> meant = std::nullopt) {
    clock_.begin_wait(now_);
    const std::optional<TimePoint> until = meant ? std::optional{now_ + *meant} : std::nullopt;
    now_ += passed;
    clock_.end_wait(now_, until);
  }
  void work(Duration passed) {
    now_ += passed;
    clock_.begin_wait(now_);
  }
  Duration listened() const { return clock_.now() - begin_; }

  const TimePoint begin_{1h};
  TimePoint now_ = begin_;
  ListeningClock clock_{begin_};
};

TEST_F(Listening, GoesOnWhileTheThreadWaitsHoweverLong) {
  wait(1h);
  EXPECT_EQ(listened(), 1h);
  wait(1h, 1h);
  EXPECT_EQ(listened(), 2h);
  wait(5ms, 1h);
  EXPECT_EQ(listened(), 2h + 5ms);
}

TEST_F(Listening, GoesOnWhileTheThreadWaitsOnAfterALookThatFoundNothing) {
  wait(0ms);
  wait(1s);
  EXPECT_EQ(listened(), 1s);
  clock_.begin_wait(now_);
  now_ += 1s;
  clock_.begin_wait(now_);
  clock_.end_wait(now_, std::nullopt);
  EXPECT_EQ(listened(), 2s) << "it had waited all the time";
}

TEST_F(Listening, StandsStillWhileTheThreadComesBackLate) {
  wait(3'500ms, 1s);
  EXPECT_EQ(listened(), 1s - limits::held_up_least);
  wait(1s, 1s);
  EXPECT_EQ(listened(), 2s - limits::held_up_least);
}

TEST_F(Listening, StandsStillDuringWorkThatTakesLong) {
  wait(1s);
  work(1h);
  EXPECT_EQ(listened(), 1s);
  wait(1s);
  EXPECT_EQ(listened(), 2s);
}

TEST_F(Listening, GoesOnDuringWorkThatIsDoneSoon) {
  wait(1s);
  for (int i = 0; i < 100; ++i) {
    work(20ms);
    wait(0ms, 0ms);
  }
  EXPECT_EQ(listened(), 3s);
}

TEST_F(Listening, OfAThreadThatIsAlwaysLateDoesNotStandStillForEver) {
  wait(1s);
  for (int i = 0; i < 31; ++i) {
    work(10s);
    wait(0ms, 0ms);
  }
  EXPECT_EQ(listened(), 1s + 30 * limits::held_up_least) << "the first counts nothing";
}

TEST_F(Listening, OfAThreadThatIsAlwaysBackLateDoesNotStandStillForEver) {
  for (const Duration meant : {1ms, 100ms, 150ms, 1'000ms}) {
    const Duration before = listened();
    for (int i = 0; i < 20; ++i) wait(10s, meant);
    EXPECT_GE(listened() - before, 19 * 50ms);
  }
}

TEST_F(Listening, DoesNotGoBack) {
  clock_.begin_wait(now_);
  clock_.end_wait(now_ - 10ms, now_);
  EXPECT_EQ(listened(), 0ms);
  wait(1s);
  EXPECT_EQ(listened(), 1s);
}

// -- timers that count it  ------------------------------------------------------------------------------

class ListeningTimers : public SchedulerFixture {
 protected:
  /// Time passes as it does for a thread that is on time.
  void live(Duration duration) {
    const TimePoint end = clock_.now() + duration;
    scheduler_.run_ready();
    while (scheduler_.next_deadline() && *scheduler_.next_deadline() <= end) {
      clock_.advance(*scheduler_.next_deadline() - clock_.now());
      scheduler_.run_ready();
    }
    clock_.advance(end - clock_.now());
  }
  /// After the thread was held up, `seen` gets "heard " before it gets "late ", which is as late as it may
  /// be.
  void expect_heard_before_late(std::string& seen) {
    scheduler_.post([&] { seen += "heard "; });
    live(limits::held_up_least - 1ms);
    EXPECT_EQ(seen, "heard ");
    live(1ms);
    EXPECT_EQ(seen, "heard late ");
  }
};

TEST_F(ListeningTimers, FireExactlyOnTimeWhenNobodyIsHeldUp) {
  int fired = 0;
  const Timer timer = scheduler_.after_listening(5s, [&] { ++fired; });
  live(5s - 1ns);
  EXPECT_EQ(fired, 0);
  live(1ns);
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timer.active());
}

TEST_F(ListeningTimers, WaitForWhatIsMissingAfterTheThreadWasHeldUp) {
  int fired = 0;
  const Timer timer = scheduler_.after_listening(5s, [&] { ++fired; });
  const Timer other = scheduler_.every(1s, [] {});
  live(2s);
  clock_.advance(1min);
  live(2s + limits::held_up_least - 1ns);
  EXPECT_EQ(fired, 0) << "a second was waited for when the thread was held up, and two before";
  EXPECT_TRUE(timer.active());
  live(1ns);
  EXPECT_EQ(fired, 1);
}

TEST_F(ListeningTimers, LeaveTimeToReadWhatHasComeMeanwhile) {
  std::string seen;
  const Timer timer = scheduler_.after_listening(5s, [&] { seen += "late "; });
  live(5s - 20ms);
  scheduler_.post([&] { clock_.advance(1min); });
  scheduler_.run_ready();
  expect_heard_before_late(seen);
}

TEST_F(ListeningTimers, LeaveThatTimeAlsoWhenTheThreadWasFrozenWhileItWaitedForThem) {
  std::string seen;
  const Timer timer = scheduler_.after_listening(1s, [&] { seen += "late "; });
  live(200ms);
  clock_.advance(3s);
  scheduler_.run_ready();
  expect_heard_before_late(seen);
}

TEST_F(ListeningTimers, CanBeCancelledWhileTheyWaitOn) {
  int fired = 0;
  Timer timer = scheduler_.after_listening(1s, [&] { ++fired; });
  scheduler_.run_ready();
  scheduler_.post([&] { clock_.advance(1min); });
  scheduler_.run_ready();
  EXPECT_TRUE(timer.active());
  timer.cancel();
  live(1h);
  EXPECT_EQ(fired, 0);
}

TEST_F(ListeningTimers, FireInTheEndWhenTheThreadIsAlwaysLate) {
  int fired = 0;
  const Timer timer = scheduler_.after_listening(1s, [&] { ++fired; });
  for (int i = 0; i < 20 && fired == 0; ++i) {
    scheduler_.post([&] { clock_.advance(10s); });
    scheduler_.run_once();
  }
  EXPECT_EQ(fired, 1);
}

}  // namespace
}  // namespace nano
