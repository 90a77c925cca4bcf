// Public header. Timer: the handle of a call that Scheduler::after() or every() will make.
#pragma once

#include <utility>

namespace nano {

namespace detail {
struct TimerNode;
}

/// Owns a pending call: destroying the handle cancels it, so an object that keeps its timers as members is
/// never called back after its end. Logic thread only. A callback may cancel, replace or destroy the handle
/// of the very timer that runs it. A handle may outlive its Scheduler and is then inactive. One that is
/// destroyed on another thread is a mistake: the log says so, and the call is cancelled, but only when the
/// logic thread comes to it.
class [[nodiscard]] Timer {
 public:
  /// Inactive.
  Timer() = default;
  Timer(Timer&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Timer& operator=(Timer&& other) noexcept {
    Timer taken{std::move(other)};
    std::swap(node_, taken.node_);
    return *this;
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    if (node_) end();
  }

  /// The call is not made any more, and what its callback holds is destroyed (at the callback's return, if it
  /// is running now). No effect on an inactive timer.
  void cancel();

  /// Whether a call is to come. Inside its own callback: false for after(), true for every().
  bool active() const;

  /// Gives up the handle: the call is made without it, an every() until the Scheduler ends.
  void detach();

 private:
  friend class TimerQueue;
  explicit Timer(detail::TimerNode* node) : node_(node) {}
  void end();

  detail::TimerNode* node_ = nullptr;
};

}  // namespace nano
