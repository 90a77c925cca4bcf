// Internal header. SendQueue: what waits to be written to one socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <sys/uio.h>
#include <utility>
#include <variant>
#include <vector>

#include "nano/base/frame.h"
#include "nano/net/latest_keys.h"

namespace nano {

/// Buffers in the order of sending. Large ones are shared and not copied. Small frames are copied one behind
/// the other: that takes less time than to keep hold of each, and one buffer is cheaper to write than many.
/// A frame with a key takes the place of one with the same key, if that waits and is not begun. One thread.
class SendQueue {
 public:
  /// Returns the queue cost of the frame that it replaces, or 0.
  std::size_t push(const Frame& frame, FrameForm form);
  void push(std::shared_ptr<const std::string> bytes);
  void push(std::string bytes) { push(std::make_shared<const std::string>(std::move(bytes))); }

  /// Behind all that waits. It is passed when that has left; at once, if nothing waits.
  void push_mark();
  /// How many marks were passed since the last call.
  std::uint32_t take_passed_marks() { return std::exchange(passed_marks_, 0); }

  bool empty() const { return entries_.empty() && tail_.left().empty(); }
  void clear();
  /// Takes over what `later`, which has no marks, holds, behind its own or replacing that. Returns the queue
  /// cost of what is replaced.
  std::size_t append(SendQueue&& later);
  /// Of all that waits; to be counted, not for each message.
  std::size_t bytes() const;
  /// Of all that waits; consume() returns it bit by bit.
  std::size_t cost() const;

  /// Fills `into` from the front; returns how many it filled.
  std::size_t gather(std::span<iovec> into) const;

  /// Removes `bytes` from the front. Returns the queue cost of the frames that have left, of small ones in
  /// proportion to the bytes; other text costs nothing.
  std::size_t consume(std::size_t bytes);

 private:
  /// Frames of up to `copied_bytes` bytes.
  struct Small {
    std::vector<std::uint8_t> bytes;
    std::size_t sent = 0;
    std::size_t cost = 0;  // of what is not sent

    std::span<const std::uint8_t> left() const { return std::span{bytes}.subspan(sent); }
    void append(std::span<const std::uint8_t> more, std::size_t cost_of_more);
    void append(const Small& later) { append(later.left(), later.cost); }
    std::size_t consume(std::size_t count);
  };
  struct Large {
    std::span<const std::uint8_t> left;
    std::size_t cost = 0;
    Frame frame;
    std::shared_ptr<const std::string> text;
    bool begun = false;
    bool replaceable = false;  // among the latest keys
  };
  struct Mark {
    static constexpr std::size_t cost = 0;
  };
  struct Latest {
    LatestKeys keys = {};
    std::uint64_t first_number = 1;  // of the first place in entries_
  };
  using Entry = std::variant<Small, Large, Mark>;  // the first is no mark

  void push_large(Large large);
  std::size_t push_latest(Large large);
  void drop_first();
  static std::span<const std::uint8_t> left(const Entry& entry);
  static std::size_t consume(Entry& entry, std::size_t bytes);

  std::vector<Entry> entries_;
  std::uint32_t first_ = 0;  // entries before it have left
  std::uint32_t passed_marks_ = 0;
  Small tail_;                      // behind the entries
  std::unique_ptr<Latest> latest_;  // null: none has a key
};

}  // namespace nano
