#include "cluster/node/node_core.h"

#include <utility>

#include "cluster/interop/go_backend.h"
#include "cluster/link/outgoing_link.h"
#include "cluster/session/link_backend.h"

namespace nano::cluster {

Node::Core::Core(Application& app, NodeOptions options, std::unique_ptr<Network> network)
    : app_(app),
      host_(app.host()),
      options_(std::move(options)),
      random_(app.random()()),
      pending_(app.scheduler(), options_.request_timeout()),
      router_(random_, [this](const Member& member) { return backends_.find(member.address)->usable(); }),
      network_(std::move(network)),
      membership_(host_, *network_, options_, random_, *this),
      backends_(app.scheduler(), app.options().shutdown_timeout),
      lost_services_(host_, router_),
      forwarding_(host_, membership_.self(), router_, backends_, pending_),
      state_(router_, backends_, pending_),
      users_(host_, backends_),
      go_gates_(host_, *network_),
      go_calls_(host_, membership_.self(), backends_, go_gates_),
      acceptor_(app.scheduler(),
                [this](IncomingLink& link) {
                  return std::make_unique<LinkGate>(host_, pending_, link, static_cast<GateEvents&>(*this));
                }),
      probes_(app.scheduler(), *network_, acceptor_) {
  app.set_remote_services(this);
  host_.observer = &state_;
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

// -- from start to end -------------------------------------------------------------------------------------

void Node::Core::start(std::vector<std::string> services, Function<void()> joined) {
  membership_.join(std::move(services), *this, std::move(joined));
}

void Node::Core::refuse_sessions() {
  takes_sessions_ = false;
  go_gates_.refuse_sessions();
}

void Node::Core::close() {
  acceptor_.close();
  backends_.close();
}

bool Node::Core::closed() const { return backends_.drained() && go_gates_.drained() && acceptor_.drained(); }

void Node::Core::flush() {
  backends_.flush();
  acceptor_.flush();
}

// -- calls and streams of other nodes ----------------------------------------------------------------------

StreamEvents* Node::Core::on_stream(std::string_view method, std::unique_ptr<Stream> stream) {
  return method == link_method ? acceptor_.accept(std::move(stream)) : nullptr;
}

void Node::Core::on_call(std::string_view method, std::string_view request, CallReply reply) {
  if (!membership_.on_call(method, request, reply)) reply(go_calls_.on_call(method, request));
}

void Node::Core::on_gate_stream_lost(const std::string& address) {
  if (router_.find(address)) probes_.probe(address);
}

// -- members -----------------------------------------------------------------------------------------------

void Node::Core::on_member(const Member& member, bool present) {
  present ? add(member) : remove(member.address);
}

void Node::Core::add(const Member& member) {
  backends_.add(member.address, make_backend(member));
  router_.add(member);
}

void Node::Core::remove(const std::string& address) {
  router_.remove(address);
  lost_services_.tell(address);
  backends_.retire(address);
  if (!acceptor_.connected(address)) acceptor_.end(address, "it has left the cluster");
  go_gates_.on_left(address);
}

std::unique_ptr<Backend> Node::Core::make_backend(const Member& member) {
  const std::string& own_address = membership_.self().address;
  BackendEvents& events = *this;
  if (member.link_version == 0) {
    return std::make_unique<GoBackend>(host_, pending_, *network_, own_address, member.address, events);
  }
  return std::make_unique<LinkBackend>(host_, pending_, random_, *network_, own_address, member.address,
                                       events);
}

/// Backends of Go Nano may have closed their connection to this gate for good, as one that is no member.
void Node::Core::on_missed() {
  for (const auto& [address, backend] : backends_.present()) backend->start_anew();
}

bool Node::Core::hears(const std::string& address) const {
  const Backend* const backend = backends_.find(address);
  return (backend && backend->connected()) || acceptor_.connected(address);
}

}  // namespace nano::cluster
