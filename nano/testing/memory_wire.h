// Internal header. MemoryWire: a connection without a socket.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "nano/base/limits.h"
#include "nano/session/wire.h"

namespace nano::testing {

/// Keeps what the server sends until it is taken. One thread.
class MemoryWire final : public Wire {
 public:
  MemoryWire(std::string address, std::size_t send_queue_bytes_max)
      : address_(std::move(address)), send_queue_bytes_max_(send_queue_bytes_max) {}

  bool send(const Frame& frame) override;
  void close(WireClose how, const CloseReason& reason) override;
  std::string remote_address() const override { return address_; }
  void resume() override { waits_ = false; }

  /// Hands whole packets to the receiver, in shares without a limit. What comes while it makes the wire wait
  /// is kept, and handed over by the next call, also one without packets, after it has resumed.
  void deliver(protocol::ByteView packets, WireReceiver& receiver);
  /// Whether packets are kept that may be handed over now.
  bool may_resume() const { return !waiting_.empty() && !waits_; }

  /// Takes the next packet the server sent. False: none is waiting.
  bool take(Frame& into);
  /// The server ended the wire; what it sent before is still to be taken, unless it dropped the wire.
  bool closed() const { return closed_; }
  const CloseReason& close_reason() const { return close_reason_; }

 private:
  std::string address_;
  std::size_t send_queue_bytes_max_;
  std::size_t queued_bytes_ = 0;
  std::deque<Frame> queue_;
  protocol::Bytes waiting_;
  bool waits_ = false;
  bool closed_ = false;
  CloseReason close_reason_;
};

}  // namespace nano::testing
