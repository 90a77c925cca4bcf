// Internal header. CancellableTask: a task whose awaiter goes on without it when something else ends it.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "nano/base/task.h"

namespace nano {

/// `const std::optional<T> value = co_await cancellable;` gives what the task returned or throws what it
/// threw; nothing when cancel() was called before. Awaited once, by a coroutine that owns it. Logic thread.
template <class T>
class CancellableTask {
 public:
  explicit CancellableTask(Task<T> task) : task_(std::move(task)) {}
  CancellableTask(const CancellableTask&) = delete;
  CancellableTask& operator=(const CancellableTask&) = delete;

  /// Destroys the task where it waits, with all that it awaits, and resumes the awaiter. No effect before the
  /// task is awaited and after its end. Not from within the task.
  void cancel() {
    if (!waiting_) return;
    task_.reset();
    std::exchange(waiting_, nullptr).resume();
  }

  class Awaiter {
   public:
    explicit Awaiter(CancellableTask& owner)
        : owner_(owner), awaiter_(std::move(*owner.task_).operator co_await()) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) {
      const bool waits = awaiter_.await_suspend(waiting);
      if (waits) owner_.waiting_ = waiting;
      return waits;
    }
    std::optional<T> await_resume() {
      owner_.waiting_ = nullptr;
      if (!owner_.task_) return std::nullopt;
      return awaiter_.await_resume();
    }

   private:
    CancellableTask& owner_;
    typename Task<T>::Awaiter awaiter_;
  };

  Awaiter operator co_await() & noexcept { return Awaiter{*this}; }

 private:
  std::optional<Task<T>> task_;
  std::coroutine_handle<> waiting_;
};

}  // namespace nano
