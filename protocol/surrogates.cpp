#include "protocol/surrogates.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace nano::protocol {

namespace {

constexpr std::size_t escape_bytes = 6;  // \ud83d
constexpr std::size_t encoded_bytes = 3;

/// A surrogate at the front of a text.
struct Surrogate {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: there is none

  bool is_high() const { return bytes > 0 && value < 0xdc00; }
  bool is_low() const { return bytes > 0 && value >= 0xdc00; }
};

Surrogate encoded_surrogate(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (text.size() < encoded_bytes || byte(0) != 0xed || (byte(1) & 0xe0) != 0xa0 ||
      (byte(2) & 0xc0) != 0x80) {
    return {};
  }
  return {0xd000u | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu), encoded_bytes};
}

Surrogate escaped_surrogate(std::string_view json) {
  if (json.size() < escape_bytes || !json.starts_with("\\u")) return {};
  std::uint32_t value = 0;
  const char* end = json.data() + escape_bytes;
  if (std::from_chars(json.data() + 2, end, value, 16).ptr != end || value >> 11 != 0xd800 >> 11) return {};
  return {value, escape_bytes};
}

void append_character(std::string& out, Surrogate high, Surrogate low) {
  const std::uint32_t point = 0x10000 + ((high.value & 0x3ff) << 10) + (low.value & 0x3ff);
  out += static_cast<char>(0xf0 | point >> 18);
  out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
  out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
  out += static_cast<char>(0x80 | (point & 0x3f));
}

/// `surrogate(text)`: the one at the text's front. `plain_bytes(text)`: how many to take as they are.
template <class FindSurrogate, class PlainBytes>
std::string join(std::string_view text, FindSurrogate surrogate, PlainBytes plain_bytes) {
  std::string joined;
  joined.reserve(text.size());
  while (!text.empty()) {
    const Surrogate first = surrogate(text);
    if (first.bytes == 0) {
      const std::size_t plain = plain_bytes(text);
      joined += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    text.remove_prefix(first.bytes);
    const Surrogate second = text.empty() ? Surrogate{} : surrogate(text);
    if (first.is_high() && second.is_low()) {
      append_character(joined, first, second);
      text.remove_prefix(second.bytes);
    } else {
      joined += "\xef\xbf\xbd";
    }
  }
  return joined;
}

std::size_t bytes_before(std::string_view text, const char* stops) {
  const std::size_t stop = text.find_first_of(stops, 1);
  return stop == text.npos ? text.size() : stop;
}

}  // namespace

std::string join_surrogates(std::string_view text) {
  return join(text, encoded_surrogate, [](std::string_view rest) { return bytes_before(rest, "\xed"); });
}

std::string join_json_surrogates(std::string_view json) {
  const auto surrogate = [](std::string_view rest) {
    return rest[0] == '\\' ? escaped_surrogate(rest) : encoded_surrogate(rest);
  };
  const auto plain_bytes = [](std::string_view rest) {
    // What follows a backslash belongs to it: `\\ud83d` is a backslash and five letters.
    if (rest[0] == '\\') return std::min<std::size_t>(2, rest.size());
    return bytes_before(rest, "\\\xed");
  };
  return join(json, surrogate, plain_bytes);
}

}  // namespace nano::protocol
