// Internal header. RemoteSession: what a session speaks through whose client is connected to another node.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cluster/session/gate.h"
#include "nano/session/network_entity.h"
#include "nano/session/session.h"

namespace nano::cluster {

/// Shared by its gate until it ends. Logic thread only.
class RemoteSession final : public NetworkEntity, public std::enable_shared_from_this<RemoteSession> {
 public:
  /// The host and the gate must outlive it.
  RemoteSession(SessionHost& host, Gate& gate, SessionId id, std::string client_address);

  /// Makes it known here. Once.
  void open();
  /// The client has gone, or the way to it, or this node does not serve it any more. Does nothing the second
  /// time.
  void end(std::string reason);

  /// Null unless the session is open, and its client connected to another node.
  static RemoteSession* of(Session& session) {
    NetworkEntity* const entity = session.entity();
    return entity && entity->is_remote() ? static_cast<RemoteSession*>(entity) : nullptr;
  }

  Gate& gate() { return gate_; }
  Session& session() { return *session_; }
  /// A message of the client has come.
  void touch() { last_activity_ = host_.scheduler().now(); }

  // What the application decided here is told to the gate, which tells all that know the session, this node
  // too. Until then what others decided is older, and left out.
  void tell_bound();
  void tell_shared(std::string_view name, const std::string* value);
  void apply_uid(std::int64_t uid, bool is_echo);
  void apply_shared(const std::string& name, std::optional<std::string> value, bool is_echo);

  // NetworkEntity
  bool is_remote() const override { return true; }  // the only kind of entity that is
  void push(std::string_view route, protocol::ByteView payload) override;
  void push_latest(std::string_view key, std::string_view route, protocol::ByteView payload) override;
  void respond(std::uint64_t id, protocol::ByteView payload, bool is_error) override;
  bool deliver(SharedPush& push) override;
  void kick(std::string_view reason) override;
  void close(WireClose how, CloseReason reason) override;
  void shut_down() override { end("shutdown"); }
  /// What waits for a client of a gate waits there.
  std::size_t queued_bytes() const override { return 0; }
  void tell_when_drained() override { session_->on_drained(); }
  std::string remote_address() const override { return client_address_; }
  TimePoint last_activity() const override { return last_activity_; }

 private:
  static bool is_outdated(int& on_their_way, bool is_echo);

  SessionHost& host_;
  Gate& gate_;
  const SessionId id_;
  const std::string client_address_;
  SessionPtr session_;  // null once ended
  TimePoint last_activity_;
  int uids_on_their_way_ = 0;                                    // told to the gate, not come back
  std::map<std::string, int, std::less<>> values_on_their_way_;  // the same, by name
};

/// Whether the session is open, and its client connected to this node.
inline bool is_connected_here(Session& session) { return session.entity() && !session.entity()->is_remote(); }

/// What the gate's client could not be sent is refused where the mistake is: throws std::length_error for a
/// route over 255 bytes, or a message that is too long for the wire.
void require_fits_wire(std::string_view route, protocol::ByteView payload);

}  // namespace nano::cluster
