// Internal header. PacketWire: packets of one connection, onto the logic thread's Wire.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nano/net/byte_connection.h"
#include "nano/session/wire.h"
#include "nano/transport/inbox.h"
#include "nano/transport/listener_options.h"
#include "nano/transport/logic_loop.h"
#include "protocol/packet.h"

namespace nano {

/// Two threads meet here: the connection's, which reads packets and writes frames, and the logic's, for which
/// it is a Wire. How packets come in bytes is the business of TcpWire and WebSocketWire.
class PacketWire : public Wire, public ByteReceiver {
 public:
  // Wire: logic thread.
  SendStatus send(const Frame& frame) override;
  std::size_t queued_bytes() const override { return account().waiting(); }
  bool over_budget() const override { return account().over_budget(); }
  void measure(Function<void(const WireProgress&)> tell) override;
  void tell_when_drained() override;
  void close(WireClose how, const CloseReason& reason) override;
  std::string remote_address() const override { return connection_.remote_address(); }
  void resume() override { end_wait(Wait::for_receiver); }

  /// Logic thread, for its loop: a share of the packets that wait.
  void handle_inbox(TurnShare share);
  // Logic thread, for its loop: where what this turn sends is staged.
  std::uint32_t staged_at() const { return staged_at_; }
  void set_staged_at(std::uint32_t place) { staged_at_ = place; }
  static constexpr std::uint32_t not_staged = static_cast<std::uint32_t>(-1);
  /// Connection's thread: what the logic has staged in one of its turns.
  void send_staged(SendQueue staged) { connection_.send(std::move(staged)); }
  /// Keeps the connection alive.
  std::shared_ptr<PacketWire> shared() { return {connection_.shared(), this}; }

  // ByteReceiver: connection's thread.
  void on_open() final;
  bool wants_bytes() const final;
  void on_end_of_input() final;
  void on_malformed(const std::string& what) final;
  void on_lost(std::string_view why) final;
  bool take_turn() final;
  void on_written() final;

 protected:
  PacketWire(ByteConnection& connection, LogicLoop& loop, const ListenerOptions& options);
  ~PacketWire() override;

  // Connection's thread:
  ByteConnection& connection() { return connection_; }
  /// Bytes of packets, whole or not.
  void read_packets(std::span<const std::uint8_t> bytes);
  /// What comes from now on means nothing any more. Whether it did before.
  bool ignore_input() { return !std::exchange(ignoring_input_, true) && !connection_.closing(); }
  void tell_end_of_input();
  /// Behind all packets before: the client has closed the connection, and takes no answers any more.
  void tell_closed_by_client();
  void tell_malformed(std::string what);

 private:
  /// Logic thread. In which form the frame goes to the client.
  virtual FrameForm form_of(const Frame& frame) const = 0;
  /// Connection's thread: what the client is told before the connection closes.
  virtual void say_goodbye(const CloseReason&) {}

  // -- connection's thread
  void begin_close(WireClose how, const CloseReason& reason);
  void hand_over(protocol::ByteView packets);
  void note_part(std::size_t bytes);
  void tell_logic(Inbox::Ending tell);
  WireProgress progress() const;
  bool has_unread() const;
  const SendAccount& account() const { return connection_.account(); }

  // -- logic thread
  void write_ahead(std::size_t cost);
  void receive_inline(protocol::ByteView packets);
  void receive(protocol::Bytes packets);
  std::size_t handle(protocol::ByteView packets, TurnShare& share);
  void line_up_inbox();
  void make_wait(Wait wait);
  void end_wait(Wait wait);
  void drop_inbox();
  void handled(std::size_t bytes);

  ByteConnection& connection_;
  LogicLoop& loop_;
  const ListenerOptions& options_;  // the connection's
  protocol::PacketDecoder decoder_;
  TimePoint heard_{};                // the last packet, or part of one, on the loop's listened()
  std::uint32_t unnoted_bytes_ = 0;  // of a packet that has not come whole
  bool open_ = false;                // counted among the listener's wires
  bool ignoring_input_ = false;
  bool budget_awaited_ = false;  // the inbox waits until the client is within its budget

  std::atomic<std::size_t> unhandled_bytes_{0};  // handed over, not yet handled by the logic

  // logic thread
  std::shared_ptr<WireReceiver> receiver_;
  std::unique_ptr<Inbox> inbox_;  // packets beyond the connection's share; none: all are handled
  RoundPart part_;
  std::uint32_t staged_at_ = not_staged;
  bool closed_by_logic_ = false;
  bool lost_ = false;
};

}  // namespace nano
