// Internal header. Invocation: one message on its way into a handler.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "nano/component/pending_call.h"
#include "nano/session/session.h"
#include "protocol/message.h"

namespace nano {

/// Lives during the dispatch of one message. Logic thread only.
class Invocation {
 public:
  /// `session` null: the call of a service that is nobody's.
  Invocation(SessionHost& host, Session* session, ReplyTo reply_to, std::string_view route,
             protocol::ByteView payload, Reach reach)
      : host_(host),
        session_(session),
        reply_to_(std::move(reply_to)),
        route_(route),
        payload_(payload),
        reach_(reach) {}
  /// The dispatch of a call that was deferred, now that its time has come.
  Invocation(PendingCallPtr call, std::string_view route, protocol::ByteView payload);
  Invocation(const Invocation&) = delete;
  Invocation& operator=(const Invocation&) = delete;
  ~Invocation();

  Session* session() const { return session_; }
  SessionHost& host() const { return host_; }
  std::string_view route() const { return route_; }
  /// The route as the registry keeps it, for what outlasts the dispatch.
  void set_handler_route(const std::string& route) { handler_route_ = &route; }
  protocol::ByteView payload() const { return payload_; }
  Reach reach() const { return reach_; }
  /// Whether anybody waits for an answer; a notify is just handled.
  bool wants_answer() const { return reply_to_.anybody() && !settled_; }

  /// Each of these settles the invocation; what comes after the first does nothing, so that a handler that
  /// throws after it has answered, or has handed its call on, is not answered for again.
  void answer(const PayloadType& type, const void* value);
  void answer_empty();
  void fail(const Error& error);
  /// The handling outlasts the dispatch. Null (and settled with an error) when the session has too many.
  PendingCallPtr defer();

 private:
  PendingCallPtr deferred_;  // what this is the dispatch of
  SessionHost& host_;
  Session* session_;
  ReplyTo reply_to_;
  std::string_view route_;
  const std::string* handler_route_ = nullptr;
  protocol::ByteView payload_;
  const Reach reach_ = Reach::this_node;  // what was deferred has its handler here
  bool settled_ = false;
};

}  // namespace nano
