// Public header. Drained: waits until what a session was sent before has been written.
#pragma once

#include <coroutine>
#include <memory>
#include <utility>

#include "nano/scheduler/current_work.h"

namespace nano {

class Session;

/// What Session::drained() returns, to be awaited at once. Destroying the waiting coroutine ends the wait.
class [[nodiscard]] Drained {
 public:
  struct Waiting {
    std::coroutine_handle<> coroutine;  // null: given up
    WorkName work;                      // in whose name it waits
  };

  explicit Drained(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  Drained(const Drained&) = delete;
  Drained& operator=(const Drained&) = delete;
  ~Drained() {
    if (waiting_) waiting_->coroutine = nullptr;
  }

  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> waiting);
  /// False: the session has closed.
  bool await_resume() const;

 private:
  std::shared_ptr<Session> session_;
  std::shared_ptr<Waiting> waiting_;  // shared with the session
};

}  // namespace nano
