// What nodes of Go Nano call on this one; see docs/protocol.md for who calls what when.

#include <exception>

#include "cluster/interop/go_backend.h"
#include "cluster/network/limits.h"
#include "cluster/node/node_core.h"
#include "cluster/registry/messages.h"
#include "cluster/session/link_backend.h"

namespace nano::cluster {
namespace {

CallOutcome taken() { return clusterpb::MemberHandleResponse{}.SerializeAsString(); }

template <class Message>
SessionId session_of(const Message& message) {
  return static_cast<SessionId>(message.sessionid());
}

}  // namespace

CallOutcome Node::Core::on_go_call(std::string_view method, std::string_view request) {
  if (method == method::handle_request) {
    const auto message = parse<clusterpb::RequestMessage>(request);
    if (!message) return undecodable();
    return on_go_message(message->gateaddr(), session_of(*message), message->route(), message->data(),
                         ReplyTo::client(message->id()));
  }
  if (method == method::handle_notify) {
    const auto message = parse<clusterpb::NotifyMessage>(request);
    if (!message) return undecodable();
    return on_go_message(message->gateaddr(), session_of(*message), message->route(), message->data(),
                         ReplyTo{});
  }
  if (method == method::handle_push) {
    const auto message = parse<clusterpb::PushMessage>(request);
    return message ? on_go_push(session_of(*message), message->route(), message->data()) : undecodable();
  }
  if (method == method::handle_response) {
    const auto message = parse<clusterpb::ResponseMessage>(request);
    return message ? on_go_response(message->id(), message->data()) : undecodable();
  }
  if (method == method::session_closed) {
    const auto message = parse<clusterpb::SessionClosedRequest>(request);
    if (!message) return undecodable();
    for (auto& [address, gate] : go_gates_) gate->on_session_closed(session_of(*message));
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

/// Known from its first message on: the news that its gate is a member may come later. Null, with the reason
/// in `problem`: its messages are not served.
RemoteSession* Node::Core::go_session(const std::string& gate_address, SessionId id, std::string& problem) {
  const auto known = go_gates_.find(gate_address);
  GoGate* const gate = known == go_gates_.end() ? nullptr : known->second.get();
  if (RemoteSession* session = gate ? gate->hear(id) : nullptr) return session;
  problem = "the session has closed";
  if (gate && gate->is_closing(id)) return nullptr;
  if (stopping_) {
    problem = "the node is stopping";
  } else if (host_.sessions.find(id)) {
    host_.log()
        .limited(gate_address)
        .error("two gates have a session of the same id; the second one is not served",
               {{"session", id}, {"gate", gate_address}});
    problem = "another gate has a session of this id; give the gates different numbers";
  } else if (!is_address(gate_address) || (!gate && go_gates_.size() >= limits::go_gates)) {
    problem = "\"" + gate_address + "\" is no address of a gate, or there are too many gates";
  } else {
    return (gate ? *gate : add_go_gate(gate_address)).open(id);
  }
  return nullptr;
}

GoGate& Node::Core::add_go_gate(const std::string& address) {
  auto& gate = go_gates_[address];
  gate = std::make_unique<GoGate>(host_, *network_, address, [this, address] {
    app_.scheduler().post([core = std::weak_ptr<Core*>{alive_}, address] {
      if (const auto alive = core.lock()) (*alive)->drop_go_gate(address);
    });
  });
  return *gate;
}

/// It may be a member still, as its master does not look after its members; what it sends makes it known
/// again.
void Node::Core::drop_go_gate(const std::string& address) {
  const auto gate = go_gates_.find(address);
  if (gate == go_gates_.end() || !gate->second->is_gone()) return;  // another has come
  app_.log().limited(address).info("sessions of a Go gate ended: it is gone", {{"gate", address}});
  gate->second->end_sessions("gate_lost");
  go_gates_.erase(gate);
}

CallOutcome Node::Core::on_go_message(const std::string& gate_address, SessionId id, const std::string& route,
                                      const std::string& data, ReplyTo reply_to) {
  // Another backend's message in the name of a session that is connected here.
  if (gate_address == self_.address) {
    const SessionPtr own = own_session(id);
    if (!own) return refusal("the session has closed");
    if (reply_to.anybody()) return refusal("only a gate asks in the name of its sessions");
    host_.events().on_call(host_, own.get(), route, protocol::as_bytes(data), ReplyTo{});
    return taken();
  }
  const auto ours = backends_.find(gate_address);
  if (auto* link = ours == backends_.end() ? nullptr : dynamic_cast<LinkBackend*>(ours->second.get())) {
    if (reply_to.anybody()) return refusal("only a gate asks in the name of its sessions");
    link->relay(id, route, protocol::as_bytes(data));
    return taken();
  }
  std::string problem;
  RemoteSession* session = go_session(gate_address, id, problem);
  if (!session) return refusal(problem);
  const SessionPtr alive = session->session().shared_from_this();
  // Go Nano's gates leave the filters to the node that handles the message.
  protocol::Message message;
  message.type = reply_to.anybody() ? protocol::MessageType::request : protocol::MessageType::notify;
  message.id = reply_to.request_id();
  message.route = route;
  message.payload = protocol::as_bytes(data);
  handle_client_message(*alive, message);
  return taken();
}

CallOutcome Node::Core::on_go_push(SessionId id, const std::string& route, const std::string& data) {
  const SessionPtr session = own_session(id);
  if (!session) return refusal("the session has closed");
  try {
    session->entity()->push(route, protocol::as_bytes(data));
  } catch (const std::exception& failure) {
    return refusal(failure.what());
  }
  return taken();
}

CallOutcome Node::Core::on_go_response(std::uint64_t id, const std::string& data) {
  for (auto& [address, backend] : backends_) {
    auto* go = dynamic_cast<GoBackend*>(backend.get());
    if (go && go->answer(id, data)) return taken();
  }
  return refusal("nobody waits for this response");
}

/// Of a client that is connected to this node.
SessionPtr Node::Core::own_session(SessionId id) const {
  SessionPtr session = host_.sessions.find(id);
  if (!session || session->closed() || RemoteSession::of(*session)) return nullptr;
  return session;
}

}  // namespace nano::cluster
