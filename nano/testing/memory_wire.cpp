#include "nano/testing/memory_wire.h"

#include <utility>

namespace nano::testing {

bool MemoryWire::send(Frame frame) {
  const std::size_t bytes = frame.packet().size();
  if (queued_bytes_ > 0 && queued_bytes_ + bytes > send_queue_bytes_max_) return false;
  queued_bytes_ += bytes;
  queue_.push_back(std::move(frame));
  return true;
}

void MemoryWire::close(WireClose how, const CloseReason& reason) {
  if (std::exchange(closed_, true)) return;
  close_reason_ = reason;
  if (how == WireClose::drop) queue_.clear();
}

bool MemoryWire::take(Frame& into) {
  if (queue_.empty()) return false;
  into = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= into.packet().size();
  return true;
}

}  // namespace nano::testing
