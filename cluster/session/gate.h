// Internal header. Gate: another node, as the one that clients are connected to whose sessions this node
// serves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nano/session/call.h"
#include "nano/session/session.h"
#include "nano/session/shared_push.h"

namespace nano::cluster {

/// Logic thread only.
class Gate {
 public:
  virtual ~Gate() = default;

  // Both of these: false, and the push is not made, when too much waits for the gate.
  /// With a key, the gate puts it in the place of one with the same key that still waits for the client.
  virtual bool push(SessionId session, std::string_view latest_key, std::string_view route,
                    protocol::ByteView payload) = 0;
  /// A push that other sessions of the gate may get, too.
  virtual bool deliver(SessionId session, SharedPush& push) = 0;
  /// Where it does not fit any more, the client gets an error in its place.
  virtual void respond(SessionId session, std::uint64_t id, protocol::ByteView payload, bool is_error) = 0;
  virtual void kick(SessionId session, std::string_view reason) = 0;
  virtual void close(SessionId session) = 0;
  /// What the session's handlers decided here (null: the value is removed). False: the gate does not take
  /// part in that. share() throws std::length_error when too much waits for the gate.
  virtual bool bind(SessionId session, std::int64_t uid) = 0;
  virtual bool share(SessionId session, std::string_view name, const std::string* value) = 0;
  /// A message in the session's name to a service that is not here. False: to be routed by this node.
  virtual bool invoke(Session& session, Call& call, protocol::ByteView payload) = 0;
  /// The session is no more; its entity is destroyed in a later turn.
  virtual void forget(SessionId session) = 0;
  /// Nothing that is said to it arrives any more, and its sessions are about to end.
  virtual bool is_lost() const { return false; }
  /// "host:port" of a gate of Go Nano, which others reach as well; empty: only this node reaches it.
  virtual std::string_view go_address() const { return {}; }
};

}  // namespace nano::cluster
