#include "nano/testing/memory_wire.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/assert.h"

namespace nano::testing {

SendStatus MemoryWire::send(const Frame& frame) {
  if (lost_) return SendStatus::queued;
  const SendStatus status = account_.add(frame.queue_cost());
  if (status == SendStatus::too_much_for_client || status == SendStatus::too_much_for_process) return status;
  sent_bytes_ += frame.packet().size();
  if (replace(frame)) return status;
  const bool replaceable = !frame.latest_key().empty() && replaceable_ < limits::latest_keys;
  if (replaceable) ++replaceable_;
  queue_.push_back({frame, replaceable});
  ++sent_frames_;
  return status;
}

bool MemoryWire::replace(const Frame& frame) {
  for (auto sent = queue_.rbegin(); !frame.latest_key().empty() && sent != queue_.rend(); ++sent) {
    const bool begun = std::next(sent) == queue_.rend() && front_taken_ > 0;
    if (begun || !sent->replaceable || sent->frame.latest_key() != frame.latest_key()) continue;
    sent_bytes_ -= sent->frame.packet().size();
    account_.release(sent->frame.queue_cost());
    sent->frame = frame;
    return true;
  }
  return false;
}

void MemoryWire::measure(Function<void(const WireProgress&)> tell) {
  tell(
      {.taken = taken_bytes_, .end = sent_bytes_, .unread = !waiting_.empty() && waits_ != Wait::for_client});
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
  go_on(receiver);
}

void MemoryWire::deliver(Ending ending, WireReceiver& receiver) {
  endings_.push_back(std::move(ending));
  go_on(receiver);
}

void MemoryWire::go_on(WireReceiver& receiver) {
  const protocol::Bytes run = std::exchange(waiting_, {});
  protocol::ByteView left{run};
  while (!left.empty() && !closed_ && !waits()) {
    TurnShare share;
    left = left.subspan(receiver.on_packets(left, share));
    waits_ = share.waits;
    if (lost_ && waits_ != Wait::no) left = {};
  }
  if (closed_) return;
  waiting_.assign(left.begin(), left.end());
  while (waiting_.empty() && !endings_.empty() && !closed_) {
    Ending ending = std::move(endings_.front());
    endings_.pop_front();
    ending(receiver);
  }
}

void MemoryWire::lose() {
  lost_ = true;
  waits_ = Wait::no;
  queue_.clear();
  account_.release(account_.waiting());
}

bool MemoryWire::take(Frame& into) {
  if (queue_.empty()) return false;
  const std::size_t rest = queue_.front().frame.packet().size() - front_taken_;
  const std::size_t part = std::min(rest, line_bytes_);
  if (line_bytes_ != unlimited) line_bytes_ -= part;
  taken_bytes_ += part;
  front_taken_ += part;
  if (part < rest) return false;
  front_taken_ = 0;
  if (queue_.front().replaceable) --replaceable_;
  into = std::move(queue_.front().frame);
  queue_.pop_front();
  account_.release(into.queue_cost());
  return true;
}

bool MemoryWire::take_drained() {
  if (marks_.empty() || sent_frames_ - queue_.size() < marks_.front()) return false;
  marks_.pop_front();
  return true;
}

}  // namespace nano::testing
