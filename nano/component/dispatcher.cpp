#include "nano/component/dispatcher.h"

#include <optional>
#include <string>
#include <utility>

namespace nano {
namespace {

/// For the log, in case it takes long.
void note_work(const Handler& handler, const Call& call) {
  const Session* session = call.session();
  call.host().scheduler().note(handler.route, session ? session->id() : 0);
}

}  // namespace

HandshakeAnswer Dispatcher::on_handshake(Session& session, const Handshake& handshake) {
  return validator_ ? validator_(session, handshake) : HandshakeAnswer::accept();
}

void Dispatcher::on_opened(Session& session) { tell(opened_, session, "on_session_opened"); }

void Dispatcher::on_closed(Session& session) { tell(closed_, session, "on_session_closed"); }

void Dispatcher::tell(const Callbacks<Session&>& callbacks, Session& session, std::string_view what) {
  callbacks.call_each([&](Function<void(Session&)>& callback) {
    session.host().scheduler().run_now([&] { callback(session); }, what, session.id());
  });
}

bool Dispatcher::knows(std::string_view route) const {
  return registry_.find(route) || (remote_ && remote_->offers(route));
}

void Dispatcher::on_message(Session& session, const protocol::Message& message, InboundPayload& payload,
                            Reach reach) {
  const bool is_request = message.type == protocol::MessageType::request;
  const auto request_id = is_request ? std::optional{message.id} : std::nullopt;
  SessionHost& host = session.host();
  if (refuses_clients_) {
    if (is_request) Call{host, session, message.route, request_id}.fail(stopping_error());
    return;
  }
  if (inbound_.empty()) {
    const bool wanted = !payload.is_deflated() || knows(message.route);
    const protocol::ByteView bytes = wanted ? payload.view() : protocol::ByteView{};
    if (payload.is_too_large()) return;
    Call call{host, session, message.route, request_id};
    return dispatch(call, bytes, reach);
  }
  PipelineMessage draft{message.type, message.id, message.route, payload};
  const Result<void> passed = inbound_.filter(session, draft);
  const bool wanted = passed && (!payload.is_deflated() || knows(draft.route()));
  const protocol::ByteView bytes = wanted ? draft.payload() : protocol::ByteView{};
  if (payload.is_too_large()) return;
  Call call{host, session, draft.route(), request_id};
  if (!passed) return call.fail(passed.error());
  dispatch(call, bytes, reach);
}

void Dispatcher::on_call(Call&& call, protocol::ByteView payload, Reach reach) {
  if (stopped_ || (refuses_clients_ && call.is_client())) return call.fail(stopping_error());
  dispatch(call, payload, reach);
}

void Dispatcher::drop_callbacks() {
  inbound_ = {};
  validator_ = {};
  opened_.clear();
  closed_.clear();
}

void Dispatcher::dispatch(Call& call, protocol::ByteView payload, Reach reach) {
  attempt(call, [&] {
    const Handler* handler = registry_.find(call.route());
    if (!handler) return forward(call, payload, reach);
    call.set_handler_route(handler->route);
    if (handler->scheduler) return call_later(*handler, call, payload);
    note_work(*handler, call);
    handler->invoke(handler->component, call, payload);
  });
}

/// What the application has in the way of a message may throw: handlers, local schedulers, routing functions.
template <class F>
void Dispatcher::attempt(Call& call, F&& handle) {
  try {
    handle();
  } catch (...) {
    detail::log_handler_failure(call.host(), call.session(), call.route());
    call.fail({Errc::internal, "The server failed to handle the message."});
  }
}

void Dispatcher::forward(Call& call, protocol::ByteView payload, Reach reach) {
  if (remote_ && reach == Reach::cluster && remote_->forward(call, payload)) return;
  call.fail({Errc::unknown_route, "There is no route \"" + std::string{call.route()} + "\"."});
}

void Dispatcher::call_later(const Handler& handler, Call& call, protocol::ByteView payload) {
  CallPtr deferred = call.defer(payload.size());
  if (!deferred) return;
  deferred->abandon_as(Errc::unavailable);
  deferred->begin_wait();
  const bool accepted = handler.scheduler->schedule(
      [this, &handler, later = std::move(deferred), bytes = std::string{protocol::as_text(payload)}] {
        later->end_wait();
        if (stopped_ || !later->open()) return;  // given up meanwhile, by a server that stops
        Session* const session = later->session();
        const SessionPtr kept = session ? session->shared_from_this() : nullptr;  // during the call
        note_work(handler, *later);
        attempt(*later, [&] { handler.invoke(handler.component, *later, protocol::as_bytes(bytes)); });
      });
  if (accepted) return;
  call.host().log().limited(handler.route).debug("local scheduler is full", {{"route", handler.route}});
}

}  // namespace nano
