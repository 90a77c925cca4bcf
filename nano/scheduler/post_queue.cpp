#include "nano/scheduler/post_queue.h"

#include <utility>

#include "protocol/assert.h"

namespace nano {

bool PostQueue::push(Function<void()> task) {
  const std::lock_guard lock{mutex_};
  if (closed_) return false;
  tasks_.push_back(std::move(task));
  return std::exchange(sleeping_, false);
}

void PostQueue::take(std::vector<Function<void()>>& batch) {
  NANO_ASSERT(batch.empty(), "the last turn's tasks must have run");
  const std::lock_guard lock{mutex_};
  tasks_.swap(batch);
}

bool PostQueue::prepare_to_sleep() {
  const std::lock_guard lock{mutex_};
  sleeping_ = tasks_.empty();
  return sleeping_;
}

void PostQueue::woke_up() {
  const std::lock_guard lock{mutex_};
  sleeping_ = false;
}

bool PostQueue::empty() const {
  const std::lock_guard lock{mutex_};
  return tasks_.empty();
}

void PostQueue::close() {
  std::vector<Function<void()>> dropped;
  // Destroyed after the lock is released: what the tasks hold may post when it ends.
  const std::lock_guard lock{mutex_};
  closed_ = true;
  dropped.swap(tasks_);
}

}  // namespace nano
