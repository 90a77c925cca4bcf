// Internal header. Invocation: one message on its way into a handler.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "nano/component/pending_call.h"
#include "nano/session/session.h"
#include "protocol/message.h"

namespace nano {

/// Lives during the dispatch of one message. Logic thread only.
class Invocation {
 public:
  Invocation(Session& session, protocol::MessageType type, std::uint64_t request_id, std::string_view route,
             protocol::ByteView payload)
      : session_(session), request_id_(request_id), route_(route), payload_(payload), type_(type) {}
  /// The dispatch of a call that was deferred, now that its time has come.
  Invocation(PendingCall call, std::string_view route, protocol::ByteView payload);
  Invocation(const Invocation&) = delete;
  Invocation& operator=(const Invocation&) = delete;
  ~Invocation();

  Session& session() const { return session_; }
  SessionHost& host() const { return session_.host(); }
  std::string_view route() const { return route_; }
  protocol::ByteView payload() const { return payload_; }
  std::uint64_t request_id() const { return request_id_; }
  bool is_request() const { return type_ == protocol::MessageType::request; }

  /// Each of these settles the invocation; what comes after the first does nothing, so that a handler that
  /// throws after it has answered, or has handed its call on, is not answered for again.
  void answer(const PayloadType& type, const void* value);
  void answer_empty();
  void fail(const Error& error);
  /// The handling outlasts the dispatch. Nothing (and settled with an error) when the session has too many.
  std::optional<PendingCall> defer();

 private:
  std::optional<PendingCall> deferred_;  // what this is the dispatch of
  Session& session_;
  std::uint64_t request_id_;
  std::string_view route_;
  protocol::ByteView payload_;
  protocol::MessageType type_;
  bool settled_ = false;
};

}  // namespace nano
