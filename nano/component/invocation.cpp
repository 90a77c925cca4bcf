#include "nano/component/invocation.h"

#include <string>
#include <utility>

#include "nano/base/limits.h"

namespace nano {

Invocation::Invocation(PendingCall call, std::string_view route, protocol::ByteView payload)
    : deferred_(std::move(call)),
      session_(deferred_->session()),
      request_id_(deferred_->request_id()),
      route_(route),
      payload_(payload),
      type_(deferred_->is_request() ? protocol::MessageType::request : protocol::MessageType::notify) {}

Invocation::~Invocation() {
  if (deferred_) deferred_->dismiss();  // answered by this invocation, and done
}

void Invocation::answer(const PayloadType& type, const void* value) {
  if (!is_request() || settled_) return;
  std::string& bytes = host().scratch();
  if (Result<void> encoded = host().codec().encode(type, value, bytes); !encoded) {
    host().log().error("response not encoded",
                       {{"route", route_}, {"session", session_.id()}, {"error", encoded.error().message}});
    return fail({Errc::internal, "The server failed to encode its answer."});
  }
  session_.answer(request_id_, protocol::as_bytes(bytes));  // may throw: the answer is too long for the wire
  settled_ = true;
}

void Invocation::answer_empty() {
  if (!is_request() || settled_) return;
  session_.answer(request_id_, protocol::as_bytes(host().codec().empty_response()));  // may throw, as above
  settled_ = true;
}

void Invocation::fail(const Error& error) {
  if (settled_) return;
  settled_ = true;
  if (is_request()) {
    session_.answer(request_id_, error);
  } else {
    host().log().debug(
        "notify failed",
        {{"route", route_}, {"session", session_.id()}, {"code", error.code}, {"error", error.message}});
  }
}

std::optional<PendingCall> Invocation::defer() {
  settled_ = true;
  if (deferred_) {
    deferred_->abandon_as(Errc::internal);
    return std::exchange(deferred_, std::nullopt);
  }
  const std::size_t bytes = payload_.size() + limits::message_overhead_bytes;
  if (session_.begin_call(bytes)) return PendingCall{session_, request_id_, is_request(), bytes};
  settled_ = false;
  fail({Errc::too_many_requests, "Too many calls of this session are open."});
  return std::nullopt;
}

}  // namespace nano
