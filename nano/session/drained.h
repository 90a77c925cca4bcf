// Public header. Drained: waits until what a session was sent has been written.
#pragma once

#include <coroutine>
#include <memory>
#include <utility>

namespace nano {

class Session;

/// What Session::drained() returns, to be awaited at once. Destroying the waiting coroutine ends the wait.
class [[nodiscard]] Drained {
 public:
  explicit Drained(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  Drained(const Drained&) = delete;
  Drained& operator=(const Drained&) = delete;
  ~Drained() {
    if (waiting_) *waiting_ = nullptr;
  }

  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> waiting);
  /// False: the session has closed.
  bool await_resume() const;

 private:
  std::shared_ptr<Session> session_;
  std::shared_ptr<std::coroutine_handle<>> waiting_;  // shared with the session; null: nobody waits any more
};

}  // namespace nano
