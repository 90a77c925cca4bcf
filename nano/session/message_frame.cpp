#include "nano/session/message_frame.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include "protocol/limits.h"

namespace nano {
namespace {

void require_packet_body(std::size_t bytes) {
  if (bytes <= protocol::packet_body_bytes_max_wire) return;
  throw std::length_error("A message has " + std::to_string(bytes) +
                          " bytes; the wire format allows at most 16777215.");
}

}  // namespace

std::size_t require_encodable(const protocol::Message& message) {
  if (message.route.size() > protocol::route_bytes_max) {
    throw std::length_error("The route \"" + std::string{message.route.substr(0, 40)} +
                            "...\" has more than 255 bytes; the wire format allows no more.");
  }
  const std::size_t bytes = protocol::encoded_size(message);
  require_packet_body(bytes);
  return bytes;
}

Frame make_frame(protocol::PacketType type, protocol::ByteView body) {
  require_packet_body(body.size());
  Frame frame = Frame::allocate(protocol::packet_header_bytes + body.size());
  protocol::write_packet_header(frame.writable(), type, body.size());
  if (!body.empty()) std::memcpy(frame.writable() + protocol::packet_header_bytes, body.data(), body.size());
  return frame;
}

Frame make_frame(const protocol::Message& message, std::string_view latest_key) {
  const std::size_t body_bytes = require_encodable(message);
  Frame frame = Frame::allocate(protocol::packet_header_bytes + body_bytes, latest_key);
  protocol::write_packet_header(frame.writable(), protocol::PacketType::data, body_bytes);
  protocol::encode_message(message, frame.writable() + protocol::packet_header_bytes);
  return frame;
}

}  // namespace nano
