// Internal header. The least that a server must know of the protocol: packets, messages, WebSocket frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace nano::limit {

using Bytes = std::span<std::uint8_t>;

enum PacketType : std::uint8_t { handshake = 1, handshake_ack, heartbeat, data, kick };
enum MessageType : std::uint8_t { request, notify, response, push };

struct Message {
  std::uint8_t type = 0;
  std::string_view id;  // as it came: the answer carries the same bytes
  std::string_view route;
  std::string_view payload;
};

/// Takes a message without route compression apart. False: it is none.
inline bool parse(std::string_view body, Message& message) {
  if (body.empty()) return false;
  message.type = static_cast<std::uint8_t>(body[0]) >> 1 & 7;
  std::size_t at = 1;
  if (message.type == request) {
    while (at < body.size() && (body[at] & 0x80) != 0) ++at;
    if (at++ >= body.size()) return false;
    message.id = body.substr(1, at - 1);
  }
  if (at >= body.size()) return false;
  const std::size_t route_bytes = static_cast<std::uint8_t>(body[at++]);
  if (at + route_bytes > body.size()) return false;
  message.route = body.substr(at, route_bytes);
  message.payload = body.substr(at + route_bytes);
  return true;
}

/// The header of a packet of that many bytes of body.
inline void append_header(std::string& out, PacketType type, std::size_t bytes) {
  const char header[4]{static_cast<char>(type), static_cast<char>(bytes >> 16), static_cast<char>(bytes >> 8),
                       static_cast<char>(bytes)};
  out.append(header, sizeof header);
}

/// The header of an unmasked, whole binary frame.
inline void append_frame_header(std::string& out, std::size_t bytes) {
  out += '\x82';
  if (bytes < 126) {
    out += static_cast<char>(bytes);
  } else {
    out += '\x7e';  // nothing here is larger than 65,535 bytes
    out += static_cast<char>(bytes >> 8);
    out += static_cast<char>(bytes);
  }
}

/// A client's frame at the start of `bytes`, unmasked in place.
struct Frame {
  std::size_t whole_bytes = 0;  // 0: not all of it is there yet
  std::uint8_t opcode = 0;
  std::string_view payload;
};

inline Frame take_frame(Bytes bytes) {
  Frame frame;
  if (bytes.size() < 6) return frame;
  std::size_t length = bytes[1] & 0x7f;
  std::size_t at = 2;
  if (length == 126) {
    length = static_cast<std::size_t>(bytes[2]) << 8 | bytes[3];
    at = 4;
  }
  if (bytes.size() < at + 4 + length) return frame;
  std::uint64_t mask = 0;
  std::memcpy(&mask, &bytes[at], 4);
  mask |= mask << 32;
  std::uint8_t* payload = &bytes[at] + 4;
  std::size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, payload + i, 8);
    word ^= mask;
    std::memcpy(payload + i, &word, 8);
  }
  for (; i < length; ++i) payload[i] ^= static_cast<std::uint8_t>(mask >> (i % 8 * 8));
  frame.whole_bytes = at + 4 + length;
  frame.opcode = bytes[0] & 0x0f;
  frame.payload = {reinterpret_cast<const char*>(payload), length};
  return frame;
}

}  // namespace nano::limit
