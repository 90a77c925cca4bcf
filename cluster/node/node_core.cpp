#include "cluster/node/node_core.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "cluster/interop/go_backend.h"
#include "cluster/link/outgoing_link.h"
#include "cluster/network/limits.h"
#include "cluster/node/make_registry.h"
#include "cluster/registry/messages.h"
#include "cluster/session/link_backend.h"
#include "cluster/session/remote_session.h"

namespace nano::cluster {
namespace {

constexpr std::uint32_t link_version = 1;

std::string_view service_of(std::string_view route) {
  const auto dot = route.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : route.substr(0, dot);
}

/// While a message of another node is handled, what has no handler here is not sent on.
class HandlingHere {
 public:
  explicit HandlingHere(bool& flag) : flag_(flag) { flag_ = true; }
  ~HandlingHere() { flag_ = false; }
  HandlingHere(const HandlingHere&) = delete;
  HandlingHere& operator=(const HandlingHere&) = delete;

 private:
  bool& flag_;
};

}  // namespace

Node::Core::Core(Application& app, NodeOptions options, std::unique_ptr<Network> network)
    : app_(app),
      host_(app.host()),
      options_(std::move(options)),
      pending_(app.scheduler(), options_.request_timeout()),
      router_(app.random(), [this](const Member& member) { return backends_.at(member.address)->usable(); }),
      network_(std::move(network)),
      acceptor_(app.scheduler(), [this](IncomingLink& link) {
        return std::make_unique<LinkGate>(host_, pending_, link, static_cast<GateEvents&>(*this));
      }) {
  self_.address = options_.address;
  self_.label = options_.label;
  self_.link_version = link_version;
  do {
    self_.incarnation = app.random()();
  } while (self_.incarnation == 0);  // which Go nodes have
  app.set_remote_services(this);
  host_.observer = this;
  app.scheduler().at_turn_end(
      [core = std::weak_ptr<Core*>{alive_}] {
        if (const auto alive = core.lock()) (*alive)->flush();
      },
      TurnEnd::links);
}

Node::Core::~Core() {
  host_.observer = nullptr;
  app_.set_remote_services(nullptr);
}

// -- joining and leaving -----------------------------------------------------------------------------------

void Node::Core::start(std::vector<std::string> services, Function<void()> joined) {
  joined_ = std::move(joined);
  self_.services = std::move(services);
  const std::string listening =
      network_->listen(options_.listen.empty() ? options_.address : options_.listen, *this);
  if (self_.address.ends_with(":0")) {
    self_.address.replace(self_.address.size() - 2, 2, listening.substr(listening.rfind(':')));
  }
  app_.log().info("cluster node listening", {{"address", self_.address}, {"on", listening}});
  const std::string problem = problem_of(self_);
  if (!problem.empty()) throw std::invalid_argument("No cluster takes this node: " + problem + ".");
  registry_ = make_registry(app_.scheduler(), *network_, options_);
  registry_->join(self_, *this);
}

void Node::Core::on_joined(std::uint32_t gate_number) {
  // Masters of Go Nano give no numbers. One drawn at random out of 2^31 is unlikely to be another's.
  self_.gate_number =
      gate_number != 0 ? gate_number : static_cast<std::uint32_t>(self_.incarnation >> 33) | 1;
  host_.sessions.set_gate_number(self_.gate_number);
  if (joined_) app_.scheduler().post(std::exchange(joined_, {}));
}

/// Backends of Go Nano may have closed their connection to this gate for good, as one that is no member.
void Node::Core::on_missed() {
  for (auto& [address, backend] : backends_) backend->start_anew();
}

void Node::Core::leave(Function<void()> left) {
  if (!registry_) return left();
  left_ = std::move(left);
  registry_->leave([this] {
    // What others sent before they knew that this node leaves still comes.
    leave_timer_ = app_.scheduler().after(limits::leave_grace, [this] { std::exchange(left_, {})(); });
  });
}

void Node::Core::close() {
  acceptor_.close();
  for (auto& [address, backend] : backends_) backend->close();
}

bool Node::Core::closed() const {
  for (const auto& [address, backend] : backends_) {
    if (!backend->drained()) return false;
  }
  for (const auto& [address, gate] : go_gates_) {
    if (!gate->drained()) return false;
  }
  return acceptor_.drained();
}

void Node::Core::flush() {
  for (auto& [address, backend] : backends_) backend->flush();
  for (auto& [address, retired] : retired_) retired.backend->flush();
  acceptor_.flush();
}

// -- members -----------------------------------------------------------------------------------------------

void Node::Core::on_member(const Member& member, bool present) {
  if (member.address == self_.address) return;
  if (present) {
    // It serves one conversation of this node at a time. What the old one's end sets off may walk the table.
    const auto old = retired_.extract(member.address);
    backends_[member.address] = make_backend(member);
    router_.add(member);
  } else {
    router_.remove(member.address);
    retire_backend(member.address);
    if (!acceptor_.connected(member.address)) acceptor_.end(member.address, "it has left the cluster");
    const auto gate = go_gates_.find(member.address);
    if (gate != go_gates_.end()) gate->second->end_sessions("gate_lost");
    go_gates_.erase(member.address);
  }
  member_callbacks_.call_each(
      [&](auto& callback) { app_.scheduler().run_now([&] { callback(member, present); }, "on_member"); });
}

bool Node::Core::is_alive(const Member& member) const {
  const auto backend = backends_.find(member.address);
  return (backend != backends_.end() && backend->second->connected()) || acceptor_.connected(member.address);
}

std::unique_ptr<Backend> Node::Core::make_backend(const Member& member) {
  if (member.link_version == 0) {
    return std::make_unique<GoBackend>(host_, pending_, *network_, self_.address, member.address,
                                       static_cast<BackendEvents&>(*this));
  }
  return std::make_unique<LinkBackend>(host_, pending_, app_.random(), *network_, self_.address,
                                       member.address, static_cast<BackendEvents&>(*this));
}

/// A member that leaves in peace answers what it was asked before, and then says goodbye; one that died
/// cannot.
void Node::Core::retire_backend(const std::string& address) {
  const auto found = backends_.find(address);
  if (found == backends_.end()) return;
  tell_service_lost(address);
  retired_.insert_or_assign(address, Retired{std::move(found->second),
                                             app_.scheduler().listened() + app_.options().shutdown_timeout});
  backends_.erase(found);
  if (!sweep_timer_.active()) {
    sweep_timer_ = app_.scheduler().after(Duration::zero(), [this] { sweep_retired(); });
  }
}

void Node::Core::sweep_retired() {
  const TimePoint now = app_.scheduler().listened();
  std::erase_if(retired_, [&](const auto& entry) {
    return !entry.second.backend->connected() || entry.second.until <= now;
  });
  if (retired_.empty()) return;
  sweep_timer_ = app_.scheduler().after(limits::link_heartbeat, [this] { sweep_retired(); });
}

void Node::Core::on_backend_lost(const std::string& address) {
  app_.scheduler().post([core = std::weak_ptr<Core*>{alive_}, address] {
    if (const auto alive = core.lock()) (*alive)->tell_service_lost(address);
  });
}

void Node::Core::tell_service_lost(const std::string& address) {
  for (const Router::Lost& lost : router_.forget_choices(address)) {
    const SessionPtr session = host_.sessions.find(lost.session);
    if (!session) continue;
    service_lost_callbacks_.call_each([&](auto& callback) {
      app_.scheduler().run_now([&] { callback(*session, lost.service); }, "on_service_lost", session->id());
    });
  }
}

// -- messages to other nodes -------------------------------------------------------------------------------

bool Node::Core::offers(std::string_view route) const {
  const std::string_view service = service_of(route);
  return !service.empty() && !handling_here_ && !self_.offers(service) && router_.knows(service);
}

bool Node::Core::forward(Invocation& invocation) {
  const std::string_view service = service_of(invocation.route());
  Session* session = invocation.session();
  if (service.empty() || handling_here_ || self_.offers(service)) return false;
  if (invocation.payload().size() > protocol::packet_body_bytes_max_wire) {
    invocation.fail({Errc::invalid_argument, "A payload between nodes has at most 16 MiB."});
    return true;
  }
  if (session) {
    if (session->closed()) {
      invocation.fail({Errc::unavailable, "The session has closed."});
      return true;
    }
    RemoteSession* remote = RemoteSession::of(*session);
    if (remote && remote->gate().invoke(*session, invocation)) return true;
  }
  const Member* member = session ? router_.route(*session, service) : router_.any(service);
  if (session && session->closed()) {  // by the routing function
    invocation.fail({Errc::unavailable, "The session has closed."});
    return true;
  }
  if (member) {
    send(*backends_.at(member->address), session, invocation);
    return true;
  }
  if (!router_.knows(service)) return false;
  invocation.fail(
      {Errc::unavailable, "Nobody offers the service \"" + std::string{service} + "\" at present."});
  return true;
}

void Node::Core::send(Backend& backend, Session* session, Invocation& invocation) {
  if (!invocation.wants_answer()) {
    if (!backend.full()) return backend.send(session, 0, invocation.route(), invocation.payload());
    host_.log_for(session).warning("notify dropped: too much waits for the service",
                                   {{"route", invocation.route()}});
    return;
  }
  if (!backend.usable()) {
    return invocation.fail({Errc::unavailable, "The service cannot be reached at present."});
  }
  PendingCallPtr call = invocation.defer();
  if (!call) return;
  const std::uint64_t id = pending_.add(&backend, std::move(call));
  backend.send(session, id, invocation.route(), invocation.payload());
}

// -- calls and streams of other nodes ----------------------------------------------------------------------

StreamEvents* Node::Core::on_stream(std::string_view method, std::unique_ptr<Stream> stream) {
  return method == link_method ? acceptor_.accept(std::move(stream)) : nullptr;
}

void Node::Core::on_call(std::string_view method, std::string_view request, CallReply reply) {
  if (registry_ && registry_->on_call(method, request, reply)) return;
  reply(on_go_call(method, request));
}

/// A gate that was killed does not come again, so its sessions need not wait for it: then its address refuses
/// connections.
void Node::Core::on_gate_stream_lost(const std::string& address) {
  if (router_.find(address) && !probes_.contains(address)) probe_gate(address, limits::link_retry_least);
}

/// A process that is being killed may still accept connections, which it then resets: so it is asked again.
void Node::Core::probe_gate(const std::string& address, Duration pause) {
  Probe& probe = probes_[address];
  probe.channel = network_->connect(address);
  const auto done = [this, address, pause](const CallOutcome& outcome) {
    const std::optional<NetworkErrc> failure =
        outcome.ok() ? std::nullopt : std::optional{outcome.error().code};
    const bool came_again = acceptor_.connected(address);
    if (failure == NetworkErrc::nobody_listens && !came_again) {
      acceptor_.end(address, "its process has ended");
    }
    if (failure == NetworkErrc::unreachable && !came_again && pause <= limits::link_retry_most) {
      probes_.at(address).next =
          app_.scheduler().after(pause, [this, address, pause] { probe_gate(address, 2 * pause); });
      return;
    }
    app_.scheduler().post([core = std::weak_ptr<Core*>{alive_}, address] {
      if (const auto alive = core.lock()) (*alive)->probes_.erase(address);
    });
  };
  probe.channel->call(method::probe, "", limits::link_connect_timeout, done);
}

void Node::Core::handle_here(Session* session, std::string_view route, protocol::ByteView payload,
                             ReplyTo reply_to) {
  const HandlingHere here{handling_here_};
  host_.events().on_call(host_, session, route, payload, std::move(reply_to));
}

void Node::Core::handle_client_message(Session& session, const protocol::Message& message) {
  const HandlingHere here{handling_here_};
  InboundPayload payload{message.payload};  // the gate has inflated it
  host_.events().on_message(session, message, payload);
}

void Node::Core::handle_relayed(const std::string& gate_address, SessionId id, std::string_view route,
                                protocol::ByteView payload, ReplyTo reply_to) {
  if (gate_address == self_.address) {
    const SessionPtr own = own_session(id);
    if (!own) return reply_to.fail(nullptr, {Errc::unavailable, "The session has closed."});
    return host_.events().on_call(host_, own.get(), route, payload, std::move(reply_to));
  }
  std::string problem;
  RemoteSession* remote = go_session(gate_address, id, problem);
  if (!remote) return reply_to.fail(nullptr, {Errc::unavailable, "Not served here: " + problem + "."});
  const SessionPtr session = remote->session().shared_from_this();
  handle_here(session.get(), route, payload, std::move(reply_to));
}

}  // namespace nano::cluster
