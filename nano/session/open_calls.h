// Internal header. OpenCalls: the messages of one server whose handling outlasts their dispatch.
#pragma once

#include <cstddef>
#include <string_view>

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
  /// Answers it with this error and takes it out of the list. What its handler answers later is dropped.
  virtual void give_up(const Error& error) = 0;

 protected:
  OpenCall() = default;
  OpenCall(const OpenCall&) = delete;
  OpenCall& operator=(const OpenCall&) = delete;
  virtual ~OpenCall() { leave(); }

  void enter(OpenCalls& calls);
  void leave();

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
