#include "nano/component/invocation.h"

#include <string>
#include <utility>

#include "nano/base/limits.h"

namespace nano {

Invocation::Invocation(PendingCallPtr call, std::string_view route, protocol::ByteView payload)
    : deferred_(std::move(call)),
      host_(deferred_->host()),
      session_(deferred_->session().get()),
      reply_to_(deferred_->reply_to()),
      route_(route),
      payload_(payload) {}

Invocation::~Invocation() {
  if (deferred_) deferred_->dismiss();  // answered by this invocation, and done
}

void Invocation::answer(const PayloadType& type, const void* value) {
  if (!wants_answer()) return;
  const Result<protocol::ByteView> encoded = host_.encode(type, value);
  if (!encoded) {
    host_.log_for(session_).error(
        "response not encoded",
        {{"route", route_}, {"session", session_ ? session_->id() : 0}, {"error", encoded.error().message}});
    return fail({Errc::internal, "The server failed to encode its answer."});
  }
  reply_to_.answer(session_, *encoded);  // may throw: the answer is too long for the wire
  settled_ = true;
}

void Invocation::answer_empty() {
  if (!wants_answer()) return;
  reply_to_.answer(session_, protocol::as_bytes(host_.codec().empty_response()));  // may throw, as above
  settled_ = true;
}

void Invocation::fail(const Error& error) {
  if (settled_) return;
  settled_ = true;
  if (reply_to_.anybody()) return reply_to_.fail(session_, error);
  // Its sender hears nothing of it, so whoever develops the client has to find it here.
  const bool mistake = error.is(Errc::unknown_route) || error.is(Errc::bad_payload);
  host_.log_for(session_).write(mistake ? LogLevel::warning : LogLevel::debug, "notify failed",
                                {{"route", route_},
                                 {"session", session_ ? session_->id() : 0},
                                 {"code", error.code},
                                 {"error", error.message}});
}

PendingCallPtr Invocation::defer() {
  if (deferred_) {
    settled_ = true;
    deferred_->abandon_as(Errc::internal);
    return std::move(deferred_);
  }
  const std::size_t bytes = payload_.size() + limits::message_overhead_bytes;
  if (session_ && !session_->begin_call(bytes)) {
    fail({Errc::too_many_requests, "Too many calls of this session are open."});
    return nullptr;
  }
  settled_ = true;
  return std::make_unique<PendingCall>(host_, session_ ? session_->shared_from_this() : nullptr, reply_to_,
                                       bytes, handler_route_);
}

}  // namespace nano
