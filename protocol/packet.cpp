#include "protocol/packet.h"

#include <algorithm>

namespace nano::protocol {

namespace {

bool is_packet_type(std::uint8_t value) {
  return value >= static_cast<std::uint8_t>(PacketType::handshake) &&
         value <= static_cast<std::uint8_t>(PacketType::kick);
}

}  // namespace

// Each connection holds one.
static_assert(sizeof(PacketDecoder) <= 40);

std::string_view to_string(PacketType type) {
  switch (type) {
    case PacketType::handshake: return "handshake";
    case PacketType::handshake_ack: return "handshake-ack";
    case PacketType::heartbeat: return "heartbeat";
    case PacketType::data: return "data";
    case PacketType::kick: return "kick";
  }
  return "unknown";
}

std::string_view to_string(PacketError error) {
  switch (error) {
    case PacketError::none: return "no error";
    case PacketError::unknown_type: return "unknown packet type";
    case PacketError::body_too_large: return "packet body too large";
  }
  return "unknown";
}

void write_packet_header(std::uint8_t* out, PacketType type, std::size_t body_bytes) {
  NANO_ASSERT(body_bytes <= packet_body_bytes_max_wire, "a packet is larger than the wire format can say");
  out[0] = static_cast<std::uint8_t>(type);
  out[1] = static_cast<std::uint8_t>(body_bytes >> 16);
  out[2] = static_cast<std::uint8_t>(body_bytes >> 8);
  out[3] = static_cast<std::uint8_t>(body_bytes);
}

Bytes encode_packet(PacketType type, ByteView body) {
  Bytes packet(packet_header_bytes + body.size());
  write_packet_header(packet.data(), type, body.size());
  std::copy(body.begin(), body.end(), packet.begin() + packet_header_bytes);
  return packet;
}

PacketDecoder::Scan PacketDecoder::scan(ByteView input) const {
  std::size_t offset = 0;
  while (offset < input.size()) {
    if (!is_packet_type(input[offset])) return {offset, PacketError::unknown_type};
    const std::size_t bytes_left = input.size() - offset;
    if (bytes_left < packet_header_bytes) break;
    const std::size_t body_bytes = read_body_bytes(&input[offset]);
    if (body_bytes > body_bytes_max_) return {offset, PacketError::body_too_large};
    if (bytes_left - packet_header_bytes < body_bytes) break;
    offset += packet_header_bytes + body_bytes;
  }
  return {offset, PacketError::none};
}

// Takes from the front of `input` what belongs to the held packet; says whether that packet is whole now.
bool PacketDecoder::complete_held_packet(ByteView& input) {
  if (held_bytes_ < packet_header_bytes) {
    append(input, packet_header_bytes);
    if (held_bytes_ < packet_header_bytes) return false;
    if (read_body_bytes(held_.get()) > body_bytes_max_) {
      error_ = PacketError::body_too_large;
      release();
      return false;
    }
  }
  const std::size_t packet_bytes = packet_header_bytes + read_body_bytes(held_.get());
  append(input, packet_bytes);
  return held_bytes_ == packet_bytes;
}

// Moves bytes from the front of `input` to the held packet, until that has `packet_bytes`.
void PacketDecoder::append(ByteView& input, std::size_t packet_bytes) {
  const std::size_t added_bytes = std::min(input.size(), packet_bytes - held_bytes_);
  const std::size_t needed_bytes = held_bytes_ + added_bytes;
  if (needed_bytes > held_capacity_) {
    // Doubling keeps the copying linear when the bytes trickle in.
    const std::size_t capacity =
        std::min(packet_bytes, std::max(needed_bytes, std::size_t{held_capacity_} * 2));
    auto grown = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    std::copy_n(held_.get(), held_bytes_, grown.get());
    held_ = std::move(grown);
    held_capacity_ = static_cast<std::uint32_t>(capacity);
  }
  std::copy_n(input.data(), added_bytes, held_.get() + held_bytes_);
  held_bytes_ = static_cast<std::uint32_t>(needed_bytes);
  input = input.subspan(added_bytes);
}

// Keeps the beginning of a packet that `scan` found good so far.
void PacketDecoder::hold(ByteView input) {
  if (input.empty()) return;
  const bool header_is_whole = input.size() >= packet_header_bytes;
  append(input, packet_header_bytes + (header_is_whole ? read_body_bytes(input.data()) : 0));
}

std::unique_ptr<std::uint8_t[]> PacketDecoder::release() {
  held_bytes_ = 0;
  held_capacity_ = 0;
  return std::move(held_);
}

}  // namespace nano::protocol
