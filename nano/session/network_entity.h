// Internal header. What a session speaks through: its client's connection. (Go Nano's name for the same
// thing.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/session/wire.h"
#include "protocol/bytes.h"

namespace nano {

class SharedPush;

/// Lives at least as long as the session is open; logic thread only. Messages of a closed entity are dropped.
class NetworkEntity {
 public:
  virtual ~NetworkEntity() = default;
  virtual void push(std::string_view route, protocol::ByteView payload) = 0;
  /// A push that takes the place of one with the same key, if that still waits.
  virtual void push_latest(std::string_view key, std::string_view route, protocol::ByteView payload) = 0;
  virtual void respond(std::uint64_t id, protocol::ByteView payload, bool is_error) = 0;
  /// One push that many sessions share. False: not made, as too much waits for the client's gate (where
  /// push() throws std::length_error).
  virtual bool deliver(SharedPush& push) = 0;
  /// Tells the client that it is not wanted; then closes.
  virtual void kick(std::string_view reason) = 0;
  virtual void close(WireClose how, CloseReason reason) = 0;
  /// The session ends because this server stops. A client that is connected to another node stays connected.
  virtual void shut_down() = 0;
  /// What waits here to be sent to the client.
  virtual std::size_t queued_bytes() const = 0;
  /// Session::on_drained() follows when that has been written.
  virtual void tell_when_drained() = 0;
  /// The client is connected to another node of the cluster, which this one serves.
  virtual bool is_remote() const { return false; }
  virtual std::string remote_address() const = 0;
  /// When the client's last packet came.
  virtual TimePoint last_activity() const = 0;
};

}  // namespace nano
