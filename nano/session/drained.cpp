#include "nano/session/drained.h"

#include "nano/session/session.h"

namespace nano {

bool Drained::await_ready() const { return session_->queued_bytes() == 0; }

void Drained::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = std::make_shared<Waiting>(Waiting{waiting, session_->host().scheduler().work()});
  session_->wait_for_drained(waiting_);
}

bool Drained::await_resume() const { return !session_->closed(); }

}  // namespace nano
