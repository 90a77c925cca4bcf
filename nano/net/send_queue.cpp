#include "nano/net/send_queue.h"

#include <algorithm>

#include "nano/base/limits.h"

namespace nano {
namespace {

/// Up to here, a copy takes no longer than what sharing takes.
constexpr std::size_t copied_bytes = 512;

/// A drained queue keeps this much memory: what a busy session sends in a turn.
constexpr std::size_t bytes_kept = 1024;

/// Sent bytes at the front are moved away when there are so many, and more than are left.
constexpr std::size_t compacted_bytes = 4096;

}  // namespace

std::size_t SendQueue::push(const Frame& frame, FrameForm form) {
  const std::span<const std::uint8_t> bytes = frame.bytes(form);
  if (!frame.latest_key().empty()) return push_latest({bytes, frame.queue_cost(), frame, nullptr});
  if (bytes.size() > copied_bytes) {
    push_large({bytes, frame.queue_cost(), frame, nullptr});
  } else {
    tail_.append(bytes, frame.queue_cost());
  }
  return 0;
}

std::size_t SendQueue::push_latest(Large large) {
  if (!latest_) latest_ = std::make_unique<Latest>();
  const auto entry_of = [this](std::uint64_t number) -> Large& {
    return std::get<Large>(entries_[number - latest_->first_number]);
  };
  const std::uint64_t oldest = latest_->first_number + first_;
  const std::uint32_t hash = large.frame.latest_key_hash();
  std::uint64_t* const number = latest_->keys.find(hash, oldest, [&](std::uint64_t other) {
    return entry_of(other).frame.latest_key() == large.frame.latest_key();
  });
  large.replaceable = number || !latest_->keys.full();
  if (number && !entry_of(*number).begun) return std::exchange(entry_of(*number), std::move(large)).cost;
  if (number) entry_of(*number).replaceable = false;
  const bool is_new = large.replaceable && !number;
  push_large(std::move(large));
  const std::uint64_t added = latest_->first_number + entries_.size() - 1;
  if (number) *number = added;
  if (is_new) latest_->keys.add(hash, added, oldest);
  return 0;
}

void SendQueue::push(std::shared_ptr<const std::string> text) {
  if (text->empty()) return;
  const std::span bytes{reinterpret_cast<const std::uint8_t*>(text->data()), text->size()};
  push_large({bytes, 0, {}, std::move(text)});
}

void SendQueue::push_large(Large large) {
  if (!tail_.left().empty()) entries_.emplace_back(std::exchange(tail_, {}));
  entries_.emplace_back(std::move(large));
}

void SendQueue::push_mark() {
  if (empty()) {
    ++passed_marks_;
    return;
  }
  if (!tail_.left().empty()) entries_.emplace_back(std::exchange(tail_, {}));
  entries_.emplace_back(Mark{});
}

void SendQueue::clear() {
  passed_marks_ = 0;
  latest_.reset();
  entries_ = {};
  first_ = 0;
  tail_ = {};
}

std::size_t SendQueue::append(SendQueue&& later) {
  if (empty()) {
    later.passed_marks_ = passed_marks_;
    *this = std::move(later);
    return 0;
  }
  std::size_t replaced = 0;
  for (std::size_t i = later.first_; i < later.entries_.size(); ++i) {
    if (auto* large = std::get_if<Large>(&later.entries_[i])) {
      if (large->frame.latest_key().empty()) {
        push_large(std::move(*large));
      } else {
        replaced += push_latest(std::move(*large));
      }
    } else {
      tail_.append(*std::get_if<Small>(&later.entries_[i]));
    }
  }
  tail_.append(later.tail_);
  return replaced;
}

std::size_t SendQueue::bytes() const {
  std::size_t sum = tail_.left().size();
  for (std::size_t i = first_; i < entries_.size(); ++i) sum += left(entries_[i]).size();
  return sum;
}

std::size_t SendQueue::cost() const {
  std::size_t sum = tail_.cost;
  for (std::size_t i = first_; i < entries_.size(); ++i) {
    sum += std::visit([](const auto& entry) { return entry.cost; }, entries_[i]);
  }
  return sum;
}

std::size_t SendQueue::gather(std::span<iovec> into) const {
  std::size_t filled = 0;
  const auto add = [&](std::span<const std::uint8_t> bytes) {
    into[filled++] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};  // writing only reads
  };
  for (std::size_t i = first_; i < entries_.size() && filled < into.size(); ++i) {
    if (!std::holds_alternative<Mark>(entries_[i])) add(left(entries_[i]));
  }
  if (filled < into.size() && !tail_.left().empty()) add(tail_.left());
  return filled;
}

std::size_t SendQueue::consume(std::size_t bytes) {
  std::size_t cost = 0;
  while (!entries_.empty() && bytes > 0) {
    Entry& entry = entries_[first_];
    const std::size_t of_entry = std::min(bytes, left(entry).size());
    cost += consume(entry, of_entry);
    bytes -= of_entry;
    if (left(entry).empty()) drop_first();
  }
  return bytes == 0 ? cost : cost + tail_.consume(bytes);
}

void SendQueue::drop_first() {
  const auto* large = std::get_if<Large>(&entries_[first_]);
  if (large && large->replaceable) latest_->keys.remove();
  entries_[first_] = {};
  ++first_;
  for (; first_ < entries_.size() && std::holds_alternative<Mark>(entries_[first_]); ++first_) {
    ++passed_marks_;
  }
  if (first_ == entries_.size()) {
    latest_.reset();
    entries_ = {};
    first_ = 0;
  } else if (first_ > entries_.size() / 2) {
    if (latest_) latest_->first_number += first_;
    entries_.erase(entries_.begin(),
                   entries_.begin() + static_cast<std::ptrdiff_t>(std::exchange(first_, 0)));
  }
}

std::span<const std::uint8_t> SendQueue::left(const Entry& entry) {
  if (const auto* large = std::get_if<Large>(&entry)) return large->left;
  const auto* small = std::get_if<Small>(&entry);
  return small ? small->left() : std::span<const std::uint8_t>{};
}

std::size_t SendQueue::consume(Entry& entry, std::size_t bytes) {
  auto* large = std::get_if<Large>(&entry);
  if (!large) return std::get_if<Small>(&entry)->consume(bytes);
  large->begun = true;
  large->left = large->left.subspan(bytes);
  return large->left.empty() ? large->cost : 0;
}

void SendQueue::Small::append(std::span<const std::uint8_t> more, std::size_t cost_of_more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
  cost += cost_of_more;
}

std::size_t SendQueue::Small::consume(std::size_t count) {
  if (count == bytes.size() - sent) {
    sent = 0;
    bytes.clear();
    if (bytes.capacity() > bytes_kept) bytes.shrink_to_fit();
    return std::exchange(cost, 0);
  }
  const std::size_t cost_done = cost * count / (bytes.size() - sent);
  cost -= cost_done;
  sent += count;
  if (sent >= compacted_bytes && sent > bytes.size() - sent) {
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::exchange(sent, 0)));
    if (bytes.capacity() > 4 * bytes.size()) bytes.shrink_to_fit();
  }
  return cost_done;
}

}  // namespace nano
