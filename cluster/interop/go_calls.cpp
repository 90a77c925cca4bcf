#include "cluster/interop/go_calls.h"

#include <exception>
#include <utility>

#include "cluster/registry/messages.h"
#include "cluster/session/remote_session.h"

namespace nano::cluster {
namespace {

CallOutcome taken() { return clusterpb::MemberHandleResponse{}.SerializeAsString(); }

template <class Message>
SessionId session_of(const Message& message) {
  return static_cast<SessionId>(message.sessionid());
}

}  // namespace

CallOutcome GoCalls::on_call(std::string_view method, std::string_view request) {
  if (method == method::handle_request) {
    const auto message = parse<clusterpb::RequestMessage>(request);
    if (!message) return undecodable();
    return on_message(message->gateaddr(), session_of(*message), message->route(), message->data(),
                      message->id());
  }
  if (method == method::handle_notify) {
    const auto message = parse<clusterpb::NotifyMessage>(request);
    if (!message) return undecodable();
    return on_message(message->gateaddr(), session_of(*message), message->route(), message->data(),
                      std::nullopt);
  }
  if (method == method::handle_push) {
    const auto message = parse<clusterpb::PushMessage>(request);
    return message ? on_push(session_of(*message), message->route(), message->data()) : undecodable();
  }
  if (method == method::handle_response) {
    const auto message = parse<clusterpb::ResponseMessage>(request);
    return message ? on_response(message->id(), message->data()) : undecodable();
  }
  if (method == method::session_closed) {
    const auto message = parse<clusterpb::SessionClosedRequest>(request);
    if (!message) return undecodable();
    gates_.on_session_closed(session_of(*message));
    return clusterpb::SessionClosedResponse{}.SerializeAsString();
  }
  if (method == method::close_session) {
    const auto message = parse<clusterpb::CloseSessionRequest>(request);
    if (!message) return undecodable();
    if (const SessionPtr session = own_session(session_of(*message))) session->close();
    return clusterpb::CloseSessionResponse{}.SerializeAsString();
  }
  return NetworkError{NetworkErrc::unimplemented, "there is no such method"};
}

CallOutcome GoCalls::on_message(const std::string& gate_address, SessionId id, const std::string& route,
                                const std::string& data, std::optional<std::uint64_t> request_id) {
  if (gate_address == self_.address) return on_own_sessions_message(id, route, data, request_id);
  // Another backend's message in the name of a session of a gate of ours, which handles it.
  Backend* const gate = backends_.find(gate_address);
  if (gate && gate->takes_relays()) {
    if (request_id) return refusal("only a gate asks in the name of its sessions");
    gate->relay(id, route, protocol::as_bytes(data));
    return taken();
  }
  const Result<RemoteSession*> remote = gates_.session(gate_address, id);
  if (!remote) return refusal(remote.error().message);
  const SessionPtr session = (*remote)->session().shared_from_this();
  // Go Nano's gates leave the filters to the node that handles the message.
  protocol::Message message;
  message.type = request_id ? protocol::MessageType::request : protocol::MessageType::notify;
  message.id = request_id.value_or(0);
  message.route = route;
  message.payload = protocol::as_bytes(data);
  InboundPayload payload{message.payload};  // the gate has inflated it
  host_.events().on_message(*session, message, payload, Reach::this_node);
  return taken();
}

/// Another backend's message in the name of a session that is connected here.
CallOutcome GoCalls::on_own_sessions_message(SessionId id, const std::string& route, const std::string& data,
                                             std::optional<std::uint64_t> request_id) {
  const SessionPtr own = own_session(id);
  if (!own) return refusal("the session has closed");
  if (request_id) return refusal("only a gate asks in the name of its sessions");
  host_.events().on_call({host_, own.get(), route, nullptr}, protocol::as_bytes(data), Reach::cluster);
  return taken();
}

CallOutcome GoCalls::on_push(SessionId id, const std::string& route, const std::string& data) {
  const SessionPtr session = own_session(id);
  if (!session) return refusal("the session has closed");
  try {
    session->entity()->push(route, protocol::as_bytes(data));
  } catch (const std::exception& failure) {
    return refusal(failure.what());
  }
  return taken();
}

CallOutcome GoCalls::on_response(std::uint64_t id, const std::string& data) {
  for (const auto& [address, backend] : backends_.present()) {
    if (backend->answer(id, data)) return taken();
  }
  return refusal("nobody waits for this response");
}

void GoCalls::on_relayed(const std::string& gate_address, SessionId id, std::string_view route,
                         protocol::ByteView payload, std::shared_ptr<Caller> caller) {
  if (gate_address == self_.address) {
    const SessionPtr own = own_session(id);
    Call call{host_, own.get(), route, std::move(caller)};
    if (!own) return call.fail({Errc::unavailable, "The session has closed."});
    return host_.events().on_call(std::move(call), payload, Reach::cluster);
  }
  const Result<RemoteSession*> remote = gates_.session(gate_address, id);
  const SessionPtr session = remote ? (*remote)->session().shared_from_this() : nullptr;
  Call call{host_, session.get(), route, std::move(caller)};
  if (!session) return call.fail({Errc::unavailable, "Not served here: " + remote.error().message + "."});
  host_.events().on_call(std::move(call), payload, Reach::this_node);
}

/// Of a client that is connected to this node.
SessionPtr GoCalls::own_session(SessionId id) const {
  SessionPtr session = host_.sessions.find(id);
  return session && is_connected_here(*session) ? session : nullptr;
}

}  // namespace nano::cluster
