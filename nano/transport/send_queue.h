// Internal header. SendQueue: what waits to be written to one socket.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <sys/uio.h>
#include <utility>
#include <vector>

#include "nano/base/frame.h"

namespace nano {

/// Buffers in the order of sending, none of them copied. One thread.
class SendQueue {
 public:
  /// With `websocket`, the frame's WebSocket form.
  void push(Frame frame, bool websocket) { entries_.push_back({std::move(frame), nullptr, websocket}); }
  void push(std::shared_ptr<const std::string> bytes) { entries_.push_back({{}, std::move(bytes), false}); }
  void push(std::string bytes) { push(std::make_shared<const std::string>(std::move(bytes))); }

  bool empty() const { return first_ == entries_.size(); }
  void clear();

  /// Fills `into` from the front; returns how many it filled.
  std::size_t gather(std::span<iovec> into) const;

  /// Removes `bytes` from the front. Returns the queue cost of the frames that have left completely; other
  /// text costs nothing.
  std::size_t consume(std::size_t bytes);

 private:
  struct Entry {
    Frame frame;
    std::shared_ptr<const std::string> text;
    bool websocket;

    std::span<const std::uint8_t> bytes() const;
  };

  std::vector<Entry> entries_;
  std::size_t first_ = 0;         // entries before it are sent
  std::size_t first_offset_ = 0;  // bytes of the first that are sent
};

}  // namespace nano
