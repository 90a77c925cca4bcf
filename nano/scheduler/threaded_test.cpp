// Everything here runs real threads. They meet at latches, never by sleeping.
#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;

class ThreadedScheduler : public testing::Test {
 public:
  /// Runs `setup` and then the scheduler on a logic thread of its own, until a task stops it.
  void run(std::function<void()> setup = [] {}) {
    std::jthread{[&] {
      setup();
      scheduler_.run();
    }}.join();
  }

  RecordedLog recorded_;
  SystemClock clock_;
  ParkingDriver driver_;
  ThreadPool workers_{2};
  Scheduler scheduler_{clock_, driver_, workers_, recorded_.log()};
};

TEST_F(ThreadedScheduler, DoesNotSleepOnWhatAHookAskedToCancel) {
  struct StopsAtItsEnd {
    Scheduler& scheduler;
    ~StopsAtItsEnd() { scheduler.stop(); }
  };
  bool woken_by_something_else = false;
  run([&] {
    scheduler_.spawn([](Scheduler& scheduler) -> Task<void> {
      const StopsAtItsEnd ending{scheduler};
      co_await scheduler.sleep(1h);
    }(scheduler_));
    scheduler_.at_turn_end([this] { scheduler_.cancel_all(); });
    scheduler_.after(10s, [&] { woken_by_something_else = true; }).detach();
  });
  EXPECT_FALSE(woken_by_something_else);
}

TEST_F(ThreadedScheduler, RunsEveryTaskOfFourPostersInEachPostersOrder) {
  constexpr int posters = 4;
  constexpr int tasks = 20'000;
  std::vector<int> next(posters, 0);
  int done = 0;
  bool ordered = true;
  std::latch start{posters + 1};
  std::vector<std::jthread> threads;
  for (int poster = 0; poster < posters; ++poster) {
    threads.emplace_back([&, poster] {
      start.arrive_and_wait();
      for (int task = 0; task < tasks; ++task) {
        scheduler_.post([&, poster, task] {
          ordered = ordered && next[poster]++ == task;
          if (++done == posters * tasks) scheduler_.stop();
        });
      }
    });
  }
  run([&] { start.arrive_and_wait(); });
  EXPECT_TRUE(ordered);
  EXPECT_EQ(done, posters * tasks);
}

TEST_F(ThreadedScheduler, WakesForASingleTask) {
  std::binary_semaphore ran{0};
  std::jthread poster{[&] {
    for (int i = 0; i < 100; ++i) {
      scheduler_.post([&] { ran.release(); });
      ran.acquire();
    }
    scheduler_.stop();
  }};
  run();
}

TEST_F(ThreadedScheduler, SleepsUntilATimerIsDue) {
  bool fired = false;
  run([&] {
    scheduler_
        .after(2ms,
               [&] {
                 fired = true;
                 scheduler_.stop();
               })
        .detach();
  });
  EXPECT_TRUE(fired);
}

TEST_F(ThreadedScheduler, FinishesItsTurnWhenStoppedAndCanRunAgain) {
  std::string order;
  scheduler_.post([&] {
    scheduler_.stop();
    scheduler_.post([&] { order += "later"; });
    order += "stopper ";
  });
  scheduler_.post([&] { order += "same turn "; });
  run();
  EXPECT_EQ(order, "stopper same turn ");
  scheduler_.stop();
  run();
  EXPECT_EQ(order, "stopper same turn later");
}

TEST_F(ThreadedScheduler, IsTheLogicThreadForItsTasksOnly) {
  std::atomic<bool> elsewhere = true;
  bool inside = false;
  scheduler_.post([&] {
    inside = scheduler_.on_logic_thread();
    std::jthread{[&] { elsewhere = scheduler_.on_logic_thread(); }}.join();
    scheduler_.stop();
  });
  run();
  EXPECT_TRUE(inside);
  EXPECT_FALSE(elsewhere);
}

TEST_F(ThreadedScheduler, TimersThatEndOnAnotherThreadAreCancelledAndTheLogSaysSo) {
  const auto held = std::make_shared<int>();
  long held_after = 0;
  run([&] {
    scheduler_.post([&] {
      Timer timer = scheduler_.after(1h, [held] {});
      Timer periodic = scheduler_.every(1h, [held] {});
      std::jthread{[&] {
        const Timer dropped = std::move(timer);
        periodic = Timer{};
      }}.join();
      scheduler_.post([&] {
        held_after = held.use_count();
        scheduler_.stop();
      });
    });
  });
  EXPECT_EQ(held_after, 1);
  const std::string line = "error dropped on a thread other than the logic thread what=\"a Timer\"\n";
  EXPECT_EQ(recorded_.text(), line + line);
}

TEST_F(ThreadedScheduler, ATimerCancelledOnAnotherThreadThrowsAndStays) {
  bool threw = false;
  bool active = false;
  run([&] {
    scheduler_.post([&] {
      Timer timer = scheduler_.after(1h, [] {});
      std::jthread{[&] {
        try {
          timer.cancel();
        } catch (const std::logic_error&) {
          threw = true;
        }
      }}.join();
      active = timer.active();
      scheduler_.stop();
    });
  });
  EXPECT_TRUE(threw);
  EXPECT_TRUE(active);
}

TEST_F(ThreadedScheduler, OffloadsToAnotherThreadAndContinuesOnItsOwn) {
  std::thread::id logic, worker, continued;
  std::string failure;
  run([&] {
    logic = std::this_thread::get_id();
    scheduler_.spawn([](ThreadedScheduler& test, std::thread::id& on_worker, std::thread::id& after,
                        std::string& text) -> Task<void> {
      const auto id = co_await test.scheduler_.offload([] { return std::this_thread::get_id(); });
      on_worker = id;
      after = std::this_thread::get_id();
      try {
        co_await test.scheduler_.offload([] { throw std::runtime_error{"disk full"}; });
      } catch (const std::runtime_error& error) {
        text = error.what();
      }
      test.scheduler_.stop();
    }(*this, worker, continued, failure));
  });
  EXPECT_NE(worker, logic);
  EXPECT_EQ(continued, logic);
  EXPECT_EQ(failure, "disk full");
}

TEST_F(ThreadedScheduler, SurvivesCoroutinesThatEndWhileTheirCallsRun) {
  // Shared, because the last calls may still run when the test has ended.
  struct Calls {
    std::atomic<int> made = 0;
    std::latch ten_made{10};
  };
  const auto calls = std::make_shared<Calls>();
  int continued = 0;
  run([&] {
    for (int i = 0; i < 200; ++i) {
      scheduler_.spawn([](Scheduler& on, std::shared_ptr<Calls> shared, int& continuations) -> Task<void> {
        auto call = on.offload([shared] {
          if (++shared->made <= 10) shared->ten_made.count_down();
        });
        co_await call;
        ++continuations;
      }(scheduler_, calls, continued));
    }
    calls->ten_made.wait();
    scheduler_.cancel_all();
    scheduler_.post([this] { scheduler_.stop(); });
  });
  EXPECT_EQ(continued, 0);
  EXPECT_EQ(scheduler_.spawned_count(), 0u);
}

TEST(ThreadedSchedulerEnd, WaitsForOffloadedCallsThatRun) {
  const RecordedLog recorded;
  const SystemClock clock;
  ParkingDriver driver;
  ThreadPool workers{1};
  std::latch begun{1};
  std::atomic<bool> finished = false;
  std::latch finish{1};
  std::jthread finisher;
  {
    Scheduler scheduler{clock, driver, workers, recorded.log()};
    scheduler.spawn([](Scheduler& on, std::latch& at_begin, std::latch& at_finish,
                       std::atomic<bool>& done) -> Task<void> {
      co_await on.offload([&] {
        at_begin.count_down();
        at_finish.wait();
        done = true;
      });
    }(scheduler, begun, finish, finished));
    begun.wait();
    finisher = std::jthread{[&] { finish.count_down(); }};
  }
  EXPECT_TRUE(finished);
}

TEST_F(ThreadedScheduler, WhoHasTheResultOfACallFindsItRunningNoMore) {
  int running = 0;
  run([&] {
    scheduler_.spawn([](Scheduler& on, int& still) -> Task<void> {
      for (int i = 0; i < 5000; ++i) {
        co_await on.offload([] {});
        still += on.offloaded_running() > 0 ? 1 : 0;
      }
      on.stop();
    }(scheduler_, running));
  });
  EXPECT_EQ(running, 0);
}

TEST(ThreadedPool, RefusesJobsBeyondItsLimit) {
  std::latch running{1};
  std::latch finish{1};
  ThreadPool pool{1, 2};
  ASSERT_TRUE(pool.submit([&] {
    running.count_down();
    finish.wait();
  }));
  running.wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  finish.count_down();
}

TEST(ThreadedPool, RefusesNoneOnceItsLimitIsLifted) {
  std::latch running{1};
  std::latch finish{1};
  std::latch done{10};
  ThreadPool pool{1, 2};
  ASSERT_TRUE(pool.submit([&] {
    running.count_down();
    finish.wait();
  }));
  running.wait();
  pool.lift_bound();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(pool.submit([&] { done.count_down(); }));
  finish.count_down();
  done.wait();
}

TEST(ThreadedPool, FinishesTheRunningJobAndDropsTheWaitingAtItsEnd) {
  std::latch running{1};
  std::latch waiting_dropped{1};
  bool finished = false;
  bool waiting_ran = false;
  struct TellsItsEnd {
    std::latch* at_end;
    void operator()(std::latch*) const { at_end->count_down(); }
  };
  {
    ThreadPool pool{1};
    ASSERT_TRUE(pool.submit([&] {
      running.count_down();
      waiting_dropped.wait();  // the destructor drops the waiting job before it waits for this one
      finished = true;
    }));
    running.wait();
    std::unique_ptr<std::latch, TellsItsEnd> held{&waiting_dropped, TellsItsEnd{&waiting_dropped}};
    ASSERT_TRUE(pool.submit([&waiting_ran, held = std::move(held)] { waiting_ran = true; }));
  }
  EXPECT_TRUE(finished);
  EXPECT_FALSE(waiting_ran);
}

TEST(ThreadedPool, RunsJobsAtTheSameTimeOnItsThreads) {
  std::latch both{2};
  std::latch done{2};
  ThreadPool pool{2};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool.submit([&] {
      both.arrive_and_wait();
      done.count_down();
    }));
  }
  done.wait();
}

TEST(ThreadedPool, RefusesToHaveNoThreads) { EXPECT_THROW(ThreadPool{0}, std::invalid_argument); }

TEST(ThreadedDriver, WakeBeforeWaitIsNotLost) {
  ParkingDriver driver;
  driver.wake();
  driver.wait(std::nullopt);
}

TEST(ThreadedDriver, ReturnsAtTheTimeGivenAlsoWhenItHasPassed) {
  ParkingDriver driver;
  const SystemClock clock;
  const TimePoint until = clock.now() + 2ms;
  while (clock.now() < until) driver.wait(until);
  driver.wait(until);
  driver.wait(TimePoint{});
}

/// Counts wake-ups, and lets the test look at what the scheduler waits for.
class WatchedDriver final : public Driver {
 public:
  void wait(std::optional<TimePoint> until) override {
    if (!until && !asleep_told_) {
      asleep_told_ = true;
      asleep.count_down();
    }
    parking_.wait(until);
  }
  void wake() override {
    ++wakes;
    parking_.wake();
  }

  std::latch asleep{1};
  std::atomic<int> wakes = 0;

 private:
  ParkingDriver parking_;
  bool asleep_told_ = false;
};

TEST(ThreadedWakeUps, AreOnePerBurstAndNoneForTheLogicThreadsOwnPosts) {
  const RecordedLog recorded;
  const SystemClock clock;
  WatchedDriver driver;
  InlineWorkers workers;
  Scheduler scheduler{clock, driver, workers, recorded.log()};
  std::latch burst_posted{1};
  std::latch all_ran{1};
  int ran = 0;
  std::jthread logic{[&] { scheduler.run(); }};
  driver.asleep.wait();

  scheduler.post([&] {
    burst_posted.wait();
    for (int i = 0; i < 10; ++i) scheduler.post([&] { ++ran; });
  });
  for (int i = 0; i < 100; ++i) scheduler.post([&] { ++ran; });
  scheduler.post([&] { scheduler.post([&] { scheduler.post([&] { all_ran.count_down(); }); }); });
  burst_posted.count_down();  // after the last: the logic thread would sleep when it has nothing left to run
  all_ran.wait();

  EXPECT_EQ(ran, 110);
  EXPECT_EQ(driver.wakes, 1);
  scheduler.stop();
}

}  // namespace
}  // namespace nano
