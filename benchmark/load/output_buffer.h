// Internal header. OutputBuffer: bytes on their way to a socket, written without clearing or reallocating.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "protocol/bytes.h"

namespace nano::benchmark {

/// Grows by doubling and keeps its memory when cleared. One thread.
class OutputBuffer {
 public:
  /// Makes room for `bytes` at the end, to be filled by the caller. Valid until the next call of a member
  /// that is not const.
  std::uint8_t* extend(std::size_t bytes) {
    if (bytes > capacity_ - size_) grow(bytes);
    std::uint8_t* end = data_.get() + size_;
    size_ += bytes;
    return end;
  }

  void append(protocol::ByteView bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }

  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  protocol::ByteView view() const { return {data_.get(), size_}; }

 private:
  void grow(std::size_t bytes) {
    capacity_ = std::max<std::size_t>({size_ + bytes, capacity_ * 2, 4096});
    auto grown = std::make_unique_for_overwrite<std::uint8_t[]>(capacity_);
    if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
    data_ = std::move(grown);
  }

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace nano::benchmark
