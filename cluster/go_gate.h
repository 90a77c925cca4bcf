// Internal header. GoGate: a node of Go Nano whose sessions this node serves, by unary calls.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "cluster/gate.h"
#include "cluster/remote_session.h"
#include "cluster/unary_queue.h"

namespace nano::cluster {

/// Go Nano's gates know no error responses: an error travels as an ordinary response with an error document.
/// They cannot kick: the session is closed. Logic thread only.
class GoGate final : public Gate {
 public:
  /// The host and the network must outlive it.
  GoGate(SessionHost& host, Network& network, std::string address);
  ~GoGate() override;

  /// Known from its first message on. Null: this node has closed it, or another gate has a session of this
  /// id.
  RemoteSession* find_or_open(SessionId session);
  RemoteSession* find(SessionId session) const;
  void on_session_closed(SessionId session);
  void end_sessions(const std::string& reason);
  bool drained() const { return calls_.empty(); }

  // Gate
  void push(SessionId session, std::string_view route, protocol::ByteView payload) override;
  void respond(SessionId session, std::uint64_t id, protocol::ByteView payload, bool is_error) override;
  void kick(SessionId session, std::string_view reason) override;
  void close(SessionId session) override;
  bool bind(SessionId, std::int64_t) override { return false; }
  bool share(SessionId, std::string_view, const std::string&) override { return false; }
  bool invoke(Session&, Invocation&) override { return false; }
  void forget(SessionId session) override;
  std::string_view go_address() const override { return address_; }

 private:
  void call(SessionId session, std::string_view method, std::string request);

  SessionHost& host_;
  const std::string address_;
  UnaryQueue calls_;
  std::map<SessionId, std::shared_ptr<RemoteSession>> sessions_;
  std::set<SessionId> closing_;  // closed here, until the gate says so
};

}  // namespace nano::cluster
