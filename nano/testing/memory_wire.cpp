#include "nano/testing/memory_wire.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "nano/base/assert.h"

namespace nano::testing {

SendStatus MemoryWire::send(const Frame& frame) {
  const SendStatus status = account_.add(frame.queue_cost());
  if (status == SendStatus::too_much_for_client || status == SendStatus::too_much_for_process) return status;
  for (auto waiting = queue_.rbegin(); !frame.latest_key().empty() && waiting != queue_.rend(); ++waiting) {
    const bool begun = std::next(waiting) == queue_.rend() && front_taken_ > 0;
    if (begun || waiting->latest_key() != frame.latest_key()) continue;
    sent_bytes_ -= waiting->packet().size();
    sent_bytes_ += frame.packet().size();
    account_.release(waiting->queue_cost());
    *waiting = frame;
    return status;
  }
  sent_bytes_ += frame.packet().size();
  queue_.push_back(frame);
  return status;
}

void MemoryWire::measure(Function<void(const WireProgress&)> tell) {
  tell({.taken = taken_bytes_, .end = sent_bytes_});
}

void MemoryWire::close(WireClose how, const CloseReason& reason) {
  if (std::exchange(closed_, true)) return;
  close_reason_ = reason;
  if (how == WireClose::flush) return;
  queue_.clear();
  account_.release(account_.waiting());
}

void MemoryWire::carry(std::size_t bytes) {
  NANO_ASSERT(line_bytes_ != unlimited, "only a slow line carries so much at a time");
  line_bytes_ = bytes;
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
  const std::size_t rest = queue_.front().packet().size() - front_taken_;
  const std::size_t part = std::min(rest, line_bytes_);
  if (line_bytes_ != unlimited) line_bytes_ -= part;
  taken_bytes_ += part;
  front_taken_ += part;
  if (part < rest) return false;
  front_taken_ = 0;
  into = std::move(queue_.front());
  queue_.pop_front();
  account_.release(into.queue_cost());
  return true;
}

bool MemoryWire::take_drained() { return queue_.empty() && std::exchange(drain_awaited_, false); }

}  // namespace nano::testing
