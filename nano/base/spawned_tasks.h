// Internal header. SpawnedTasks: the coroutines that nobody awaits, owned until they end.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

#include "nano/base/log.h"
#include "nano/base/task.h"

namespace nano {

/// How a coroutine is spawned.
struct SpawnOptions {
  /// What the log calls it; the first 64 bytes are kept. Empty: as what runs at present, such as the route of
  /// the handler that spawns it.
  std::string_view name = {};
  /// It goes on for as long as the server does, as a loop that never ends: a stop does not wait for it, and
  /// cancels it in the end without a word.
  bool background = false;
};

/// Logic thread only.
class SpawnedTasks {
 public:
  explicit SpawnedTasks(const Log& log) : log_(log) {}
  /// Aborts if coroutines are left: call destroy_all() while what they use still exists.
  ~SpawnedTasks();
  SpawnedTasks(const SpawnedTasks&) = delete;
  SpawnedTasks& operator=(const SpawnedTasks&) = delete;

  /// Runs the task until it first waits; logs an exception that leaves it, now or later, under its name, and
  /// with the session (0: none) in whose name it was spawned.
  void spawn(Task<void> task, SpawnOptions options = {}, std::uint64_t session = 0);
  /// Destroys those spawned so far that have not ended, in the order of spawning. None of them may be
  /// running.
  void destroy_all();
  std::size_t count() const { return count_; }
  /// Of these, those that somebody may wait for.
  std::size_t foreground_count() const { return count_ - background_count_; }
  /// Gives the name of each of the latter to `visit`, in the order of spawning.
  template <class Visit>
  void for_each_foreground(Visit&& visit) const {
    for (const auto* task = first_; task; task = task->next_) {
      if (!task->background_) visit(task->name());
    }
  }

 private:
  /// The coroutine around a spawned task. Its frame frees itself at its end, and is in the list until then.
  struct Root {
    class promise_type {
     public:
      promise_type(SpawnedTasks& owner, Task<void>& task, const SpawnOptions& options, std::uint64_t session);
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
      std::string_view name() const { return {name_.data(), name_bytes_}; }

      SpawnedTasks& owner_;
      promise_type* previous_;
      promise_type* next_ = nullptr;
      const std::uint64_t number_;
      const std::uint64_t session_;
      const bool background_;
      std::uint8_t name_bytes_;
      std::array<char, 64> name_;
    };
  };

  static Root drive(SpawnedTasks& owner, Task<void> task, SpawnOptions options, std::uint64_t session);

  const Log& log_;
  Root::promise_type* first_ = nullptr;
  Root::promise_type* last_ = nullptr;
  std::size_t count_ = 0;
  std::size_t background_count_ = 0;
  std::uint64_t next_number_ = 0;
};

}  // namespace nano
