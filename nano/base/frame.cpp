#include "nano/base/frame.h"

#include <algorithm>
#include <array>
#include <functional>
#include <new>

#include "protocol/frame_header.h"

namespace nano {

static_assert(protocol::websocket_header_bytes_max == 10,
              "Frame keeps room for the longest WebSocket header");

namespace {

/// The memory of one small frame, kept by a thread that has dropped it for the next one that it makes: most
/// are copied into a queue and dropped at once.
class Spare {
 public:
  ~Spare() { ::operator delete(std::exchange(memory_, nullptr)); }

#ifndef __SANITIZE_ADDRESS__  // which is to notice who uses what was dropped
  void* take() { return memory_ ? std::exchange(memory_, nullptr) : ::operator new(bytes); }
  void keep(void* memory) { ::operator delete(std::exchange(memory_, memory)); }
#else
  void* take() { return ::operator new(bytes); }
  void keep(void* memory) { ::operator delete(memory); }
#endif

  static constexpr std::size_t bytes = 256;

 private:
  void* memory_ = nullptr;
};

thread_local Spare spare;

constexpr std::uint8_t deflated_bit = 0x40;  // RSV1 (RFC 7692, section 6)

}  // namespace

/// Frames with keys wait in queues: they take no more than they need.
bool Frame::is_small(std::size_t packet_bytes, std::size_t key_bytes) {
  return key_bytes == 0 && sizeof(Block) + headroom_bytes + packet_bytes <= Spare::bytes;
}

Frame Frame::allocate(std::size_t packet_bytes, std::string_view latest_key) {
  void* memory = is_small(packet_bytes, latest_key.size())
                     ? spare.take()
                     : ::operator new(sizeof(Block) + headroom_bytes + packet_bytes + latest_key.size());
  Frame frame;
  frame.block_ = new (memory) Block;
  frame.block_->packet_bytes = static_cast<std::uint32_t>(packet_bytes);
  frame.block_->header_bytes =
      static_cast<std::uint8_t>(protocol::write_websocket_header(frame.packet_begin(), packet_bytes));
  if (latest_key.empty()) return frame;
  frame.block_->key_bytes = static_cast<std::uint32_t>(latest_key.size()) & 0xff'ffff;
  frame.block_->key_hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(latest_key));
  std::copy(latest_key.begin(), latest_key.end(), frame.packet_begin() + packet_bytes);
  return frame;
}

std::span<const std::uint8_t> Frame::bytes(FrameForm form) const {
  if (form == FrameForm::packet) return packet();
  if (form == FrameForm::websocket || !block_ || !block_->deflated || block_->deflated->bytes == 0) {
    return websocket();
  }
  return {reinterpret_cast<const std::uint8_t*>(block_->deflated + 1), block_->deflated->bytes};
}

void Frame::keep_deflated(std::span<const std::uint8_t> payload) const {
  if (has_tried_deflate()) return;
  std::array<std::uint8_t, headroom_bytes> header;
  std::uint8_t* const end = header.data() + header.size();
  const std::size_t header_bytes =
      payload.empty() ? 0 : protocol::write_websocket_header(end, payload.size());
  void* const memory = ::operator new(sizeof(Deflated) + header_bytes + payload.size());
  block_->deflated = new (memory) Deflated{header_bytes + payload.size()};
  auto* const message = reinterpret_cast<std::uint8_t*>(block_->deflated + 1);
  std::copy(end - header_bytes, end, message);
  std::copy(payload.begin(), payload.end(), message + header_bytes);
  if (!payload.empty()) message[0] |= deflated_bit;
}

void Frame::release() noexcept {
  if (!block_) return;
  // The only reference cannot become more meanwhile, and is not worth a locked instruction.
  if (block_->references.load(std::memory_order_acquire) != 1 &&
      block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  const bool small = is_small(block_->packet_bytes, block_->key_bytes);
  ::operator delete(block_->deflated);
  block_->~Block();
  small ? spare.keep(block_) : ::operator delete(block_);
}

}  // namespace nano
