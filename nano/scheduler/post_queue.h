// Internal header. PostQueue: the tasks on their way to the logic thread.
#pragma once

#include <mutex>
#include <vector>

#include "nano/base/function.h"

namespace nano {

/// Knows whether the logic thread sleeps, so that a burst of posts wakes it once.
class PostQueue {
 public:
  /// Any thread. Whether the caller must wake the logic thread. Drops the task when closed.
  [[nodiscard]] bool push(Function<void()> task);

  /// Logic thread. Moves all tasks into `batch`, which must be empty.
  void take(std::vector<Function<void()>>& batch);

  /// Logic thread. True: the queue is empty, and from now on the first push() asks for a wake-up.
  [[nodiscard]] bool prepare_to_sleep();
  /// Logic thread. No more wake-ups are needed.
  void woke_up();

  bool empty() const;

  /// Logic thread. Drops all tasks, and those that come later.
  void close();

 private:
  mutable std::mutex mutex_;
  std::vector<Function<void()>> tasks_;
  bool sleeping_ = false;
  bool closed_ = false;
};

}  // namespace nano
