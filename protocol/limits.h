// Public header. Every bound of the wire format, each with its reason; see nano/base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nano::protocol {

/// Type (1 byte) and body length (3 bytes, big-endian).
inline constexpr std::size_t packet_header_bytes = 4;

/// What three bytes of length can say; bounds what is sent.
inline constexpr std::uint32_t packet_body_bytes_max_wire = (1u << 24) - 1;

/// The usual limit for what is received: existing clients stay under it, and it bounds what one connection
/// can make the receiver hold.
inline constexpr std::uint32_t packet_body_bytes_default = 64 * 1024;

/// A route that is not compressed has one byte of length.
inline constexpr std::size_t route_bytes_max = 255;

/// Route codes have two bytes; 0 is a code like any other.
inline constexpr std::uint32_t route_code_max = 65535;

/// A message id has up to 64 bits, seven in each byte.
inline constexpr std::size_t varint_bytes_max = 10;

/// Payload of a response, whatever its id: beside it the packet's body holds the flags. What fits at the node
/// that answers so fits at the gate that sends it.
inline constexpr std::size_t response_payload_bytes_max = packet_body_bytes_max_wire - 1 - varint_bytes_max;

/// Nesting of objects and arrays in a handshake or error document. Deeper ones are refused, which bounds the
/// stack that reading and destroying them takes.
inline constexpr std::size_t json_depth_max = 32;

/// RFC 6455, section 5.2: the longest header of a frame that is not masked.
inline constexpr std::size_t websocket_header_bytes_max = 10;

/// RFC 6455, section 5.5: the payload of a ping, pong or close.
inline constexpr std::size_t websocket_control_bytes_max = 125;

}  // namespace nano::protocol
