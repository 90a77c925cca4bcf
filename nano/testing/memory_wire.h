// Internal header. MemoryWire: a connection without a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>

#include "nano/base/limits.h"
#include "nano/session/send_account.h"
#include "nano/session/wire.h"

namespace nano::testing {

/// Keeps what the server sends until it is taken, by a client that reads as fast as it likes or over a line
/// that carries so much at a time. One thread.
class MemoryWire final : public Wire {
 public:
  MemoryWire(std::string address, std::size_t send_queue_bytes_max,
             std::shared_ptr<SendTotal> total = std::make_shared<SendTotal>(limits::send_queues_bytes))
      : address_(std::move(address)), account_(send_queue_bytes_max, std::move(total)) {}

  SendStatus send(const Frame& frame) override;
  std::size_t queued_bytes() const override { return account_.waiting(); }
  bool over_budget() const override { return account_.over_budget(); }
  void measure(Function<void(const WireProgress&)> tell) override;
  void tell_when_drained() override { drain_awaited_ = true; }
  void close(WireClose how, const CloseReason& reason) override;
  std::string remote_address() const override { return address_; }
  void resume() override { waits_ = false; }

  /// Hands whole packets to the receiver, in shares without a limit. What comes while it makes the wire wait
  /// is kept, and handed over by the next call, also one without packets, after it has resumed.
  void deliver(protocol::ByteView packets, WireReceiver& receiver);
  /// Whether packets are kept that may be handed over now.
  bool may_resume() const { return !waiting_.empty() && !waits_; }

  /// Takes the next packet the server sent. False: none is waiting, or not all of it has come over the line.
  bool take(Frame& into);
  /// From now on the line carries only what carry() allows, which it does not save up.
  void be_slow() { line_bytes_ = 0; }
  void carry(std::size_t bytes);
  /// Whether the server waits for this and all has been taken; once.
  bool take_drained();
  /// The server ended the wire; what it sent before is still to be taken, unless it dropped the wire.
  bool closed() const { return closed_; }
  const CloseReason& close_reason() const { return close_reason_; }

 private:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  std::string address_;
  SendAccount account_;
  std::deque<Frame> queue_;
  protocol::Bytes waiting_;
  bool waits_ = false;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t taken_bytes_ = 0;       // carried over the line, part of a packet or not
  std::size_t front_taken_ = 0;         // of the first packet in the queue
  std::size_t line_bytes_ = unlimited;  // that the line can still carry
  bool drain_awaited_ = false;
  bool closed_ = false;
  CloseReason close_reason_;
};

}  // namespace nano::testing
