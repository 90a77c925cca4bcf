// Public header. Responder<T>: how a handler answers its request later.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "nano/session/call.h"
#include "nano/session/session.h"

namespace nano {

/// A handler that takes a Responder<T> as its last parameter returns nothing; the client's answer is what the
/// Responder is given, now or later. It belongs to one request and can answer no other. The first answer
/// counts: a second one, as when a timer gave up before, is not sent, but named in the log with route and
/// session. Dropped without an answer, it answers `internal`. Called for a notify, its answer goes nowhere.
/// One that was moved from throws std::logic_error. Move-only, and for the logic thread only: elsewhere an
/// answer throws std::logic_error, and one that is dropped there is logged, and answers when the logic thread
/// comes to it.
template <Payload T>
class Responder {
 public:
  using value_type = T;

  explicit Responder(CallPtr call) : call_(std::move(call)) {}

  /// Whether this is the answer: false when there was one before.
  bool respond(const T& value) {
    if (!is_first_answer()) return false;
    call_->answer(payload_type<T>(), &value);
    return true;
  }
  bool respond(const Result<T>& result) { return result ? respond(result.value()) : fail(result.error()); }
  bool fail(const Error& error) {
    if (!is_first_answer()) return false;
    call_->fail(error);
    return true;
  }
  /// Whether a client or service waits for the answer: false for a notify.
  bool awaited() const { return call().awaited(); }
  /// Not answered yet.
  bool open() const { return call_ && call_->open(); }
  /// The session that the message came for, until it is answered. Throws std::logic_error afterwards, and for
  /// a call that a service made without a session.
  Session& session() const {
    NANO_REQUIRE(call().session(), "this call has no session, or was answered");
    return *call_->session();
  }
  /// Of the client's request; 0 for calls and notifies.
  std::uint64_t request_id() const { return call().request_id(); }
  /// Leaves the request open for `session.respond(id, value)` and returns the id. Client ids may repeat: of
  /// two open requests with one id, respond() answers the older first. Throws std::logic_error when the
  /// request was answered, or the call has no session.
  std::uint64_t release() { return call().release(); }

 private:
  Call& call() const {
    NANO_REQUIRE(call_, "a Responder that was moved from has no request to answer");
    return *call_;
  }
  bool is_first_answer() const {
    if (call().open()) {
      call().host().scheduler().assert_logic_thread();
      return true;
    }
    call().note_second_answer();
    return false;
  }

  CallPtr call_;
};

}  // namespace nano
