#include "nano/base/frame.h"

#include <algorithm>
#include <functional>
#include <new>

#include "protocol/frame_header.h"

namespace nano {

static_assert(protocol::websocket_header_bytes_max == 10,
              "Frame keeps room for the longest WebSocket header");

Frame Frame::allocate(std::size_t packet_bytes, std::string_view latest_key) {
  void* memory = ::operator new(sizeof(Block) + headroom_bytes + packet_bytes + latest_key.size());
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

void Frame::release() noexcept {
  if (!block_ || block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block_->~Block();
  ::operator delete(block_);
}

}  // namespace nano
