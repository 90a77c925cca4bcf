#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;

/// Keeps jobs until the test runs them.
class HeldWorkers final : public WorkerPool {
 public:
  bool submit(Function<void()> job) override {
    if (full) return false;
    jobs.push_back(std::move(job));
    return true;
  }
  void run_one() {
    auto job = std::move(jobs.front());
    jobs.pop_front();
    job();
  }

  bool full = false;
  std::deque<Function<void()>> jobs;
};

class Offload : public SchedulerFixture {
 public:
  /// Offloads a call that counts itself and returns what `held` points to.
  Task<void> fetch(Scheduler& on, std::shared_ptr<int> held, int& calls, std::optional<int>& into) {
    auto query = on.offload([held = std::move(held), &calls] {
      ++calls;
      return *held;
    });
    const int value = co_await query;
    into = value;
  }

  HeldWorkers held_workers_;
  std::optional<Scheduler> held_{std::in_place, clock_, driver_, held_workers_, recorded_.log()};
  std::shared_ptr<int> seven_ = std::make_shared<int>(7);
  int calls_ = 0;
  std::optional<int> result_;
};

TEST_F(Offload, ContinuesWithTheResultInALaterTurn) {
  scheduler_.spawn(fetch(scheduler_, seven_, calls_, result_));
  EXPECT_EQ(calls_, 1);
  EXPECT_FALSE(result_.has_value())
      << "also with inline workers the coroutine continues in a turn of its own";
  scheduler_.run_ready();
  EXPECT_EQ(result_, 7);
  EXPECT_EQ(seven_.use_count(), 1);
}

TEST_F(Offload, CarriesExceptionsAndVoid) {
  std::string seen;
  scheduler_.spawn([](Scheduler& on, std::string& into) -> Task<void> {
    co_await on.offload([&into] { into += "void "; });
    try {
      co_await on.offload([] { throw std::invalid_argument{"no such row"}; });
    } catch (const std::invalid_argument& error) {
      into += error.what();
    }
  }(scheduler_, seen));
  scheduler_.run_ready();
  EXPECT_EQ(seen, "void no such row");
}

TEST_F(Offload, MovesCallablesAndResultsThatCannotBeCopied) {
  std::unique_ptr<int> result;
  scheduler_.spawn([](Scheduler& on, std::unique_ptr<int>& into) -> Task<void> {
    auto boxed = std::make_unique<int>(5);
    auto doubling = on.offload([boxed = std::move(boxed)]() mutable {
      *boxed *= 2;
      return std::move(boxed);
    });
    auto doubled = co_await doubling;
    into = std::move(doubled);
  }(scheduler_, result));
  scheduler_.run_ready();
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 10);
}

TEST_F(Offload, ThrowsIntoTheCoroutineWhenThePoolIsFull) {
  held_workers_.full = true;
  held_->spawn(fetch(*held_, seven_, calls_, result_));
  EXPECT_EQ(recorded_.text(),
            "error task failed in=coroutine error=\"too busy: too many calls wait for the worker pool\"\n");
  EXPECT_EQ(seven_.use_count(), 1);
}

TEST_F(Offload, IsNotMadeWhenItsCoroutineEndsBeforeItBegins) {
  held_->spawn(fetch(*held_, seven_, calls_, result_));
  held_->cancel_all();
  EXPECT_EQ(seven_.use_count(), 1) << "the callable goes with the coroutine, on the logic thread";
  held_workers_.run_one();
  held_->run_ready();
  EXPECT_EQ(calls_, 0);
  EXPECT_FALSE(result_.has_value());
}

TEST_F(Offload, ContinuesNobodyWhenItsCoroutineEndsAfterTheCall) {
  held_->spawn(fetch(*held_, seven_, calls_, result_));
  held_workers_.run_one();
  EXPECT_EQ(calls_, 1);
  held_->cancel_all();
  held_->run_ready();
  EXPECT_FALSE(result_.has_value());
  EXPECT_EQ(seven_.use_count(), 1);
}

TEST_F(Offload, WhoseCoroutineEndsMeanwhileIsNamedUntilItEnds) {
  const auto wait = [](Offload& test) -> Task<void> {
    auto call = test.held_->offload([&test] {
      EXPECT_EQ(test.held_->offloaded_running(), 1u);
      EXPECT_TRUE(test.held_->offloaded_alone().empty());
      test.held_->cancel_all();
      const std::vector<WorkName> alone = test.held_->offloaded_alone();
      EXPECT_TRUE(alone.size() == 1 && alone[0].text() == "Room.Save");
    });
    co_await call;
  };
  held_->run_now([&] { held_->spawn(wait(*this)); }, "Room.Save");
  EXPECT_TRUE(held_->offloaded_alone().empty()) << "it is not made if its coroutine ends now";
  held_workers_.run_one();
  EXPECT_TRUE(held_->offloaded_alone().empty());
}

TEST_F(Offload, IsNotMadeOnceTheSchedulerIsGone) {
  held_->spawn(fetch(*held_, seven_, calls_, result_));
  held_.reset();
  held_workers_.run_one();
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(seven_.use_count(), 1);
}

TEST_F(Offload, MadeButNotDeliveredEndsWithTheScheduler) {
  held_->spawn(fetch(*held_, seven_, calls_, result_));
  held_workers_.run_one();
  held_.reset();
  EXPECT_EQ(calls_, 1);
  EXPECT_FALSE(result_.has_value());
  EXPECT_EQ(seven_.use_count(), 1);
}

TEST_F(Offload, OfACallThatThePoolDropsNeverContinues) {
  held_->spawn(fetch(*held_, seven_, calls_, result_));
  held_workers_.jobs.clear();
  held_->run_ready();
  EXPECT_FALSE(result_.has_value());
  EXPECT_EQ(held_->spawned_count(), 1u);
}

TEST_F(Offload, AwaitedTwiceThrowsInTheSecond) {
  auto query = scheduler_.offload([] { return 7; });
  int sum = 0;
  const auto wait = [](auto& on, int& into) -> Task<void> {
    const int value = co_await on;
    into += value;
  };
  scheduler_.spawn(wait(query, sum));
  scheduler_.spawn(wait(query, sum));
  scheduler_.run_ready();
  EXPECT_EQ(sum, 7);
  EXPECT_NE(recorded_.text().find("an offloaded call is awaited once"), std::string::npos);
}

}  // namespace
}  // namespace nano
