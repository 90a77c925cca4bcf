#include "protocol/message.h"

#include <algorithm>

#include "protocol/assert.h"

namespace nano::protocol {

namespace {

constexpr std::uint8_t flag_compressed_route = 0x01;
constexpr int flag_type_shift = 1;
constexpr std::uint8_t flag_type_mask = 0x07;
constexpr std::uint8_t flag_deflated_payload = 0x10;
constexpr std::uint8_t flag_error = 0x20;
constexpr std::size_t route_code_bytes = 2;

bool has_id(MessageType type) { return type == MessageType::request || type == MessageType::response; }

bool has_route(MessageType type) { return type != MessageType::response; }

// Each reader takes what it reads from the front of `rest`.

MessageError read_id(ByteView& rest, std::uint64_t& id) {
  std::uint64_t value = 0;
  const std::size_t bytes_max = std::min(rest.size(), varint_bytes_max);
  for (std::size_t i = 0; i < bytes_max; ++i) {
    const std::uint64_t byte = rest[i];
    if (i == varint_bytes_max - 1 && byte > 1) {
      return MessageError::id_too_long;  // nine groups of seven bits leave room for one bit
    }
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      id = value;
      rest = rest.subspan(i + 1);
      return MessageError::none;
    }
  }
  return MessageError::truncated;
}

MessageError read_compressed_route(ByteView& rest, const RouteDictionary* dictionary, Message& out) {
  if (rest.size() < route_code_bytes) return MessageError::truncated;
  const auto code = static_cast<std::uint16_t>(rest[0] << 8 | rest[1]);
  rest = rest.subspan(route_code_bytes);
  out.route_code = code;
  const std::optional<std::string_view> route = dictionary ? dictionary->find_route(code) : std::nullopt;
  if (!route) return MessageError::unknown_route_code;
  out.route = *route;
  return MessageError::none;
}

MessageError read_plain_route(ByteView& rest, Message& out) {
  if (rest.empty() || rest.size() - 1 < rest[0]) return MessageError::truncated;
  const std::size_t route_bytes = rest[0];
  out.route = as_text(rest.subspan(1, route_bytes));
  rest = rest.subspan(1 + route_bytes);
  return MessageError::none;
}

std::size_t varint_bytes(std::uint64_t value) {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

std::uint8_t* write_varint(std::uint8_t* out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<std::uint8_t>(value | 0x80);
  *out++ = static_cast<std::uint8_t>(value);
  return out;
}

std::uint8_t flags_of(const Message& message) {
  auto flags = static_cast<std::uint8_t>(static_cast<std::uint8_t>(message.type) << flag_type_shift);
  if (has_route(message.type) && message.route_code) flags |= flag_compressed_route;
  if (message.payload_deflated) flags |= flag_deflated_payload;
  if (message.is_error) flags |= flag_error;
  return flags;
}

std::uint8_t* write_route(std::uint8_t* out, const Message& message) {
  if (message.route_code) {
    *out++ = static_cast<std::uint8_t>(*message.route_code >> 8);
    *out++ = static_cast<std::uint8_t>(*message.route_code);
    return out;
  }
  NANO_ASSERT(message.route.size() <= route_bytes_max, "a route is longer than the wire format can say");
  *out++ = static_cast<std::uint8_t>(message.route.size());
  return std::copy(message.route.begin(), message.route.end(), out);
}

}  // namespace

std::string_view to_string(MessageType type) {
  switch (type) {
    case MessageType::request: return "request";
    case MessageType::notify: return "notify";
    case MessageType::response: return "response";
    case MessageType::push: return "push";
  }
  return "unknown";
}

std::string_view to_string(MessageError error) {
  switch (error) {
    case MessageError::none: return "no error";
    case MessageError::empty: return "empty message";
    case MessageError::unknown_type: return "unknown message type";
    case MessageError::id_too_long: return "message id over 64 bits";
    case MessageError::truncated: return "message cut short";
    case MessageError::unknown_route_code: return "unknown route code";
  }
  return "unknown";
}

MessageError decode_message(ByteView body, const RouteDictionary* dictionary, Message& out) {
  out = Message{};
  if (body.empty()) return MessageError::empty;
  const std::uint8_t flags = body[0];
  const std::uint8_t type = flags >> flag_type_shift & flag_type_mask;
  if (type > static_cast<std::uint8_t>(MessageType::push)) return MessageError::unknown_type;
  out.type = static_cast<MessageType>(type);
  out.payload_deflated = (flags & flag_deflated_payload) != 0;
  out.is_error = out.type == MessageType::response && (flags & flag_error) != 0;

  ByteView rest = body.subspan(1);
  if (has_id(out.type)) {
    if (const MessageError error = read_id(rest, out.id); error != MessageError::none) return error;
  }
  MessageError error = MessageError::none;
  if (has_route(out.type)) {
    error = (flags & flag_compressed_route) != 0 ? read_compressed_route(rest, dictionary, out)
                                                 : read_plain_route(rest, out);
  }
  if (error == MessageError::none || error == MessageError::unknown_route_code) out.payload = rest;
  return error;
}

std::size_t encoded_size(const Message& message) {
  std::size_t bytes = 1 + message.payload.size();
  if (has_id(message.type)) bytes += varint_bytes(message.id);
  if (has_route(message.type)) bytes += message.route_code ? route_code_bytes : 1 + message.route.size();
  return bytes;
}

void encode_message(const Message& message, std::uint8_t* out) {
  *out++ = flags_of(message);
  if (has_id(message.type)) out = write_varint(out, message.id);
  if (has_route(message.type)) out = write_route(out, message);
  std::copy(message.payload.begin(), message.payload.end(), out);
}

Bytes encode_message(const Message& message) {
  Bytes body(encoded_size(message));
  encode_message(message, body.data());
  return body;
}

}  // namespace nano::protocol
