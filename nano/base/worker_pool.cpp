#include "nano/base/worker_pool.h"

#include <limits>
#include <stdexcept>
#include <utility>

namespace nano {

ThreadPool::ThreadPool(std::size_t threads, std::size_t jobs_max) : jobs_max_(jobs_max) {
  if (threads == 0) throw std::invalid_argument{"a worker pool needs at least 1 thread"};
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  std::deque<Function<void()>> dropped;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    dropped.swap(jobs_);
  }
  dropped.clear();
  changed_.notify_all();
  threads_.clear();  // joins
}

bool ThreadPool::submit(Function<void()> job) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || jobs_.size() >= jobs_max_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void ThreadPool::lift_bound() {
  const std::lock_guard lock{mutex_};
  jobs_max_ = std::numeric_limits<std::size_t>::max();
}

void ThreadPool::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    Function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is destroyed outside the lock
    lock.lock();
  }
}

}  // namespace nano
