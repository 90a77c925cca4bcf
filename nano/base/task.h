// Public header. Task<T>: a coroutine that runs when it is awaited.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

#include "protocol/assert.h"

namespace nano {

template <class T = void>
class Task;

namespace detail {

/// What the promises of all tasks share: who continues when the task has ended.
///
/// A task that ends before it first waits returns to start(), and its awaiter goes on without a suspension;
/// one that ends later passes control to its awaiter. The first half is why a loop over tasks that never wait
/// does not grow the stack: g++ turns the passing of control into a jump in optimised builds only.
class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  /// Runs the task until it first waits or ends. Whether it waits: then `awaiter` is resumed at its end.
  bool start(std::coroutine_handle<> task, std::coroutine_handle<> awaiter) {
    awaiter_ = awaiter;
    starting_ = true;
    task.resume();
    if (task.done()) return false;
    starting_ = false;
    return true;
  }

  struct ResumeAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      const TaskPromiseBase& promise = ended.promise();
      return promise.starting_ ? std::noop_coroutine() : promise.awaiter_;
    }
    void await_resume() noexcept {}
  };
  ResumeAwaiter final_suspend() noexcept { return {}; }

  /// Whether start() was called, ever.
  bool started() const noexcept { return awaiter_ != nullptr; }

 private:
  std::coroutine_handle<> awaiter_;
  bool starting_ = false;
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U = T>
    requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) {
    outcome_.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome_.template emplace<2>(std::current_exception()); }

  T take() {
    if (outcome_.index() == 2) std::rethrow_exception(std::get<2>(std::move(outcome_)));
    return std::get<1>(std::move(outcome_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> outcome_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void unhandled_exception() noexcept { failure_ = std::current_exception(); }

  void take() {
    if (failure_) std::rethrow_exception(std::move(failure_));
  }

 private:
  std::exception_ptr failure_;
};

}  // namespace detail

/// The return type of coroutines. The body starts when the task is awaited, on the awaiting thread, and the
/// awaiter gets its value or exception: `const int n = co_await count();` or `co_await std::move(task);`.
/// A task is awaited at most once: a second time, and after a move, co_await throws std::logic_error. To run
/// one that nobody awaits, hand it to Scheduler::spawn().
///
/// The Task owns the coroutine: destroying it destroys the suspended body with its locals, and whatever that
/// body was awaiting. References among the coroutine's parameters must outlive the coroutine; parameters by
/// value are kept in it. Nothing here knows of threads or of a scheduler.
///
/// Two rules, because g++ 12 miscompiles other forms (tools/co_await.py looks for them):
/// - `co_await` stands alone as a statement or initialises one named variable;
/// - a statement with `co_await` makes no temporary that g++ destroys twice: no `Struct{...}` or `{...}` of a
///   type without constructors, no lambda that captures copies, no `a ? b : c`, when that has something to
///   destroy. Name it first: `Request request{name}; const Reply reply = co_await call(std::move(request));`.
/// Session::call() and Scheduler::offload() refuse such operands at compile time; coroutines of one's own
/// cannot.
template <class T>
class [[nodiscard]] Task {
  static_assert(!std::is_reference_v<T>, "a Task gives a value; return a pointer instead of a reference");

 public:
  using value_type = T;
  using promise_type = detail::TaskPromise<T>;

  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task taken{std::move(other)};
    std::swap(coroutine_, taken.coroutine_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// False once moved from.
  explicit operator bool() const noexcept { return coroutine_ != nullptr; }

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiter) {
      return coroutine_.promise().start(coroutine_, awaiter);
    }
    T await_resume() { return coroutine_.promise().take(); }

   private:
    std::coroutine_handle<promise_type> coroutine_;
  };

  Awaiter operator co_await() && {
    NANO_REQUIRE(coroutine_ != nullptr && !coroutine_.promise().started(),
                 "a Task is awaited once, and not after a move");
    return Awaiter{coroutine_};
  }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}

  std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>{std::coroutine_handle<TaskPromise>::from_promise(*this)};
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>{std::coroutine_handle<TaskPromise>::from_promise(*this)};
}

}  // namespace detail
}  // namespace nano
