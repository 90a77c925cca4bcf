// Internal header. For tests: frames as a client sends them, made by hand so that they can be wrong on
// purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace nano::testing_frames {

struct ClientFrame {
  std::uint8_t opcode = 2;  ///< 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong
  std::string payload = {};
  bool final = true;
  bool masked = true;
  std::uint8_t reserved_bits = 0;   ///< as in the first byte: 0x40, 0x20, 0x10
  std::uint64_t claimed_bytes = 0;  ///< instead of the payload's length, in the 64-bit form
};

inline std::string encode(const ClientFrame& frame) {
  constexpr std::string_view key{"\x37\xfa\x21\x3d", 4};
  const std::uint64_t length = frame.claimed_bytes ? frame.claimed_bytes : frame.payload.size();
  const int length_bytes = frame.claimed_bytes || length > 0xffff ? 8 : length > 125 ? 2 : 0;
  const std::uint64_t short_length = length_bytes == 8 ? 127 : length_bytes == 2 ? 126 : length;

  std::string bytes;
  bytes += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved_bits | frame.opcode);
  bytes += static_cast<char>((frame.masked ? 0x80 : 0) | short_length);
  for (int i = length_bytes - 1; i >= 0; --i) bytes += static_cast<char>(length >> (8 * i));
  if (frame.masked) bytes += key;
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    bytes += static_cast<char>(frame.payload[i] ^ (frame.masked ? key[i % 4] : 0));
  }
  return bytes;
}

inline std::string binary(std::string payload) { return encode({.payload = std::move(payload)}); }
inline std::string ping(std::string payload) { return encode({.opcode = 9, .payload = std::move(payload)}); }
inline std::string close_payload(int code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}
inline std::string close(int code, std::string_view reason = {}) {
  return encode({.opcode = 8, .payload = close_payload(code, reason)});
}

/// An unmasked control frame, as the server sends it.
inline std::string server_control(std::uint8_t opcode, std::string_view payload) {
  return std::string{static_cast<char>(0x80 | opcode), static_cast<char>(payload.size())}.append(payload);
}

}  // namespace nano::testing_frames
