#include "nano/application/process_watch.h"

#include <chrono>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "nano/testing/log_capture.h"

namespace nano {
namespace {

TEST(SignalCount, TakesTheSameSignalAgainAtOnceForTheSameWish) {
  TimePoint now{std::chrono::hours{1}};
  SignalCount signals;
  EXPECT_EQ(signals.count(SIGTERM, now), 1);
  EXPECT_EQ(signals.count(SIGTERM, now + limits::signal_repeat / 2), 0);
  now += limits::signal_repeat / 2 + limits::signal_repeat;
  EXPECT_EQ(signals.count(SIGTERM, now), 2);
}

TEST(SignalCount, TakesAnotherSignalForAnotherWishHoweverSoon) {
  const TimePoint now{std::chrono::hours{1}};
  SignalCount signals;
  EXPECT_EQ(signals.count(SIGTERM, now), 1);
  EXPECT_EQ(signals.count(SIGINT, now), 2);
}

class ProcessWatchTest : public ::testing::Test {
 protected:
  ProcessWatch::Watched watched(std::function<void()> stop) {
    return {logic_, workers_, time_to_end_, log_.log(), std::move(stop)};
  }

  testing::LogCapture log_;
  std::shared_ptr<CurrentWork> logic_ = std::make_shared<CurrentWork>();
  std::shared_ptr<OffloadGate> workers_ = std::make_shared<OffloadGate>();
  std::shared_ptr<TimeToEnd> time_to_end_ = std::make_shared<TimeToEnd>();
};

TEST_F(ProcessWatchTest, LeavesSignalsToThoseThatRunOnceItsApplicationHasStopped) {
  std::promise<void> stopped;
  bool first_told = false;
  ProcessWatch first{watched([&] { first_told = true; })};
  first.calm();
  ProcessWatch second{watched([&] { stopped.set_value(); })};
  std::raise(SIGTERM);
  stopped.get_future().wait();
  EXPECT_FALSE(first_told);
}

using ProcessWatchDeathTest = ProcessWatchTest;

TEST_F(ProcessWatchDeathTest, EndsTheProcessAtTheFirstSignalWhenAllHaveStopped) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        ProcessWatch first{watched([] {})};
        ProcessWatch second{watched([] {})};
        first.calm();
        second.calm();
        std::raise(SIGTERM);
        std::promise<void>{}.get_future().wait();
      },
      ::testing::ExitedWithCode(128 + SIGTERM), "");
}

TEST_F(ProcessWatchDeathTest, KnowsTheTimeToEndThatWasSaidBeforeIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        time_to_end_->expect_within(std::chrono::milliseconds{1});
        ProcessWatch watch{watched([] {})};
        std::promise<void>{}.get_future().wait();
      },
      ::testing::ExitedWithCode(1), "");
}

TEST(TimeToEndTest, IsWhatWasSaidFirstUntilItIsForgotten) {
  using std::chrono::seconds;
  TimeToEnd time;
  EXPECT_FALSE(time.pass(seconds{100})) << "no end is expected";
  time.expect_within(seconds{2});
  time.expect_within(seconds{1});
  EXPECT_FALSE(time.pass(seconds{1}));
  EXPECT_TRUE(time.pass(seconds{1}));
  time.forget();
  EXPECT_FALSE(time.pass(seconds{1}));
}

}  // namespace
}  // namespace nano
