#include "nano/transport/io_loop.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

/// A scheduler on this thread, with a loop on a thread of its own.
class IoLoopTest : public ::testing::Test {
 protected:
  IoLoopTest() {
    scheduler_.adopt_thread();
    loop_.attach(scheduler_, std::make_shared<ReceiveLine>(scheduler_));
  }
  ~IoLoopTest() override { loop_.stop(); }

  Log log_{LogLevel::off};
  SystemClock clock_;
  ParkingDriver parking_;
  InlineWorkers workers_;
  IoLoop loop_;
  Scheduler scheduler_{clock_, parking_, workers_, log_};
};

TEST_F(IoLoopTest, RunsWhatIsPostedOnItsOwnThreadInOrder) {
  std::vector<int> ran;
  std::promise<std::thread::id> thread;
  for (int i = 0; i < 100; ++i) loop_.post([&ran, i] { ran.push_back(i); });
  loop_.post([&thread] { thread.set_value(std::this_thread::get_id()); });
  EXPECT_NE(thread.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(ran.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST_F(IoLoopTest, TakesTheLogicsTasksAtTheEndOfItsTurnAndAnswersThemOnTheLogicThread) {
  const std::thread::id logic = std::this_thread::get_id();
  std::vector<int> answers;
  scheduler_.post([&] {
    for (int i = 0; i < 100; ++i) {
      loop_.from_logic([&, i] {
        EXPECT_NE(std::this_thread::get_id(), logic);
        loop_.to_logic([&, i] {
          EXPECT_EQ(std::this_thread::get_id(), logic);
          answers.push_back(i);
          if (answers.size() == 100) scheduler_.stop();
        });
      });
    }
  });
  scheduler_.run();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)], i);
}

TEST_F(IoLoopTest, TakesTasksOfManyThreads) {
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) loop_.post([&] { ++ran; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::promise<void> last;
  loop_.post([&] { last.set_value(); });
  last.get_future().wait();
  EXPECT_EQ(ran, 4000);
}

TEST_F(IoLoopTest, RunsWhatWasPostedBeforeItStopsAndDropsTheRest) {
  std::atomic<bool> before{false};
  auto token = std::make_shared<int>();
  loop_.post([&] { before = true; });
  loop_.stop();
  EXPECT_TRUE(before);
  loop_.post([token] {});
  EXPECT_TRUE(loop_.is_inline()) << "calls of a stopped loop need no thread";
}

TEST(InlineIoLoop, IsTheLogicThreadsOwnPlaceToWait) {
  SystemClock clock;
  InlineWorkers workers;
  IoLoop loop;
  Scheduler scheduler{clock, loop, workers, Log{LogLevel::off}};
  scheduler.adopt_thread();
  loop.attach(scheduler);
  int ran = 0;
  loop.from_logic([&] { ++ran; });
  loop.to_logic([&] { ++ran; });
  EXPECT_EQ(ran, 2) << "both at once: there is nobody to hand over to";
  loop.post([&] {
    ++ran;
    scheduler.stop();
  });
  scheduler.run();
  EXPECT_EQ(ran, 3);
}

TEST(InlineIoLoop, WakesForTimersAndForOtherThreads) {
  SystemClock clock;
  InlineWorkers workers;
  IoLoop loop;
  Scheduler scheduler{clock, loop, workers, Log{LogLevel::off}};
  scheduler.adopt_thread();
  loop.attach(scheduler);
  std::thread other;
  const Timer timer = scheduler.after(std::chrono::milliseconds{5}, [&] {
    other = std::thread{[&] { scheduler.post([&] { scheduler.stop(); }); }};
  });
  scheduler.run();
  other.join();
}

}  // namespace
}  // namespace nano
