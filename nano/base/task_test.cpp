#include "nano/base/task.h"

#include <coroutine>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace nano {
namespace {

static_assert(std::is_same_v<Task<int>::value_type, int>);
static_assert(std::is_same_v<Task<>::value_type, void>);
static_assert(!std::is_copy_constructible_v<Task<int>>);

/// A place where coroutines wait until the test lets them go on.
class Gate {
 public:
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) { waiting_ = waiting; }
  void await_resume() const {}
  void open() { std::exchange(waiting_, nullptr).resume(); }

 private:
  std::coroutine_handle<> waiting_;
};

/// Awaits a task from outside any coroutine. Destroying it destroys a task that has not ended.
class Runner {
 public:
  struct promise_type {
    Runner get_return_object() { return Runner{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { failure = std::current_exception(); }
    std::exception_ptr failure;
  };
  explicit Runner(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  Runner(Runner&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Runner& operator=(const Runner&) = delete;
  ~Runner() {
    if (coroutine_) coroutine_.destroy();
  }

  bool done() const { return coroutine_.done(); }
  void rethrow() const {
    if (coroutine_.promise().failure) std::rethrow_exception(coroutine_.promise().failure);
  }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
Runner run(Task<T> task, T& into) {
  T value = co_await std::move(task);
  into = std::move(value);
}
Runner run(Task<void> task) { co_await std::move(task); }

Task<int> answer() { co_return 42; }

Task<void> append(std::string& into, const char* text) {
  into += text;
  co_return;
}

TEST(Task, DoesNotStartUntilAwaited) {
  std::string text;
  Task<void> task = append(text, "ran");
  EXPECT_EQ(text, "");
  const Runner runner = run(std::move(task));
  EXPECT_TRUE(runner.done());
  EXPECT_EQ(text, "ran");
  EXPECT_FALSE(task);
}

TEST(Task, GivesItsValue) {
  int value = 0;
  const Runner runner = run(answer(), value);
  EXPECT_EQ(value, 42);
}

TEST(Task, GivesValuesThatCanOnlyBeMovedAndNeedNoDefault) {
  struct Box {
    explicit Box(int n) : number(std::make_unique<int>(n)) {}
    std::unique_ptr<int> number;
  };
  const auto make = []() -> Task<Box> { co_return Box{7}; };
  Box box{0};
  const Runner runner = run(make(), box);
  EXPECT_EQ(*box.number, 7);
}

TEST(Task, AcceptsABracedReturnValue) {
  struct Reply {
    int members;
    std::string name;
  };
  const auto make = []() -> Task<Reply> { co_return {3, "room"}; };
  Reply reply{};
  const Runner runner = run(make(), reply);
  EXPECT_EQ(reply.members, 3);
  EXPECT_EQ(reply.name, "room");
}

TEST(Task, ContinuesItsAwaiterWhenItEndsLater) {
  Gate gate;
  const auto wait = [](Gate& at) -> Task<int> {
    co_await at;
    co_return 5;
  };
  const auto twice = [&wait](Gate& at) -> Task<int> {
    const int first = co_await wait(at);
    const int second = co_await wait(at);
    co_return first + second;
  };
  int value = 0;
  const Runner runner = run(twice(gate), value);
  gate.open();
  EXPECT_FALSE(runner.done());
  gate.open();
  EXPECT_TRUE(runner.done());
  EXPECT_EQ(value, 10);
}

TEST(Task, CarriesExceptionsThroughEveryAwaiter) {
  Gate gate;
  const auto fail = [](Gate& at) -> Task<int> {
    co_await at;
    throw std::runtime_error{"deep"};
  };
  const auto pass_on = [&fail](Gate& at) -> Task<int> {
    const int never = co_await fail(at);
    co_return never;
  };
  int value = 0;
  const Runner runner = run(pass_on(gate), value);
  gate.open();
  EXPECT_TRUE(runner.done());
  EXPECT_THROW(runner.rethrow(), std::runtime_error);
}

TEST(Task, CarriesExceptionsOfTasksWithoutAValue) {
  const auto fail = []() -> Task<void> {
    throw std::logic_error{"void"};
    co_return;
  };
  const Runner runner = run(fail());
  EXPECT_THROW(runner.rethrow(), std::logic_error);
}

TEST(Task, DestroysItsSuspendedFramesAndParameters) {
  const auto held = std::make_shared<int>();
  Gate gate;
  const auto inner = [](Gate& at, std::shared_ptr<int> kept) -> Task<void> {
    const auto local = kept;
    co_await at;
  };
  const auto outer = [&inner](Gate& at, std::shared_ptr<int> kept) -> Task<void> {
    co_await inner(at, kept);
  };
  {
    const Runner runner = run(outer(gate, held));
    EXPECT_GT(held.use_count(), 1);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Task, NeverAwaitedDestroysItsParameters) {
  const auto held = std::make_shared<int>();
  const auto keep = [](std::shared_ptr<int>) -> Task<void> { co_return; };
  {
    Task<void> task = keep(held);
    EXPECT_EQ(held.use_count(), 2);
    task = keep(nullptr);
    EXPECT_EQ(held.use_count(), 1);
  }
}

TEST(Task, AwaitsManyOthersInALoopWithoutGrowingTheStack) {
  constexpr int count = 1'000'000;
  const auto loop = []() -> Task<int> {
    int sum = 0;
    for (int i = 0; i < count; ++i) {
      const int one = co_await answer();
      sum += one == 42;
    }
    co_return sum;
  };
  int value = 0;
  const Runner runner = run(loop(), value);
  EXPECT_EQ(value, count);
}

TEST(Task, ThrowsWhenAwaitedAfterAMove) {
  Task<int> task = answer();
  const Task<int> elsewhere = std::move(task);
  int value = 0;
  EXPECT_THROW(run(std::move(task), value).rethrow(), std::logic_error);
}

TEST(Task, ThrowsWhenAwaitedASecondTimeAlsoWhileTheFirstStillWaits) {
  Gate gate;
  const auto wait = [](Gate& at) -> Task<int> {
    co_await at;
    co_return 1;
  };
  const auto await_in_place = [](Task<int>& task, int& into) -> Runner {
    const int value = co_await std::move(task);
    into = value;
  };
  Task<int> task = wait(gate);
  int first = 0;
  int second = 0;
  const Runner waiting = await_in_place(task, first);
  EXPECT_THROW(await_in_place(task, second).rethrow(), std::logic_error);
  gate.open();
  EXPECT_TRUE(waiting.done());
  EXPECT_EQ(first, 1) << "the first is not disturbed";
  EXPECT_THROW(await_in_place(task, second).rethrow(), std::logic_error);
  EXPECT_EQ(second, 0);
}

}  // namespace
}  // namespace nano
