// Internal header. What both ends of a link put into their messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cluster/link/link.pb.h"
#include "protocol/bytes.h"

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

inline void add_shared(wire::LinkMessage& message, std::string_view name, const std::string& value) {
  wire::SharedValue& shared = *message.add_shared();
  shared.set_name(name.data(), name.size());
  shared.set_value(value);
}

}  // namespace nano::cluster
