// Internal header. LogicThread: which thread is the logic thread.
#pragma once

#include <atomic>
#include <thread>

#include "protocol/assert.h"

namespace nano {

/// Any thread may ask. There may be no logic thread: before run(), after it, in tests.
class LogicThread {
 public:
  void adopt() { id_.store(std::this_thread::get_id(), std::memory_order_relaxed); }
  bool is_current() const { return id() == std::this_thread::get_id(); }
  /// Whether there is one, and it is not the calling thread.
  bool is_another() const {
    const auto owner = id();
    return owner != std::thread::id{} && owner != std::this_thread::get_id();
  }
  /// Throws std::logic_error on another thread.
  void assert_current() const {
    NANO_REQUIRE(!is_another(), "this call is for the logic thread; use Scheduler::post() elsewhere");
  }

  /// Adopts the calling thread for a scope, then restores what was before.
  class Scope {
   public:
    explicit Scope(LogicThread& thread) : thread_(thread), before_(thread.id()) { thread_.adopt(); }
    ~Scope() { thread_.id_.store(before_, std::memory_order_relaxed); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    LogicThread& thread_;
    const std::thread::id before_;
  };

 private:
  std::thread::id id() const { return id_.load(std::memory_order_relaxed); }

  std::atomic<std::thread::id> id_{};
};

}  // namespace nano
