#include "nano/session/call.h"

#include "nano/session/session.h"
#include "protocol/handshake.h"
#include "protocol/limits.h"

namespace nano {

Call::Call(Call&& other) noexcept
    : OpenCall(std::move(other)),
      host_(other.host_),
      route_(other.route_),
      session_(std::move(other.session_)),
      caller_(std::move(other.caller_)),
      id_(other.id_),
      session_id_(other.session_id_),
      bytes_(other.bytes_),
      open_(other.open()),
      is_client_(other.is_client_),
      has_handler_(other.has_handler_),
      is_released_(other.is_released_),
      waits_(std::exchange(other.waits_, false)),
      failing_(other.failing_),
      given_up_(other.given_up_),
      abandoned_as_(other.abandoned_as_) {
  other.open_.store(false, std::memory_order_relaxed);
}

void DropCall::operator()(Call* dropped) const noexcept {
  std::unique_ptr<Call> call{dropped};
  if (!call->open()) return;  // and its server may be gone
  Scheduler& scheduler = call->host().scheduler();
  if (scheduler.on_another_thread()) scheduler.drop_later("a Responder", std::move(call));
}

NetworkEntity* Call::client() const { return session_ ? session_->entity() : nullptr; }

// -- the answer --------------------------------------------------------------------------------------------

void Call::answer(const PayloadType& type, const void* value) {
  if (!open()) return;
  if (!awaited()) return end();
  const Result<protocol::ByteView> encoded = host_.encode(type, value);
  if (encoded) return answer_bytes(*encoded);
  host_.log_for(session(), route_)
      .error("response not encoded", {{"route", route_},
                                      {"session", session_ ? session_->id() : session_id_},
                                      {"error", encoded.error().message}});
  fail({Errc::internal, "The server failed to encode its answer."});
}

void Call::answer_empty() { answer_bytes(protocol::as_bytes(host_.codec().empty_response())); }

void Call::answer_bytes(protocol::ByteView payload) {
  if (!open() || failing_) return;
  if (is_client_) {
    if (NetworkEntity* const to = client()) to->respond(id_, payload, false);
  } else if (caller_) {
    caller_->answered(payload);
  }
  end();
}

void Call::fail(const Error& error) {
  if (!open() || std::exchange(failing_, true)) return;
  if (is_client_) {
    if (NetworkEntity* const to = client()) to->respond(id_, protocol::as_bytes(error_document(error)), true);
  } else if (caller_) {
    caller_->failed(error);
  } else {
    const bool mistake = error.is(Errc::unknown_route) || error.is(Errc::bad_payload);
    host_.log_for(session()).write(mistake ? LogLevel::warning : LogLevel::debug, "notify failed",
                                   {{"route", route_},
                                    {"session", session_ ? session_->id() : session_id_},
                                    {"code", error.code},
                                    {"error", error.message}});
  }
  end();
}

/// Nobody has answered it, and nobody can any more.
void Call::abandon() {
  if (!awaited()) return end();
  if (host_.stopping) return fail(stopping_error());
  fail({abandoned_as_,
        abandoned_as_ == Errc::internal ? "The handler gave no answer." : "The server is too busy."});
}

void Call::give_up(const Error& error) {
  given_up_ = true;
  awaited() ? fail(error) : end();  // which may close the session, and that may destroy this
}

/// Another thread that drops a call destroys it as soon as it is not open any more, so that comes last.
void Call::end() {
  if (!entered()) return open_.store(false, std::memory_order_relaxed);  // it was dispatched, and not counted
  end_wait();
  leave();
  const SessionPtr session = std::exchange(session_, nullptr);
  const std::size_t bytes = bytes_;
  if (!session && session_id_ == 0) --host_.unanswered_calls;
  open_.store(false, std::memory_order_release);
  if (session) session->end_call(bytes);
}

void Call::note_second_answer() const {
  if (given_up_) return;
  host_.log()
      .limited(std::to_string(session_id_), route_)
      .error("answered twice", {{"route", route_}, {"session", session_id_}});
}

// -- beyond the dispatch -----------------------------------------------------------------------------------

CallPtr Call::defer(std::size_t payload_bytes) {
  if (!entered() && !begin(payload_bytes)) {
    fail({Errc::too_many_requests, "Too many calls of this session are open."});
    return nullptr;
  }
  Session* const session = session_.get();
  CallPtr deferred{new Call{std::move(*this)}};
  if (!has_handler_) deferred->route_ = {};
  deferred->abandoned_as_ = Errc::internal;
  session_ = borrowed(session);
  return deferred;
}

bool Call::begin(std::size_t payload_bytes) {
  bytes_ = payload_bytes + limits::message_overhead_bytes;
  if (!session_) {
    ++host_.unanswered_calls;
  } else {
    if (!session_->begin_call(bytes_)) return false;
    session_id_ = session_->id();
    session_ = session_->shared_from_this();
  }
  enter(host_.open_calls);
  return true;
}

std::uint64_t Call::release() {
  if (given_up_) return request_id();
  NANO_REQUIRE(open(), "a request that was answered cannot be released");
  NANO_REQUIRE(session_, "a call without a session is answered through its Responder");
  if (!is_client_) id_ = host_.next_call_id();
  if (!awaited()) {
    end();
    return id_;
  }
  CallPtr released{new Call{std::move(*this)}};
  released->is_released_ = true;
  const SessionPtr session = std::exchange(released->session_, borrowed(released->session_.get()));
  if (session->closed()) released->forget_session();
  session->keep_released(std::move(released));
  return id_;
}

void Call::begin_wait() {
  waits_ = true;
  ++host_.waiting_calls;
}

void Call::end_wait() {
  if (std::exchange(waits_, false)) --host_.waiting_calls;
}

bool Call::is_clients() const { return is_client_ && client(); }

bool Call::is_released() const { return is_released_ && client(); }

std::string error_document(const Error& error) {
  std::string document = protocol::encode_error(error.code, error.message);
  if (document.size() <= protocol::response_payload_bytes_max) return document;
  return protocol::encode_error(to_string(Errc::internal), "The server's error message is too long.");
}

}  // namespace nano
