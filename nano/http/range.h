// Internal header. The Range header of HTTP (RFC 9110, section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nano {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;  ///< 0: the range begins behind the end, and cannot be satisfied
};

/// The part of `size` bytes that a Range header names. Nothing if it names none, several, or is not valid:
/// then the whole is sent.
std::optional<ByteRange> parse_byte_range(std::string_view header, std::uint64_t size);

}  // namespace nano
