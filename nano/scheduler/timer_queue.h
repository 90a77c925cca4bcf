// Internal header. TimerQueue: pending calls, ordered by time and then by when they were started.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/function.h"
#include "nano/scheduler/logic_thread.h"
#include "nano/scheduler/timer.h"

namespace nano {

class TimerQueue;

namespace detail {

/// One timer, held by its queue while it is pending and by its handle: freed when neither does. A handle that
/// ends on another thread asks for the queue and lets go.
struct TimerNode {
  Function<void()> callback;
  Duration interval;       // zero: once
  TimePoint listened_due;  // on the ListeningClock, not before; TimePoint::min(): whatever that says
  std::atomic<TimerQueue*> queue = nullptr;  // null: not pending
  std::uint32_t heap_index = 0;
  std::atomic<std::uint32_t> holders = 2;  // the heap and the handle
};

}  // namespace detail

/// A heap of four children a node: starting, cancelling and firing cost O(log n), and about 130 bytes each
/// timer. Logic thread only.
class TimerQueue {
 public:
  /// `cancel_later` is given the handles that end on other threads; it must end them on the logic thread.
  TimerQueue(const LogicThread& thread, Function<void(Timer)> cancel_later)
      : thread_(thread), cancel_later_(std::move(cancel_later)) {}
  ~TimerQueue() { clear(); }
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  /// Due `delay` after `now` (a negative one counts as zero). `interval` zero: fires once.
  Timer start(TimePoint now, Duration delay, Duration interval, Function<void()> callback);
  /// Due `delay` after `now`, and not before that much has been listened since `listened`.
  Timer start_listening(TimePoint now, TimePoint listened, Duration delay, Function<void()> callback);

  /// A number between the timers started so far and those started later.
  std::uint64_t sequence_end() const { return next_sequence_; }

  /// Takes the earliest timer if it is due at `now` and was started before `sequence_end`, and gives its
  /// callback to `run`. Periodic ones are set to their next time after `now` first, and those for which
  /// `listened` is too early wait for what is missing. Whether there was one.
  template <class Run>
  bool fire(TimePoint now, TimePoint listened, std::uint64_t sequence_end, Run&& run) {
    detail::TimerNode* node = take_due(now, listened, sequence_end);
    if (!node) return false;
    // Outside the node, because the callback may cancel its timer, which destroys what the node holds.
    Function<void()> callback = std::move(node->callback);
    run(callback);
    if (queue_of(*node)) node->callback = std::move(callback);
    release(node);
    return true;
  }

  std::optional<TimePoint> earliest() const;
  std::size_t size() const { return heap_.size(); }

  /// Drops all timers; their handles become inactive.
  void clear();

 private:
  friend class Timer;

  struct Entry {
    TimePoint when;
    std::uint64_t sequence;
    detail::TimerNode* node;
    bool before(const Entry& other) const {
      return when != other.when ? when < other.when : sequence < other.sequence;
    }
  };

  Timer start(TimePoint now, Duration delay, Duration interval, TimePoint listened_due,
              Function<void()> callback);
  detail::TimerNode* take_due(TimePoint now, TimePoint listened, std::uint64_t sequence_end);
  void cancel(detail::TimerNode* node);
  void insert(TimePoint when, detail::TimerNode* node);
  void remove(std::size_t index);
  void sift_up(std::size_t index, Entry entry);
  void sift_down(std::size_t index, Entry entry);
  void place(std::size_t index, Entry entry);
  static TimerQueue* queue_of(const detail::TimerNode& node) {
    return node.queue.load(std::memory_order_relaxed);
  }
  static void release(detail::TimerNode* node);

  const LogicThread& thread_;
  Function<void(Timer)> cancel_later_;
  std::vector<Entry> heap_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace nano
