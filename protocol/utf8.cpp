#include "protocol/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "protocol/surrogates.h"

namespace nano::protocol {

namespace {

struct Sequence {
  std::size_t bytes;        // 0: no sequence begins so
  std::uint8_t second_min;  // the second byte's range excludes overlong forms, surrogates
  std::uint8_t second_max;  // and values over U+10FFFF (RFC 3629, section 4)
};

Sequence sequence_of(std::uint8_t first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xc2) return {0, 0, 0};
  if (first < 0xe0) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first < 0xf0) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first < 0xf4) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::size_t utf8_sequence_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const Sequence sequence = sequence_of(byte(0));
  if (sequence.bytes > text.size()) return 0;
  if (sequence.bytes >= 2 && (byte(1) < sequence.second_min || byte(1) > sequence.second_max)) return 0;
  for (std::size_t i = 2; i < sequence.bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return sequence.bytes;
}

namespace {

template <class Word>
Word load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace

// Most texts, as routes, are ASCII: they are looked at a word at a time, the last word overlapping the one
// before.
bool is_ascii(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::uint64_t seen = 0;
  if (text.size() >= 8) {
    const char* at = text.data();
    for (; end - at >= 32; at += 32) {
      seen |= load<std::uint64_t>(at) | load<std::uint64_t>(at + 8);
      seen |= load<std::uint64_t>(at + 16) | load<std::uint64_t>(at + 24);
    }
    for (; end - at >= 8; at += 8) seen |= load<std::uint64_t>(at);
    seen |= load<std::uint64_t>(end - 8);
  } else if (text.size() >= 4) {
    seen = load<std::uint32_t>(text.data()) | load<std::uint32_t>(end - 4);
  } else {
    for (const char c : text) seen |= static_cast<std::uint8_t>(c);
  }
  return (seen & 0x8080808080808080) == 0;
}

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    const std::size_t bytes = utf8_sequence_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  if (is_utf8(text)) return std::string(text);
  const std::string joined = join_surrogates(text);
  text = joined;
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = utf8_sequence_bytes(text);
    if (bytes == 0) {
      valid += replacement;
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, bytes);
      text.remove_prefix(bytes);
    }
  }
  return valid;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (text[bytes_max] & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace nano::protocol
