#include "nano/session/open_calls.h"

#include <utility>

namespace nano {

void OpenCall::enter(OpenCalls& calls) {
  leave();
  calls_ = &calls;
  previous_ = calls.last_;
  (previous_ ? previous_->next_ : calls.first_) = this;
  calls.last_ = this;
  ++calls.count_;
}

void OpenCall::leave() {
  OpenCalls* const calls = std::exchange(calls_, nullptr);
  if (!calls) return;
  (previous_ ? previous_->next_ : calls->first_) = next_;
  (next_ ? next_->previous_ : calls->last_) = previous_;
  previous_ = next_ = nullptr;
  --calls->count_;
}

void OpenCall::take_place_of(OpenCall& other) {
  leave();
  calls_ = std::exchange(other.calls_, nullptr);
  if (!calls_) return;
  previous_ = std::exchange(other.previous_, nullptr);
  next_ = std::exchange(other.next_, nullptr);
  (previous_ ? previous_->next_ : calls_->first_) = this;
  (next_ ? next_->previous_ : calls_->last_) = this;
}

}  // namespace nano
