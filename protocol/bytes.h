// Public header. The form in which the codecs take and give bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace nano::protocol {

/// Bytes that belong to somebody else; each function says how long they must stay.
using ByteView = std::span<const std::uint8_t>;

/// Bytes of one's own.
using Bytes = std::vector<std::uint8_t>;

/// The bytes of a text, not copied.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The bytes taken as text, not copied and not checked to be UTF-8.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace nano::protocol
