// Internal header. Node::Core: what a node consists of.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/interop/go_gate.h"
#include "cluster/link/link_acceptor.h"
#include "cluster/network/network.h"
#include "cluster/node/node.h"
#include "cluster/node/router.h"
#include "cluster/registry/registry.h"
#include "cluster/session/backend.h"
#include "cluster/session/link_gate.h"
#include "cluster/session/pending_requests.h"
#include "nano/component/remote_services.h"
#include "nano/session/session_observer.h"

namespace nano::cluster {

/// Between the application's sessions and dispatcher on one side, and the registry, the backends (that serve
/// our sessions) and the gates (whose sessions we serve) on the other. Logic thread only.
class Node::Core final : public RemoteServices,
                         private SessionObserver,
                         private RegistryEvents,
                         private Service,
                         private BackendEvents,
                         private GateEvents {
 public:
  Core(Application& app, NodeOptions options, std::unique_ptr<Network> network);
  ~Core() override;

  Router& router() { return router_; }
  const Member& self() const { return self_; }
  std::size_t pending_requests() const { return pending_.size(); }
  Subscription on_member_callback(Function<void(const Member&, bool)> callback) {
    return member_callbacks_.add(std::move(callback));
  }
  Subscription on_service_lost_callback(Function<void(Session&, std::string_view)> callback) {
    return service_lost_callbacks_.add(std::move(callback));
  }
  void push_to_user(std::int64_t uid, std::string_view route, std::string_view payload);
  void kick_user(std::int64_t uid, std::string_view reason);

  // RemoteServices
  void start(std::vector<std::string> services, Function<void()> joined) override;
  bool forward(Invocation& invocation) override;
  bool offers(std::string_view route) const override;
  void leave(Function<void()> left) override;
  void refuse_sessions() override { stopping_ = true; }
  void close() override;
  bool closed() const override;

 private:
  /// May still answer what it was asked.
  struct Retired {
    std::unique_ptr<Backend> backend;
    TimePoint until;  // on Scheduler::listened()
  };

  // SessionObserver
  void on_bound(Session& session) override;
  void on_shared(Session& session, std::string_view name, const std::string* value) override;
  void on_ended(Session& session) override;

  // RegistryEvents
  void on_joined(std::uint32_t gate_number) override;
  void on_missed() override;
  void on_member(const Member& member, bool present) override;
  bool is_alive(const Member& member) const override;

  // Service
  void on_call(std::string_view method, std::string_view request, CallReply reply) override;
  StreamEvents* on_stream(std::string_view method, std::unique_ptr<Stream> stream) override;

  // BackendEvents
  void on_changed_by_backend(Session& session, const wire::LinkMessage& change, Backend& by) override;
  void on_backend_lost(const std::string& address) override;

  // GateEvents
  void on_push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) override;
  void on_kick_user(std::int64_t uid, std::string_view reason) override;
  bool takes_sessions() const override { return !stopping_; }
  void on_gate_stream_lost(const std::string& address) override;
  void handle_here(Session* session, std::string_view route, protocol::ByteView payload,
                   ReplyTo reply_to) override;
  void handle_relayed(const std::string& gate_address, SessionId id, std::string_view route,
                      protocol::ByteView payload, ReplyTo reply_to) override;

  // Calls of Go Nano's nodes (node_go_calls.cpp).
  CallOutcome on_go_call(std::string_view method, std::string_view request);
  CallOutcome on_go_message(const std::string& gate, SessionId id, const std::string& route,
                            const std::string& data, ReplyTo reply_to);
  CallOutcome on_go_push(SessionId id, const std::string& route, const std::string& data);
  CallOutcome on_go_response(std::uint64_t id, const std::string& data);
  void handle_client_message(Session& session, const protocol::Message& message);
  RemoteSession* go_session(const std::string& gate_address, SessionId id, std::string& problem);
  GoGate& add_go_gate(const std::string& address);
  void drop_go_gate(const std::string& address);
  SessionPtr own_session(SessionId id) const;

  void probe_gate(const std::string& address, Duration pause);

  void send(Backend& backend, Session* session, Invocation& invocation);
  std::unique_ptr<Backend> make_backend(const Member& member);
  void retire_backend(const std::string& address);
  void tell_service_lost(const std::string& address);
  void sweep_retired();
  void flush();

  struct Probe {
    std::unique_ptr<Channel> channel;
    Timer next;
  };

  Application& app_;
  SessionHost& host_;
  const NodeOptions options_;
  Member self_;
  PendingRequests pending_;
  Router router_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Registry> registry_;
  std::map<std::string, std::unique_ptr<Backend>> backends_;  // by address
  std::map<std::string, Retired> retired_;                    // members that left, by address
  std::map<std::string, std::unique_ptr<GoGate>> go_gates_;   // by address
  LinkAcceptor acceptor_;
  Function<void()> joined_;
  std::map<std::string, Probe> probes_;  // of gates whose streams broke, by address
  bool handling_here_ = false;
  bool stopping_ = false;
  Function<void()> left_;
  Timer leave_timer_;
  Timer sweep_timer_;
  std::shared_ptr<Core*> alive_ = std::make_shared<Core*>(this);
  Callbacks<const Member&, bool> member_callbacks_;
  Callbacks<Session&, std::string_view> service_lost_callbacks_;
};

}  // namespace nano::cluster
