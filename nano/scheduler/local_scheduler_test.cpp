#include "nano/scheduler/local_scheduler.h"

#include <memory>
#include <stdexcept>
#include <string>

#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;
using FrameSchedulerTest = SchedulerFixture;

TEST_F(FrameSchedulerTest, RunsWhatItCollectedInOneBatchEachInterval) {
  FrameScheduler frames{scheduler_, 50ms};
  std::string order;
  EXPECT_TRUE(frames.schedule([&] { order += "a"; }));
  EXPECT_TRUE(frames.schedule([&] { order += "b"; }));
  advance(49ms);
  EXPECT_EQ(order, "");
  advance(1ms);
  EXPECT_EQ(order, "ab");
  advance(50ms);
  EXPECT_EQ(order, "ab");
}

TEST_F(FrameSchedulerTest, LeavesWhatABatchSchedulesToTheNext) {
  FrameScheduler frames{scheduler_, 50ms};
  std::string order;
  EXPECT_TRUE(frames.schedule([&] {
    order += "a";
    EXPECT_TRUE(frames.schedule([&] { order += "b"; }));
  }));
  advance(50ms);
  EXPECT_EQ(order, "a");
  advance(50ms);
  EXPECT_EQ(order, "ab");
}

TEST_F(FrameSchedulerTest, RefusesMoreThanItsLimitAndTakesAgainAfterABatch) {
  FrameScheduler frames{scheduler_, 50ms, 2};
  int ran = 0;
  const auto count = [&] { ++ran; };
  EXPECT_TRUE(frames.schedule(count));
  EXPECT_TRUE(frames.schedule(count));
  EXPECT_FALSE(frames.schedule(count));
  advance(50ms);
  EXPECT_EQ(ran, 2);
  EXPECT_TRUE(frames.schedule(count));
}

TEST_F(FrameSchedulerTest, GoesOnAfterATaskThatThrows) {
  FrameScheduler frames{scheduler_, 50ms};
  bool ran = false;
  EXPECT_TRUE(frames.schedule([] { throw std::runtime_error{"bad move"}; }));
  EXPECT_TRUE(frames.schedule([&] { ran = true; }));
  advance(50ms);
  EXPECT_TRUE(ran);
  EXPECT_EQ(recorded_.text(), "error task failed in=task error=\"bad move\"\n");
}

TEST_F(FrameSchedulerTest, DropsItsTasksWhenDestroyedAlsoByOneOfThem) {
  auto frames = std::make_unique<FrameScheduler>(scheduler_, 50ms);
  const auto held = std::make_shared<int>();
  bool ran = false;
  EXPECT_TRUE(frames->schedule([&] { frames.reset(); }));
  EXPECT_TRUE(frames->schedule([&ran, held] { ran = true; }));
  advance(50ms);
  EXPECT_FALSE(frames);
  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1);
  advance(1s);
}

TEST_F(FrameSchedulerTest, RefusesAnIntervalThatIsNotPositive) {
  EXPECT_THROW((FrameScheduler{scheduler_, 0s}), std::invalid_argument);
}

TEST_F(FrameSchedulerTest, LetsOthersRunWhileALongFrameGoesOn) {
  FrameScheduler frames{scheduler_, 50ms};
  std::string order;
  for (char name = 'a'; name <= 'j'; ++name) {
    EXPECT_TRUE(frames.schedule([&order, name, this] {
      order += name;
      clock_.advance(1ms);
    }));
  }
  clock_.advance(50ms);
  scheduler_.run_once();
  EXPECT_EQ(order, "abcd") << "what limits::round_time holds";
  scheduler_.post([&] { order += "X"; });
  EXPECT_TRUE(frames.schedule([&] { order += "k"; }));
  scheduler_.run_ready();
  EXPECT_EQ(order, "abcdefghXij");
  advance(50ms);
  EXPECT_EQ(order, "abcdefghXijk");
}

}  // namespace
}  // namespace nano
