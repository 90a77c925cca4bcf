// Internal header. Backend: another node, as one that serves this node's sessions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nano/session/session.h"

namespace nano::cluster {

class Backend;

/// What a backend makes its node do. Logic thread only; none of these may destroy the backend.
class BackendEvents {
 public:
  virtual ~BackendEvents() = default;
  // The backend bound the session, or shared a value under that name: all that know the session are to be
  // told what the session has now.
  virtual void on_bound_by(Backend& backend, Session& session) = 0;
  virtual void on_shared_by(Backend& backend, Session& session, std::string_view name) = 0;
  /// What the backend held for this node's sessions is lost.
  virtual void on_backend_lost(const std::string& address) = 0;
};

/// Logic thread only.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Whether it can be reached, and takes more requests.
  virtual bool usable() const = 0;
  /// No more notifies fit either.
  virtual bool full() const = 0;
  /// Whether what was sent may still be answered.
  virtual bool connected() const = 0;

  /// A message of the session, or (null) of nobody. `request_id` 0: a notify. The first one of a session
  /// makes the session known there.
  virtual void send(Session* session, std::uint64_t request_id, std::string_view route,
                    protocol::ByteView payload) = 0;

  // What happened to a session is sent only where it is known.
  virtual void on_ended(Session& session) = 0;
  virtual void on_bound(Session& session, bool is_echo) = 0;
  /// Null: the value was removed.
  virtual void on_shared(Session& session, std::string_view name, const std::string* value, bool is_echo) = 0;
  /// Throws std::length_error when too much waits for the backend to share a value of that size with it.
  virtual void require_room_to_share(const Session&, std::size_t) const {}

  /// Whether it takes notifies in the name of sessions whose gate it is, to be handled there. Go Nano's nodes
  /// do not.
  virtual bool takes_relays() const { return false; }
  virtual void relay(SessionId, std::string_view, protocol::ByteView) {}
  /// The answer to a request, in a call of its own, as only nodes of Go Nano give them. False: it is not
  /// awaited.
  virtual bool answer(std::uint64_t, std::string_view) { return false; }

  // To the user's sessions that are connected there. Go Nano's nodes know no such thing. push_to_user()
  // throws std::length_error when too much waits for the node.
  virtual void push_to_user(std::int64_t, std::string_view, std::string_view) {}
  virtual void kick_user(std::int64_t, std::string_view) {}

  /// What it holds for this node's sessions may be of no use any more, without its saying so.
  virtual void start_anew() {}
  /// At the end of each turn.
  virtual void flush() {}
  /// Nothing is sent after what was sent before.
  virtual void close() = 0;
  virtual bool drained() const = 0;
};

}  // namespace nano::cluster
