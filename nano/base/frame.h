// Public header. Frame: one encoded packet in a buffer that its receivers share.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "nano/base/limits.h"

namespace nano {

/// How a receiver gets a packet.
enum class FrameForm : std::uint8_t {
  packet,              ///< the bare packet, over TCP
  websocket,           ///< a WebSocket message
  websocket_deflated,  ///< the same, compressed if the frame has that form (RFC 7692)
};

/// One packet as it goes over the wire, immutable once made and reference counted: a broadcast to a thousand
/// sessions is one Frame. The WebSocket header for the packet lies right before it in the same buffer, so
/// that receivers of both framings share the bytes. Copying is cheap; any thread may hold or drop a copy.
class Frame {
 public:
  /// No packet.
  Frame() = default;
  Frame(const Frame& other) noexcept : block_(other.block_) {
    if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Frame(Frame&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Frame& operator=(Frame other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Frame() { release(); }

  /// A frame for a packet of `packet_bytes` bytes, to be filled through writable() before anyone else sees
  /// it. Writes the WebSocket header. With a key, it takes the place of a frame of the same key that still
  /// waits in a queue. Throws std::bad_alloc.
  static Frame allocate(std::size_t packet_bytes, std::string_view latest_key = {});

  /// The bytes to fill in; only for the maker, before the frame is shared.
  std::uint8_t* writable() { return packet_begin(); }

  /// The packet, as TCP receivers get it.
  std::span<const std::uint8_t> packet() const {
    return block_ ? std::span<const std::uint8_t>{packet_begin(), block_->packet_bytes}
                  : std::span<const std::uint8_t>{};
  }
  /// The packet as one final binary WebSocket message (RFC 6455, section 5.2), as WebSocket receivers get it.
  std::span<const std::uint8_t> websocket() const {
    return block_ ? std::span<const std::uint8_t>{packet_begin() - block_->header_bytes,
                                                  block_->packet_bytes + block_->header_bytes}
                  : std::span<const std::uint8_t>{};
  }
  /// The bytes of one of its forms.
  std::span<const std::uint8_t> bytes(FrameForm form) const;

  /// Logic thread. Whether keep_deflated() was called.
  bool has_tried_deflate() const { return block_ && block_->deflated; }
  /// Logic thread. Its packet compressed, as one message; empty: that is not smaller. Once, before the first
  /// receiver of that form gets it. Shared with the packet: all copies have it. Throws std::bad_alloc.
  void keep_deflated(std::span<const std::uint8_t> payload) const;

  /// Empty: it replaces nothing.
  std::string_view latest_key() const {
    return block_ ? std::string_view{reinterpret_cast<const char*>(packet_begin()) + block_->packet_bytes,
                                     block_->key_bytes}
                  : std::string_view{};
  }
  /// Of the key; that of an empty one means nothing.
  std::uint32_t latest_key_hash() const { return block_ ? block_->key_hash : 0; }
  /// What it counts for in a queue: its bytes and what holding it costs. The compressed form, which is
  /// smaller, counts no more.
  std::size_t queue_cost() const {
    return block_ ? block_->packet_bytes + block_->key_bytes + limits::message_overhead_bytes : 0;
  }
  explicit operator bool() const { return block_ != nullptr; }

 private:
  /// A message with its header.
  struct Deflated {
    std::size_t bytes = 0;  // 0: it is not smaller
  };
  struct Block {
    std::atomic<std::uint32_t> references{1};
    std::uint32_t packet_bytes = 0;
    std::uint32_t header_bytes : 8 = 0;
    std::uint32_t key_bytes : 24 = 0;  // behind the packet
    std::uint32_t key_hash = 0;
    Deflated* deflated = nullptr;  // written by the logic thread while it holds a reference
  };
  static constexpr std::size_t headroom_bytes = 10;

  std::uint8_t* packet_begin() const {
    return reinterpret_cast<std::uint8_t*>(block_) + sizeof(Block) + headroom_bytes;
  }
  static bool is_small(std::size_t packet_bytes, std::size_t key_bytes);
  void release() noexcept;

  Block* block_ = nullptr;
};

}  // namespace nano
