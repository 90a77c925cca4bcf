#include "nano/testing/memory_wire.h"

#include <utility>

namespace nano::testing {

bool MemoryWire::send(const Frame& frame) {
  const std::size_t cost = frame.queue_cost();
  const bool large = cost > send_queue_bytes_max_;  // as a socket does: see limits::send_queue_bytes
  if (queued_bytes_ > send_queue_bytes_max_ || (!large && queued_bytes_ + cost > send_queue_bytes_max_))
    return false;
  queued_bytes_ += cost;
  queue_.push_back(frame);
  return true;
}

void MemoryWire::close(WireClose how, const CloseReason& reason) {
  if (std::exchange(closed_, true)) return;
  close_reason_ = reason;
  if (how == WireClose::flush) return;
  queue_.clear();
  queued_bytes_ = 0;
}

void MemoryWire::deliver(protocol::ByteView packets, WireReceiver& receiver) {
  waiting_.insert(waiting_.end(), packets.begin(), packets.end());
  const protocol::Bytes run = std::exchange(waiting_, {});
  protocol::ByteView left{run};
  while (!left.empty() && !closed_ && !waits_) {
    TurnShare share;
    left = left.subspan(receiver.on_packets(left, share));
    waits_ = share.waits;
  }
  if (!closed_) waiting_.assign(left.begin(), left.end());
}

bool MemoryWire::take(Frame& into) {
  if (queue_.empty()) return false;
  into = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= into.queue_cost();
  return true;
}

}  // namespace nano::testing
