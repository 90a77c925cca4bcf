// Internal header. What both ends of a link put into their messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "cluster/link/link.pb.h"
#include "nano/base/result.h"
#include "protocol/bytes.h"
#include "protocol/handshake.h"

namespace nano::cluster {

inline void set_content(wire::LinkMessage& message, std::string_view route, protocol::ByteView payload) {
  message.set_route(route.data(), route.size());
  message.set_payload(payload.data(), payload.size());
}

inline void fill_answer(wire::LinkMessage& message, std::uint64_t id, protocol::ByteView payload,
                        bool is_error) {
  message.set_id(id);
  message.set_payload(payload.data(), payload.size());
  message.set_is_error(is_error);
}

/// What every message of a kind that can fail is refused with when `link` has no room for it.
template <class Link>
void require_room(const Link& link, std::size_t bytes) {
  if (!link.has_room(bytes)) throw std::length_error("Too much waits for the other node already.");
}

/// An answer to the other end. One that does not fit any more is replaced by an error, so that whoever waits
/// hears of it.
template <class Link>
void add_answer(Link& link, std::uint64_t id, protocol::ByteView payload, bool is_error) {
  if (link.has_room(payload.size())) {
    return fill_answer(link.add(wire::LinkMessage::ANSWER, payload.size()), id, payload, is_error);
  }
  const std::string document = protocol::encode_error(
      to_string(Errc::unavailable), "The answer was lost: too much waits for the node that asked.");
  fill_answer(link.add(wire::LinkMessage::ANSWER, document.size()), id, protocol::as_bytes(document), true);
}

/// `value` is null where it was removed.
inline void add_shared(wire::LinkMessage& message, std::string_view name, const std::string* value) {
  wire::SharedValue& shared = *message.add_shared();
  shared.set_name(name.data(), name.size());
  if (value) shared.set_value(*value);
}

inline std::size_t shared_size(std::string_view name, const std::string* value) {
  return name.size() + (value ? value->size() : 0);
}

inline std::optional<std::string> value_of(const wire::SharedValue& shared) {
  return shared.has_value() ? std::optional{shared.value()} : std::nullopt;
}

}  // namespace nano::cluster
