// Internal header. OpenCalls: the messages of one server whose handling outlasts their dispatch.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "nano/base/result.h"

namespace nano {

class OpenCalls;

/// One of them. Logic thread only.
class OpenCall {
 public:
  /// Of its handler, valid as long as that; empty: another node handles it.
  virtual std::string_view route() const = 0;
  /// Whether a client waits for the answer.
  virtual bool is_clients() const = 0;
  /// Whether its handler left it to Session::respond(), and the session is open.
  virtual bool is_released() const { return false; }
  /// Answers it with this error and takes it out of the list. What its handler answers later is dropped.
  virtual void give_up(const Error& error) = 0;

 protected:
  OpenCall() = default;
  OpenCall(const OpenCall&) = delete;
  OpenCall& operator=(const OpenCall&) = delete;
  virtual ~OpenCall() { leave(); }

  /// Takes the place of `other`, which leaves.
  OpenCall(OpenCall&& other) noexcept;
  void enter(OpenCalls& calls);
  void leave();
  bool entered() const { return calls_ != nullptr; }

 private:
  friend class OpenCalls;

  OpenCalls* calls_ = nullptr;  // null: in none
  OpenCall* previous_ = nullptr;
  OpenCall* next_ = nullptr;
};

/// In the order in which they began. Logic thread only.
class OpenCalls {
 public:
  OpenCalls() = default;
  OpenCalls(const OpenCalls&) = delete;
  OpenCalls& operator=(const OpenCalls&) = delete;

  /// Gives up all for which `wanted(const OpenCall&)` is true, in no particular order.
  template <class Wanted>
  void give_up(const Error& error, Wanted&& wanted) {
    // Who hears of it may end other calls: so none is looked at but the first, which then goes to the end.
    for (std::size_t left = count_; left > 0 && first_; --left) {
      OpenCall& call = *first_;
      call.leave();
      call.enter(*this);
      if (wanted(call)) call.give_up(error);
    }
  }

 private:
  friend class OpenCall;

  OpenCall* first_ = nullptr;
  OpenCall* last_ = nullptr;
  std::size_t count_ = 0;
};

inline OpenCall::OpenCall(OpenCall&& other) noexcept
    : calls_(std::exchange(other.calls_, nullptr)),
      previous_(std::exchange(other.previous_, nullptr)),
      next_(std::exchange(other.next_, nullptr)) {
  if (!calls_) return;
  (previous_ ? previous_->next_ : calls_->first_) = this;
  (next_ ? next_->previous_ : calls_->last_) = this;
}

inline void OpenCall::enter(OpenCalls& calls) {
  leave();
  calls_ = &calls;
  previous_ = calls.last_;
  (previous_ ? previous_->next_ : calls.first_) = this;
  calls.last_ = this;
  ++calls.count_;
}

inline void OpenCall::leave() {
  OpenCalls* const calls = calls_;
  if (!calls) return;
  calls_ = nullptr;
  (previous_ ? previous_->next_ : calls->first_) = next_;
  (next_ ? next_->previous_ : calls->last_) = previous_;
  previous_ = next_ = nullptr;
  --calls->count_;
}

}  // namespace nano
