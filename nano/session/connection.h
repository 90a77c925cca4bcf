// Internal header. Connection: the life of one client's connection, without I/O.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "nano/scheduler/scheduler.h"
#include "nano/session/network_entity.h"
#include "nano/session/session.h"
#include "nano/session/session_host.h"
#include "nano/session/wire.h"
#include "protocol/packet.h"

namespace nano {

/// The state machine between a wire and a session (docs/protocol.md, "Life of a connection"): handshake,
/// acknowledgement, heartbeats, data, kick, close. Logic thread only. Shared by the wire, as its receiver,
/// until either side closes; owns its session's table entry from the first handshake on.
class Connection final : public WireReceiver,
                         public NetworkEntity,
                         public std::enable_shared_from_this<Connection> {
 public:
  /// The handshake's time limit runs from here. `host` must outlive the connection.
  static std::shared_ptr<Connection> open(SessionHost& host, std::shared_ptr<Wire> wire);
  Connection(SessionHost& host, std::shared_ptr<Wire> wire);
  ~Connection() override;

  // WireReceiver
  std::size_t on_packets(protocol::ByteView packets, TurnShare& share) override;
  void on_malformed(std::string_view what) override;
  void on_end_of_input() override;
  void on_lost(std::string_view why) override;

  // NetworkEntity
  void push(std::string_view route, protocol::ByteView payload) override;
  void respond(std::uint64_t id, protocol::ByteView payload, bool is_error) override;
  bool deliver(const Frame& frame) override;
  void kick(std::string_view reason) override;
  void close(WireClose how, CloseReason reason) override;
  void shut_down() override { close(WireClose::flush, {"shutdown", "the server stops"}); }
  std::string remote_address() const override { return wire_ ? wire_->remote_address() : remote_address_; }
  TimePoint last_activity() const override { return last_received_; }

 private:
  enum class State : std::uint8_t { awaiting_handshake, validating, awaiting_ack, working, closed };

  void on_packet(const protocol::Packet& packet, TurnShare& share);
  void on_handshake(protocol::ByteView body);
  void on_handshake_ack();
  void on_data(protocol::ByteView body, TurnShare& share);
  void on_deflated(const protocol::Message& message, TurnShare& share);
  void on_timer();
  void refuse_handshake(int code, std::string message);
  void protocol_error(std::string detail);
  void send(const Frame& frame);
  void send_message(protocol::MessageType type, std::uint64_t id, std::string_view route,
                    protocol::ByteView payload, bool is_error);
  void restart_handshake_timer();
  void schedule_next_check();

  SessionHost& host_;
  std::shared_ptr<Wire> wire_;
  SessionPtr session_;  // from the first handshake on
  State state_ = State::awaiting_handshake;
  bool was_opened_ = false;
  bool over_budget_ = false;
  TimePoint last_received_;
  TimePoint next_heartbeat_{};
  std::list<Connection*>::iterator place_;  // in the host's list of connections, while not closed
  Timer timer_;                             // of the handshake, then of heartbeats and silence
  struct Inflating;
  std::unique_ptr<Inflating> inflating_;  // from the first compressed payload on
  std::string remote_address_;            // once closed
};

}  // namespace nano
