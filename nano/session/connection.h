// Internal header. Connection: the life of one client's connection, without I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "nano/scheduler/scheduler.h"
#include "nano/session/network_entity.h"
#include "nano/session/session.h"
#include "nano/session/session_host.h"
#include "nano/session/signs_of_life.h"
#include "nano/session/wire.h"
#include "protocol/client_traits.h"
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
  void on_drained() override;
  void on_lost(std::string_view why) override;

  // NetworkEntity
  void push(std::string_view route, protocol::ByteView payload) override;
  void push_latest(std::string_view key, std::string_view route, protocol::ByteView payload) override;
  void respond(std::uint64_t id, protocol::ByteView payload, bool is_error) override;
  bool deliver(SharedPush& push) override;
  void kick(std::string_view reason) override;
  void close(WireClose how, CloseReason reason) override;
  void shut_down() override { close(WireClose::flush, {"shutdown", "the server stops"}); }
  std::size_t queued_bytes() const override { return wire_ ? wire_->queued_bytes() : 0; }
  void tell_when_drained() override { wire_->tell_when_drained(); }
  std::string remote_address() const override { return wire_->remote_address(); }
  TimePoint last_activity() const override { return last_received_; }

 private:
  enum class State : std::uint8_t { awaiting_handshake, validating, awaiting_ack, working, closed };

  void on_packet(const protocol::Packet& packet, TurnShare& share);
  void on_handshake(protocol::ByteView body);
  void on_handshake_ack();
  void on_data(protocol::ByteView body, TurnShare& share);
  void on_deflated(const protocol::Message& message, TurnShare& share);
  /// Answers a request so; a notify is dropped.
  void refuse_deflated(const protocol::Message& message, const Error& why);
  void on_timer();
  void on_measured(const WireProgress& progress);
  void on_handshake_late(const WireProgress& progress);
  /// `tell` is called with this connection, unless it closes before.
  template <class Tell>
  void measure(Tell tell);
  /// From now on until it keeps up again, the client must take something now and then.
  void watch_sending();
  void check_sending(const WireProgress& progress);
  void stop_sending(std::string detail);
  void refuse_handshake(int code, std::string message);
  void protocol_error(std::string detail);
  void send(const Frame& frame);
  bool takes_route_codes() const { return sent_route_code_ && traits_.takes_route_codes; }
  Duration heartbeat_interval() const;
  void send_message(protocol::Message& message, std::string_view latest_key);
  void send_filtered(protocol::Message& message, std::string_view latest_key);
  void send_encoded(protocol::Message& message, std::string_view latest_key);
  void restart_handshake_timer();
  void schedule_next_check();
  Duration silence_allowed() const;

  SessionHost& host_;
  std::shared_ptr<Wire> wire_;
  SessionPtr session_;  // from the first handshake on
  State state_ = State::awaiting_handshake;
  bool was_opened_ = false;
  bool sent_route_code_ = false;   // since its handshake
  protocol::ClientTraits traits_;  // by its handshake
  bool refusing_ = false;          // what is sent is dropped; it is about to be closed
  TimePoint last_received_;
  SignsOfLife life_;
  TimePoint next_heartbeat_{};
  std::list<Connection*>::iterator place_;  // in the host's list of connections, while not closed
  Timer timer_;                             // of the handshake, then of heartbeats and silence
  struct SendingWatch;
  std::unique_ptr<SendingWatch> sending_watch_;  // since it was over its budget
  struct Inflating;
  std::unique_ptr<Inflating> inflating_;  // from the first compressed payload on
};

template <class Tell>
void Connection::measure(Tell tell) {
  wire_->measure([self = shared_from_this(), tell](const WireProgress& progress) {
    if (self->state_ != State::closed) std::invoke(tell, *self, progress);
  });
}

}  // namespace nano
