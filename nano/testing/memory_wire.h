// Internal header. MemoryWire: a connection without a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>

#include "nano/base/limits.h"
#include "nano/base/send_account.h"
#include "nano/session/wire.h"

namespace nano::testing {

/// Keeps what the server sends until it is taken, by a client that reads as fast as it likes or over a line
/// that carries so much at a time. One thread.
class MemoryWire final : public Wire {
 public:
  MemoryWire(std::string address, std::size_t send_queue_bytes_max,
             std::shared_ptr<SendTotal> total = std::make_shared<SendTotal>(limits::send_queues_bytes))
      : address_(std::move(address)), total_(std::move(total)), account_(send_queue_bytes_max, *total_) {}

  SendStatus send(const Frame& frame) override;
  std::size_t queued_bytes() const override { return account_.waiting(); }
  bool over_budget() const override { return account_.over_budget(); }
  void measure(Function<void(const WireProgress&)> tell) override;
  void tell_when_drained() override { marks_.push_back(sent_frames_); }
  void close(WireClose how, const CloseReason& reason) override;
  std::string remote_address() const override { return address_; }
  void resume() override {
    if (waits_ == Wait::for_receiver) waits_ = Wait::no;
  }

  /// How the client's side ends: tells the receiver.
  using Ending = Function<void(WireReceiver&)>;

  /// Hands whole packets to the receiver, in shares without a limit. What comes while it makes the wire wait
  /// is kept, and handed over by go_on().
  void deliver(protocol::ByteView packets, WireReceiver& receiver);
  /// The same of an end, which comes behind all packets.
  void deliver(Ending ending, WireReceiver& receiver);
  /// Hands over what was kept and may be handed over now.
  void go_on(WireReceiver& receiver);
  /// Whether go_on() has something to do.
  bool may_go_on() const { return !closed_ && (!waiting_.empty() || !endings_.empty()) && !waits(); }
  /// Both directions are gone: what was sent, and will be, is dropped.
  void lose();

  /// Takes the next packet the server sent. False: none is waiting, or not all of it has come over the line.
  bool take(Frame& into);
  /// From now on the line carries only what carry() allows, which it does not save up.
  void be_slow() { line_bytes_ = 0; }
  void carry(std::size_t bytes);
  /// Whether what was sent before the oldest call of tell_when_drained() has been taken; once for each.
  bool take_drained();
  /// The server ended the wire; what it sent before is still to be taken, unless it dropped the wire.
  bool closed() const { return closed_; }
  const CloseReason& close_reason() const { return close_reason_; }

 private:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  struct Sent {
    Frame frame;
    bool replaceable = false;
  };

  bool waits() const { return waits_ == Wait::for_receiver || (waits_ == Wait::for_client && over_budget()); }
  bool replace(const Frame& frame);

  std::string address_;
  const std::shared_ptr<SendTotal> total_;
  SendAccount account_;
  std::deque<Sent> queue_;
  std::size_t replaceable_ = 0;  // in the queue
  std::uint64_t sent_frames_ = 0;
  std::deque<std::uint64_t> marks_;  // frames before them
  protocol::Bytes waiting_;
  std::deque<Ending> endings_;
  Wait waits_ = Wait::no;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t taken_bytes_ = 0;       // carried over the line, part of a packet or not
  std::size_t front_taken_ = 0;         // of the first packet in the queue
  std::size_t line_bytes_ = unlimited;  // that the line can still carry
  bool lost_ = false;
  bool closed_ = false;
  CloseReason close_reason_;
};

}  // namespace nano::testing
