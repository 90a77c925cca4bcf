// Public header. The header of a WebSocket frame as a server sends it (RFC 6455, section 5.2).
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/limits.h"

namespace nano::protocol {

/// Writes the header of a final, unmasked, binary frame with a payload of `payload_bytes` so that it ends
/// right before `end`, and returns its length: 2, 4 or 10 bytes. The caller keeps
/// `websocket_header_bytes_max` bytes free there: with them in front of an encoded packet, one buffer serves
/// TCP and WebSocket receivers.
inline std::size_t write_websocket_header(std::uint8_t* end, std::size_t payload_bytes) {
  constexpr std::uint8_t final_binary_frame = 0x82;
  constexpr std::size_t payload_bytes_max_short = 125;
  constexpr std::uint8_t length_in_2_bytes = 126;
  constexpr std::uint8_t length_in_8_bytes = 127;

  std::size_t length_bytes = 0;
  auto first_length_byte = static_cast<std::uint8_t>(payload_bytes);
  if (payload_bytes > 0xffff) {
    length_bytes = 8;
    first_length_byte = length_in_8_bytes;
  } else if (payload_bytes > payload_bytes_max_short) {
    length_bytes = 2;
    first_length_byte = length_in_2_bytes;
  }
  std::uint64_t rest = payload_bytes;
  for (std::size_t i = 0; i < length_bytes; ++i, rest >>= 8) *--end = static_cast<std::uint8_t>(rest);
  *--end = first_length_byte;
  *--end = final_binary_frame;
  return 2 + length_bytes;
}

}  // namespace nano::protocol
