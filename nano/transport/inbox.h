// Internal header. Inbox: what a client has sent and the logic has not handled yet.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "nano/base/function.h"
#include "nano/session/wire.h"
#include "protocol/bytes.h"

namespace nano {

class PacketWire;

/// Whole packets, and after them what happened then (the end of the stream, an error, the loss). Logic
/// thread.
class Inbox {
 public:
  using Ending = Function<void(PacketWire&, WireReceiver&)>;

  bool empty() const { return runs_.empty() && endings_.empty(); }
  bool has_packets() const { return !runs_.empty(); }

  void add(protocol::Bytes packets) { runs_.push_back(std::move(packets)); }
  /// The oldest packets; there are some.
  protocol::ByteView front() const { return protocol::ByteView{runs_.front()}.subspan(taken_); }
  /// The first `bytes` of front() are handled.
  void take(std::size_t bytes) {
    taken_ += bytes;
    if (taken_ < runs_.front().size()) return;
    runs_.pop_front();
    taken_ = 0;
  }
  /// Of all packets that wait.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const protocol::Bytes& run : runs_) sum += run.size();
    return sum - taken_;
  }

  /// Returns bytes().
  std::size_t drop_packets() {
    const std::size_t dropped = bytes();
    runs_.clear();
    taken_ = 0;
    return dropped;
  }

  void add(Ending ending) { endings_.push_back(std::move(ending)); }
  std::deque<Ending>& endings() { return endings_; }

  Wait waits = Wait::no;  ///< for what, beside its turn

 private:
  std::deque<protocol::Bytes> runs_;
  std::size_t taken_ = 0;  // of the first run
  std::deque<Ending> endings_;
};

}  // namespace nano
