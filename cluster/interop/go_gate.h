// Internal header. GoGate: a node of Go Nano whose sessions this node serves, by unary calls.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cluster/interop/unary_queue.h"
#include "cluster/session/gate.h"
#include "cluster/session/remote_session.h"

namespace nano::cluster {

/// Go Nano's gates know no error responses: an error travels as an ordinary response with an error document.
/// They cannot kick: the session is closed. They send no heartbeats, and their master may never say that they
/// died: so they are asked whether they are there. Logic thread only.
class GoGate final : public Gate {
 public:
  /// The host and the network must outlive it. `gone` is called when the gate's process has ended, or it has
  /// not answered for too long; it must not destroy this on the spot.
  GoGate(SessionHost& host, Network& network, std::string address, Function<void()> gone);
  ~GoGate() override;

  /// A message of the session has come. Null: it is not known.
  RemoteSession* hear(SessionId session);
  /// Whether this node has closed it, and the gate may not know yet.
  bool is_closing(SessionId session) const { return closing_.contains(session); }
  /// One that is not known, nor closing, and whose id no other gate's session has. Null: the application
  /// closed it at once.
  RemoteSession* open(SessionId session);
  void on_session_closed(SessionId session);
  void end_sessions(const std::string& reason);
  /// `gone` was called.
  bool is_gone() const { return is_gone_; }
  bool drained() const { return calls_.empty(); }

  // Gate
  /// Go Nano knows no keys: each is an ordinary push.
  bool push(SessionId session, std::string_view latest_key, std::string_view route,
            protocol::ByteView payload) override;
  bool deliver(SessionId session, SharedPush& shared) override {
    return push(session, {}, shared.route(), shared.payload());
  }
  void respond(SessionId session, std::uint64_t id, protocol::ByteView payload, bool is_error) override;
  void kick(SessionId session, std::string_view reason) override;
  void close(SessionId session) override;
  bool bind(SessionId, std::int64_t) override { return false; }
  bool share(SessionId, std::string_view, const std::string*) override { return false; }
  bool invoke(Session&, Call&, protocol::ByteView) override { return false; }
  void forget(SessionId session) override;
  std::string_view go_address() const override { return address_; }

 private:
  RemoteSession* find(SessionId session) const;
  void probe();
  void on_probed(const CallOutcome& outcome);
  void respond_bytes(SessionId session, std::uint64_t id, std::string_view payload);
  void call(SessionId session, std::string_view method, std::string request);
  void forget_closed();

  SessionHost& host_;
  const std::string address_;
  Function<void()> gone_;
  bool is_gone_ = false;
  UnaryQueue calls_;
  TimePoint last_heard_;  // by the clock of listening
  Timer probe_timer_;
  std::map<SessionId, std::shared_ptr<RemoteSession>> sessions_;
  /// Closed here, until the gate says so; or until it has said that it was told so, and this time has come.
  std::map<SessionId, TimePoint> closing_;
};

}  // namespace nano::cluster
