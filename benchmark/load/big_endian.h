// Internal header. Numbers of 8 bytes, big-endian, as sequence numbers stand in payloads.
#pragma once

#include <cstdint>

namespace nano::benchmark {

inline void write_big_endian(std::uint8_t* out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * (7 - i)));
}

inline std::uint64_t read_big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace nano::benchmark
