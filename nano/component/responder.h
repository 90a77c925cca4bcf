// Public header. Responder<T>: how a handler answers its request later.
#pragma once

#include <cstdint>
#include <utility>

#include "nano/component/pending_call.h"

namespace nano {

/// A handler that takes a Responder<T> as its last parameter returns nothing; the client's answer is what the
/// Responder is given, now or later. It belongs to one request and can answer no other. Dropped without an
/// answer, it answers `internal`. Called for a notify, its answer goes nowhere. Logic thread only; move-only.
template <Payload T>
class Responder {
 public:
  using value_type = T;

  explicit Responder(PendingCall call) : call_(std::move(call)) {}

  /// Answers. Once: a second answer aborts.
  void respond(const T& value) {
    check();
    call_.answer(payload_type<T>(), &value);
  }
  void respond(const Result<T>& result) { result ? respond(result.value()) : fail(result.error()); }
  void fail(const Error& error) {
    check();
    call_.fail(error);
  }
  /// Whether a client or service waits for the answer: false for a notify.
  bool awaited() const { return call_.reply_to().anybody(); }
  /// Not answered yet.
  bool open() const { return call_.open(); }
  /// The session that the message came for; aborts for a call that a service made without one.
  Session& session() const {
    NANO_ASSERT(call_.session(), "this call has no session");
    return *call_.session();
  }
  /// Of the client's request; 0 for calls and notifies.
  std::uint64_t request_id() const { return call_.reply_to().request_id(); }
  /// Leaves the request open for `session.respond(id, value)` and returns the id. Client ids may repeat: of
  /// two open requests with one id, respond() answers the older first.
  std::uint64_t release() {
    check();
    return call_.release();
  }

 private:
  void check() const { NANO_ASSERT(call_.open(), "a request is answered once"); }

  PendingCall call_;
};

}  // namespace nano
