// Internal header. SpawnedTasks: the coroutines that nobody awaits, owned until they end.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

#include "nano/base/log.h"
#include "nano/base/task.h"

namespace nano {

/// Logic thread only.
class SpawnedTasks {
 public:
  explicit SpawnedTasks(const Log& log) : log_(log) {}
  /// Aborts if coroutines are left: call destroy_all() while what they use still exists.
  ~SpawnedTasks();
  SpawnedTasks(const SpawnedTasks&) = delete;
  SpawnedTasks& operator=(const SpawnedTasks&) = delete;

  /// Runs the task until it first waits; logs an exception that leaves it, now or later.
  void spawn(Task<void> task);
  /// Destroys those spawned so far that have not ended, in the order of spawning. None of them may be
  /// running.
  void destroy_all();
  std::size_t count() const { return count_; }

 private:
  /// The coroutine around a spawned task. Its frame frees itself at its end, and is in the list until then.
  struct Root {
    class promise_type {
     public:
      promise_type(SpawnedTasks& owner, Task<void>& task);
      ~promise_type();
      promise_type(const promise_type&) = delete;
      promise_type& operator=(const promise_type&) = delete;

      Root get_return_object() noexcept { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() noexcept {}
      void unhandled_exception() noexcept { std::terminate(); }

     private:
      friend class SpawnedTasks;
      SpawnedTasks& owner_;
      promise_type* previous_;
      promise_type* next_ = nullptr;
      const std::uint64_t number_;
    };
  };

  static Root drive(SpawnedTasks& owner, Task<void> task);

  const Log& log_;
  Root::promise_type* first_ = nullptr;
  Root::promise_type* last_ = nullptr;
  std::size_t count_ = 0;
  std::uint64_t next_number_ = 0;
};

}  // namespace nano
