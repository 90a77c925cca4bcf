#include "nano/transport/send_queue.h"

#include <algorithm>

namespace nano {
namespace {

/// A drained queue keeps memory for this many entries: enough for a turn of a busy session, little for an
/// idle one.
constexpr std::size_t entries_kept = 8;

}  // namespace

std::span<const std::uint8_t> SendQueue::Entry::bytes() const {
  if (text) return {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()};
  return websocket ? frame.websocket() : frame.packet();
}

void SendQueue::clear() {
  entries_ = {};
  first_ = 0;
  first_offset_ = 0;
}

std::size_t SendQueue::gather(std::span<iovec> into) const {
  std::size_t filled = 0;
  std::size_t offset = first_offset_;
  for (std::size_t i = first_; i < entries_.size() && filled < into.size(); ++i) {
    const auto bytes = entries_[i].bytes().subspan(std::exchange(offset, 0));
    into[filled++] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};  // sendmsg only reads
  }
  return filled;
}

std::size_t SendQueue::consume(std::size_t bytes) {
  std::size_t cost_done = 0;
  while (first_ < entries_.size()) {
    Entry& entry = entries_[first_];
    const std::size_t left = entry.bytes().size() - first_offset_;
    if (bytes < left) {
      first_offset_ += bytes;
      break;
    }
    bytes -= left;
    cost_done += entry.frame.queue_cost();
    entry = {};
    ++first_;
    first_offset_ = 0;
  }
  if (first_ == entries_.size()) {
    entries_.clear();
    first_ = 0;
    if (entries_.capacity() > entries_kept) entries_.shrink_to_fit();
  } else if (first_ > entries_kept && first_ > entries_.size() / 2) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return cost_done;
}

}  // namespace nano
