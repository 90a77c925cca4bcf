#include "nano/scheduler/timer_queue.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "nano/base/limits.h"

namespace nano {
namespace {

constexpr std::size_t children = 4;

/// The ListeningClock goes by the coarse clock, which is late by some milliseconds.
constexpr Duration clock_tolerance = std::chrono::milliseconds{10};

TimePoint saturating_add(TimePoint when, Duration by) {
  return by > TimePoint::max() - when ? TimePoint::max() : when + by;
}

}  // namespace

void Timer::cancel() {
  if (!node_) return;
  TimerQueue* const queue = TimerQueue::queue_of(*node_);
  if (queue) queue->thread_.assert_current();
  detail::TimerNode* const node = std::exchange(node_, nullptr);
  if (queue) queue->cancel(node);
  TimerQueue::release(node);
}

void Timer::end() {
  TimerQueue* const queue = TimerQueue::queue_of(*node_);
  if (queue && queue->thread_.is_another()) return queue->cancel_later_(std::move(*this));
  cancel();
}

bool Timer::active() const { return node_ && TimerQueue::queue_of(*node_); }

void Timer::detach() {
  if (detail::TimerNode* node = std::exchange(node_, nullptr)) TimerQueue::release(node);
}

Timer TimerQueue::start(TimePoint now, Duration delay, Duration interval, Function<void()> callback) {
  return start(now, delay, interval, TimePoint::min(), std::move(callback));
}

Timer TimerQueue::start_listening(TimePoint now, TimePoint listened, Duration delay,
                                  Function<void()> callback) {
  const TimePoint due = saturating_add(listened, std::max(delay, Duration::zero()));
  return start(now, delay, Duration::zero(), due, std::move(callback));
}

Timer TimerQueue::start(TimePoint now, Duration delay, Duration interval, TimePoint listened_due,
                        Function<void()> callback) {
  auto node = std::make_unique<detail::TimerNode>();
  node->callback = std::move(callback);
  node->interval = interval;
  node->listened_due = listened_due;
  insert(saturating_add(now, std::max(delay, Duration::zero())), node.get());
  return Timer{node.release()};
}

detail::TimerNode* TimerQueue::take_due(TimePoint now, TimePoint listened, std::uint64_t sequence_end) {
  const auto is_due = [&] {
    return !heap_.empty() && heap_[0].when <= now && heap_[0].sequence < sequence_end;
  };
  while (is_due() && heap_[0].node->listened_due > listened + clock_tolerance) {
    detail::TimerNode* const early = heap_[0].node;
    remove(0);
    // The thread was held up: what came meanwhile may still be on its way through other threads.
    insert(saturating_add(now, std::max(early->listened_due - listened, limits::held_up_least)), early);
  }
  if (!is_due()) return nullptr;
  const Entry due = heap_[0];
  remove(0);
  if (due.node->interval > Duration::zero()) {
    const auto missed = (now - due.when) / due.node->interval;
    insert(saturating_add(due.when + missed * due.node->interval, due.node->interval), due.node);
    due.node->holders.fetch_add(1, std::memory_order_relaxed);  // the heap; its old share goes to the caller
  }
  return due.node;
}

std::optional<TimePoint> TimerQueue::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_[0].when;
}

void TimerQueue::clear() {
  // From the back, so that the rest stays a heap: a callback's end may cancel other timers.
  while (!heap_.empty()) cancel(heap_.back().node);
}

void TimerQueue::cancel(detail::TimerNode* node) {
  remove(node->heap_index);
  const Function<void()> dropped = std::move(node->callback);
  release(node);
}

void TimerQueue::insert(TimePoint when, detail::TimerNode* node) {
  heap_.emplace_back();
  node->queue.store(this, std::memory_order_relaxed);
  sift_up(heap_.size() - 1, Entry{when, next_sequence_++, node});
}

void TimerQueue::remove(std::size_t index) {
  heap_[index].node->queue.store(nullptr, std::memory_order_relaxed);
  const Entry last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  if (index > 0 && last.before(heap_[(index - 1) / children])) {
    sift_up(index, last);
  } else {
    sift_down(index, last);
  }
}

void TimerQueue::sift_up(std::size_t index, Entry entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / children;
    if (!entry.before(heap_[parent])) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, entry);
}

void TimerQueue::sift_down(std::size_t index, Entry entry) {
  while (true) {
    const std::size_t first = index * children + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    for (std::size_t child = first + 1; child < std::min(first + children, heap_.size()); ++child) {
      if (heap_[child].before(heap_[least])) least = child;
    }
    if (!heap_[least].before(entry)) break;
    place(index, heap_[least]);
    index = least;
  }
  place(index, entry);
}

void TimerQueue::place(std::size_t index, Entry entry) {
  heap_[index] = entry;
  entry.node->heap_index = static_cast<std::uint32_t>(index);
}

void TimerQueue::release(detail::TimerNode* node) {
  const bool is_last = node->holders.load(std::memory_order_acquire) == 1 ||
                       node->holders.fetch_sub(1, std::memory_order_acq_rel) == 1;
  if (is_last) delete node;
}

}  // namespace nano
