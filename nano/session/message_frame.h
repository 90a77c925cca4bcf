// Internal header. From messages and packets to frames.
#pragma once

#include <cstddef>
#include <string_view>

#include "nano/base/frame.h"
#include "protocol/message.h"
#include "protocol/packet.h"

namespace nano {

/// Returns how many bytes the message has, encoded. Throws std::length_error for a route over 255 bytes or a
/// message over 2^24-1 bytes, the wire's limits.
std::size_t require_encodable(const protocol::Message& message);

/// A message in its packet. `latest_key`: see Frame. Throws as require_encodable().
Frame make_frame(const protocol::Message& message, std::string_view latest_key = {});
/// A packet. Throws std::length_error for a body over 2^24-1 bytes.
Frame make_frame(protocol::PacketType type, protocol::ByteView body);

}  // namespace nano
