// Internal header. Node::Core: what a node consists of, put together.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/interop/go_calls.h"
#include "cluster/link/link_acceptor.h"
#include "cluster/node/forwarding.h"
#include "cluster/node/gate_probes.h"
#include "cluster/node/lost_services.h"
#include "cluster/node/membership.h"
#include "cluster/node/node.h"
#include "cluster/node/session_state.h"
#include "cluster/node/users.h"
#include "cluster/session/link_gate.h"
#include "nano/component/remote_services.h"

namespace nano::cluster {

/// Between the application on one side, and the registry, the backends (that serve our sessions) and the
/// gates (whose sessions we serve) on the other: hands what comes from one part to the part that it is for.
/// Logic thread only.
class Node::Core final : public RemoteServices,
                         private Service,
                         private MembershipEvents,
                         private BackendEvents,
                         private GateEvents {
 public:
  Core(Application& app, NodeOptions options, std::unique_ptr<Network> network);
  ~Core() override;

  Router& router() { return router_; }
  Membership& membership() { return membership_; }
  LostServices& lost_services() { return lost_services_; }
  Users& users() { return users_; }
  std::size_t pending_requests() const { return pending_.size(); }

  // RemoteServices
  void start(std::vector<std::string> services, Function<void()> joined) override;
  bool forward(Call& call, protocol::ByteView payload) override { return forwarding_.forward(call, payload); }
  bool offers(std::string_view route) const override { return forwarding_.offers(route); }
  void leave(Function<void()> left) override { membership_.leave(std::move(left)); }
  void refuse_sessions() override;
  void close() override;
  bool closed() const override;

 private:
  // Service
  void on_call(std::string_view method, std::string_view request, CallReply reply) override;
  StreamEvents* on_stream(std::string_view method, std::unique_ptr<Stream> stream) override;

  // MembershipEvents
  void on_member(const Member& member, bool present) override;
  void on_missed() override;
  bool hears(const std::string& address) const override;

  // BackendEvents
  void on_bound_by(Backend& by, Session& session) override { state_.on_bound_by(by, session); }
  void on_shared_by(Backend& by, Session& session, std::string_view name) override {
    state_.on_shared_by(by, session, name);
  }
  void on_backend_lost(const std::string& address) override { lost_services_.tell_later(address); }

  // GateEvents
  void on_push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) override {
    users_.push_here(uid, route, payload);
  }
  void on_kick_user(std::int64_t uid, std::string_view reason) override { users_.kick_here(uid, reason); }
  bool takes_sessions() const override { return takes_sessions_; }
  void on_gate_stream_lost(const std::string& address) override;
  void handle_relayed(const std::string& gate_address, SessionId session, std::string_view route,
                      protocol::ByteView payload, std::shared_ptr<Caller> caller) override {
    go_calls_.on_relayed(gate_address, session, route, payload, std::move(caller));
  }

  std::unique_ptr<Backend> make_backend(const Member& member);
  void add(const Member& member);
  void remove(const std::string& address);
  void flush();

  Application& app_;
  SessionHost& host_;
  const NodeOptions options_;
  std::mt19937_64 random_;  // what happens between nodes leaves the application's numbers as they are
  PendingRequests pending_;
  Router router_;
  std::unique_ptr<Network> network_;
  Membership membership_;
  Backends backends_;
  LostServices lost_services_;
  Forwarding forwarding_;
  SessionState state_;
  Users users_;
  GoGates go_gates_;
  GoCalls go_calls_;
  LinkAcceptor acceptor_;
  GateProbes probes_;
  bool takes_sessions_ = true;
  std::shared_ptr<Core*> alive_ = std::make_shared<Core*>(this);
};

}  // namespace nano::cluster
