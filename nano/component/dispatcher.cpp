#include "nano/component/dispatcher.h"

#include <string>
#include <utility>

namespace nano {
namespace {

/// For the log, in case it takes long.
void note_work(const Handler& handler, const Invocation& invocation) {
  const Session* session = invocation.session();
  invocation.host().scheduler().note(handler.route, session ? session->id() : 0);
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
  if (refuses_clients_) {
    if (is_request) session.answer(message.id, stopping_error());
    return;
  }
  ReplyTo reply_to = is_request ? ReplyTo::client(message.id) : ReplyTo{};
  if (inbound_.empty()) {
    const bool wanted = !payload.is_deflated() || knows(message.route);
    const protocol::ByteView bytes = wanted ? payload.view() : protocol::ByteView{};
    if (payload.is_too_large()) return;
    Invocation invocation{session.host(), &session, std::move(reply_to), message.route, bytes, reach};
    return dispatch(invocation);
  }
  PipelineMessage draft{message.type, message.id, message.route, payload};
  const Result<void> passed = inbound_.filter(session, draft);
  const bool wanted = passed && (!payload.is_deflated() || knows(draft.route()));
  const protocol::ByteView bytes = wanted ? draft.payload() : protocol::ByteView{};
  if (payload.is_too_large()) return;
  Invocation invocation{session.host(), &session, std::move(reply_to), draft.route(), bytes, reach};
  if (!passed) return invocation.fail(passed.error());
  dispatch(invocation);
}

void Dispatcher::on_call(SessionHost& host, Session* session, std::string_view route,
                         protocol::ByteView payload, ReplyTo reply_to, Reach reach) {
  const bool refused = stopped_ || (refuses_clients_ && reply_to.is_client());  // of another node's client
  Invocation invocation{host, session, std::move(reply_to), route, payload, reach};
  if (refused) return invocation.fail(stopping_error());
  dispatch(invocation);
}

void Dispatcher::drop_callbacks() {
  inbound_ = {};
  validator_ = {};
  opened_.clear();
  closed_.clear();
}

void Dispatcher::dispatch(Invocation& invocation) {
  attempt(invocation, [&] {
    const Handler* handler = registry_.find(invocation.route());
    if (!handler) return forward(invocation);
    invocation.set_handler_route(handler->route);
    if (handler->scheduler) return call_later(*handler, invocation);
    note_work(*handler, invocation);
    handler->invoke(handler->component, invocation);
  });
}

/// What the application has in the way of a message may throw: handlers, local schedulers, routing functions.
template <class F>
void Dispatcher::attempt(Invocation& invocation, F&& handle) {
  try {
    handle();
  } catch (...) {
    detail::log_handler_failure(invocation.host(), invocation.session(), invocation.route());
    invocation.fail({Errc::internal, "The server failed to handle the message."});
  }
}

void Dispatcher::forward(Invocation& invocation) {
  if (remote_ && invocation.reach() == Reach::cluster && remote_->forward(invocation)) return;
  invocation.fail({Errc::unknown_route, "There is no route \"" + std::string{invocation.route()} + "\"."});
}

void Dispatcher::call_later(const Handler& handler, Invocation& invocation) {
  PendingCallPtr pending = invocation.defer();
  if (!pending) return;
  pending->abandon_as(Errc::unavailable);
  pending->begin_wait();
  const bool accepted =
      handler.scheduler->schedule([this, &handler, pending = std::move(pending),
                                   payload = std::string{protocol::as_text(invocation.payload())}]() mutable {
        pending->end_wait();
        if (stopped_ || !pending->open()) return;       // given up meanwhile, by a server that stops
        const SessionPtr session = pending->session();  // lives during the call
        Invocation later{std::move(pending), handler.route, protocol::as_bytes(payload)};
        note_work(handler, later);
        attempt(later, [&] { handler.invoke(handler.component, later); });
      });
  if (accepted) return;
  invocation.host().log().limited(handler.route).debug("local scheduler is full", {{"route", handler.route}});
}

}  // namespace nano
