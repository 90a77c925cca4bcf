#include <stdexcept>
#include <string>
#include <vector>

#include "nano/base/result.h"
#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;

/// Appends its name at its end: shows when a coroutine's frame goes.
class EndMark {
 public:
  EndMark(std::string& into, std::string name) : into_(into), name_(std::move(name)) {}
  EndMark(const EndMark&) = delete;
  EndMark& operator=(const EndMark&) = delete;
  ~EndMark() { into_ += name_ + " "; }

 private:
  std::string& into_;
  std::string name_;
};

class Coroutines : public SchedulerFixture {
 public:
  Task<void> sleeper(Duration duration, std::string name) {
    const EndMark mark{order_, "~" + name};
    order_ += "+" + name + " ";
    co_await scheduler_.sleep(duration);
    order_ += name + " ";
  }
  Task<int> add_slowly(int a, int b) {
    co_await scheduler_.sleep(1ms);
    co_return a + b;
  }
  Task<int> fail_slowly() {
    co_await scheduler_.sleep(1ms);
    throw std::runtime_error{"slow failure"};
  }

  std::string order_;
};

TEST_F(Coroutines, RunAtOnceUntilTheyFirstWait) {
  scheduler_.spawn(sleeper(5ms, "a"));
  EXPECT_EQ(order_, "+a ");
  EXPECT_EQ(scheduler_.spawned_count(), 1u);
  advance(4ms);
  EXPECT_EQ(order_, "+a ");
  advance(1ms);
  EXPECT_EQ(order_, "+a a ~a ");
  EXPECT_EQ(scheduler_.spawned_count(), 0u);
}

TEST_F(Coroutines, AwaitOneAnother) {
  int sum = 0;
  scheduler_.spawn([](Coroutines& test, int& into) -> Task<void> {
    const int three = co_await test.add_slowly(1, 2);
    const int ten = co_await test.add_slowly(three, 7);
    into = ten;
  }(*this, sum));
  advance(1ms);
  EXPECT_EQ(sum, 0);
  advance(1ms);
  EXPECT_EQ(sum, 10);
}

TEST_F(Coroutines, SeeTheExceptionsOfThoseTheyAwait) {
  std::string seen;
  scheduler_.spawn([](Coroutines& test, std::string& into) -> Task<void> {
    try {
      const int never = co_await test.fail_slowly();
      into = std::to_string(never);
    } catch (const std::runtime_error& error) {
      into = error.what();
    }
  }(*this, seen));
  advance(1ms);
  EXPECT_EQ(seen, "slow failure");
  EXPECT_EQ(recorded_.text(), "");
}

TEST_F(Coroutines, ThatThrowAreLoggedUnderTheirNameAndTheSessionInWhoseNameTheyWereSpawned) {
  const auto fail = [](Scheduler& scheduler, Duration after) -> Task<void> {
    co_await scheduler.sleep(after);
    throw Error{"disk_full", "no room"};
  };
  scheduler_.spawn(fail(scheduler_, 1ms), {.name = "autosave"});
  scheduler_.run_now([&] { scheduler_.spawn(fail(scheduler_, 2ms)); }, "Room.Join", 7);
  scheduler_.run_now([&] { scheduler_.spawn(fail(scheduler_, 3ms), {.name = "letter"}); }, "Room.Join", 8);
  scheduler_.run_now([&] { throw std::runtime_error{"at once"}; }, "on_closed", 9);
  for (int i = 0; i < 3; ++i) advance(1ms);
  EXPECT_EQ(recorded_.text(),
            "error task failed in=on_closed session=9 error=\"at once\"\n"
            "error task failed in=autosave error=\"disk_full: no room\"\n"
            "error task failed in=Room.Join session=7 error=\"disk_full: no room\"\n"
            "error task failed in=letter session=8 error=\"disk_full: no room\"\n");
}

TEST_F(Coroutines, ThatThrowAreLoggedAndHarmNobody) {
  scheduler_.spawn([](Coroutines& test) -> Task<void> {
    const int never = co_await test.fail_slowly();
    static_cast<void>(never);
  }(*this));
  scheduler_.spawn(sleeper(1ms, "b"));
  advance(1ms);
  EXPECT_EQ(recorded_.text(), "error task failed in=coroutine error=\"slow failure\"\n");
  EXPECT_EQ(order_, "+b b ~b ");
  EXPECT_EQ(scheduler_.spawned_count(), 0u);
}

TEST_F(Coroutines, YieldToTheTasksOfTheNextTurn) {
  scheduler_.spawn([](Coroutines& test) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      test.order_ += std::to_string(i) + " ";
      co_await test.scheduler_.yield();
    }
  }(*this));
  EXPECT_EQ(order_, "0 ");
  scheduler_.post([this] { order_ += "task "; });
  scheduler_.run_once();
  EXPECT_EQ(order_, "0 task 1 ");
  scheduler_.run_once();
  EXPECT_EQ(order_, "0 task 1 2 ");
}

TEST_F(Coroutines, CancelAllDestroysTheSleepingInTheOrderSpawned) {
  for (const char* name : {"a", "b", "c"}) scheduler_.spawn(sleeper(1h, name));
  order_.clear();
  scheduler_.cancel_all();
  EXPECT_EQ(order_, "~a ~b ~c ");
  EXPECT_EQ(scheduler_.spawned_count(), 0u);
  EXPECT_FALSE(scheduler_.next_deadline().has_value()) << "their timers go with them";
}

TEST_F(Coroutines, CancelAllReachesTheInnermostFrames) {
  scheduler_.spawn([](Coroutines& test) -> Task<void> {
    const EndMark mark{test.order_, "~outer"};
    co_await test.sleeper(1h, "inner");
  }(*this));
  order_.clear();
  scheduler_.cancel_all();
  EXPECT_NE(order_.find("~inner"), std::string::npos);
  EXPECT_NE(order_.find("~outer"), std::string::npos);
}

TEST_F(Coroutines, CancelAllFromWithinOneWaitsUntilItIsSuspended) {
  scheduler_.spawn([](Coroutines& test) -> Task<void> {
    const EndMark mark{test.order_, "~self"};
    co_await test.scheduler_.sleep(1ms);
    test.scheduler_.cancel_all();
    test.order_ += "still here, ";
    co_await test.scheduler_.sleep(1ms);
    test.order_ += "never ";
  }(*this));
  advance(1ms);
  EXPECT_EQ(order_, "still here, ~self ");
  advance(1s);
  EXPECT_EQ(order_, "still here, ~self ");
}

TEST_F(Coroutines, CancelAllBeforeTheFirstWaitTakesEffectAtIt) {
  scheduler_.spawn([](Coroutines& test) -> Task<void> {
    test.scheduler_.cancel_all();
    co_await test.sleeper(1h, "a");
  }(*this));
  EXPECT_EQ(order_, "+a ~a ");
  EXPECT_EQ(scheduler_.spawned_count(), 0u);
}

TEST_F(Coroutines, UnfinishedEndWithTheScheduler) {
  {
    Scheduler scheduler{clock_, driver_, workers_, recorded_.log()};
    const auto wait_long = [](Scheduler& on, std::string& into, std::string name) -> Task<void> {
      const EndMark mark{into, std::move(name)};
      co_await on.sleep(1h);
    };
    scheduler.spawn(wait_long(scheduler, order_, "first"));
    scheduler.spawn(wait_long(scheduler, order_, "second"));
    EXPECT_EQ(order_, "");
  }
  EXPECT_EQ(order_, "first second ");
}

TEST_F(Coroutines, SpawnedByOneThatTheSchedulersEndDestroysAreDropped) {
  struct SpawnsAtItsEnd {
    Scheduler& scheduler;
    std::string& into;
    ~SpawnsAtItsEnd() {
      scheduler.spawn([](std::string& text) -> Task<void> {
        text += "ran ";
        co_return;
      }(into));
      into += "spawned ";
    }
  };
  {
    Scheduler scheduler{clock_, driver_, workers_, recorded_.log()};
    scheduler.spawn([](Scheduler& on, std::string& into) -> Task<void> {
      const SpawnsAtItsEnd guard{on, into};
      co_await on.sleep(1h);
    }(scheduler, order_));
  }
  EXPECT_EQ(order_, "spawned ");
}

TEST_F(Coroutines, ThatNeverWaitLeaveNothingBehind) {
  scheduler_.spawn([](std::string& into) -> Task<void> {
    into += "done";
    co_return;
  }(order_));
  EXPECT_EQ(order_, "done");
  EXPECT_EQ(scheduler_.spawned_count(), 0u);
}

}  // namespace
}  // namespace nano
