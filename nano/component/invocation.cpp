#include "nano/component/invocation.h"

#include <string>

namespace nano {

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
  if (!session_.begin_call()) {
    fail({Errc::too_many_requests, "Too many calls of this session are open."});
    return std::nullopt;
  }
  settled_ = true;
  return PendingCall{session_, request_id_, is_request()};
}

}  // namespace nano
