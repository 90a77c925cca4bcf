// Public header. Messages: the body of a data packet.
//
// One byte of flags, the id (requests and responses), the route (requests, notifies and pushes), the payload.
// The format is that of pomelo and Go Nano.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/bytes.h"
#include "protocol/limits.h"
#include "protocol/route_dictionary.h"

namespace nano::protocol {

enum class MessageType : std::uint8_t { request = 0, notify = 1, response = 2, push = 3 };

/// "request", "notify", ...
std::string_view to_string(MessageType type);

/// Owns nothing: after decoding, `route` points into the input, or into the dictionary if it was compressed,
/// and `payload` points into the input.
struct Message {
  MessageType type = MessageType::request;
  /// Of a request: the client's choice; of a response: that of its request. Otherwise 0, and not on the wire.
  std::uint64_t id = 0;
  /// Bytes as they came, not checked to be UTF-8. A response has none.
  std::string_view route = {};
  /// The route's code, if it is or shall be compressed on the wire. A response has none.
  std::optional<std::uint16_t> route_code = {};
  /// The payload is compressed with deflate (some clients of pomelo and Pitaya); the codec does not care.
  bool payload_deflated = false;
  /// The payload of this response is an error document (Pitaya's convention). Never set by decoding for
  /// another type.
  bool is_error = false;
  ByteView payload = {};
};

enum class MessageError : std::uint8_t {
  none,
  empty,               // not even flags
  unknown_type,        // types 4 to 7
  id_too_long,         // more than ten bytes or 64 bits
  truncated,           // ends within the id or the route
  unknown_route_code,  // well formed, but the route is not in the dictionary
};

/// A few words for a log line: "unknown route code".
std::string_view to_string(MessageError error);

/// Decodes the body of a data packet into `out`, without allocating. Flags with no meaning are ignored.
///
/// `dictionary` may be null: no route code is known then. After `unknown_route_code` all of `out` but the
/// route is valid, so that a request can be answered; after other errors, `out` has what preceded them.
MessageError decode_message(ByteView body, const RouteDictionary* dictionary, Message& out);

/// How many bytes `encode_message` writes.
std::size_t encoded_size(const Message& message);

/// Writes `encoded_size(message)` bytes to `out`, without allocating. If `route_code` is set, it is written
/// instead of the route. A route of more than `route_bytes_max` bytes is a mistake of the caller, who must
/// have checked it: the process stops.
///
/// With an empty payload this writes just what precedes a payload, for callers who write that themselves.
void encode_message(const Message& message, std::uint8_t* out);

/// The encoded message in a buffer of its own.
Bytes encode_message(const Message& message);

}  // namespace nano::protocol
