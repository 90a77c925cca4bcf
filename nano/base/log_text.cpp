#include "nano/base/log_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "nano/base/limits.h"
#include "protocol/utf8.h"

namespace nano::detail {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Control characters, of which a terminal obeys some; ends of lines; what changes the direction of writing;
/// and what has no width, so that two texts could look the same. Not the variation selectors FE00 to FE0F:
/// emoji end with them.
constexpr std::array<Range, 17> never_raw{{{0x00, 0x1f},
                                           {0x7f, 0x9f},
                                           {0xad, 0xad},
                                           {0x34f, 0x34f},
                                           {0x61c, 0x61c},
                                           {0x115f, 0x1160},
                                           {0x17b4, 0x17b5},
                                           {0x180b, 0x180f},
                                           {0x200b, 0x200f},
                                           {0x2028, 0x202e},
                                           {0x2060, 0x206f},
                                           {0x3164, 0x3164},
                                           {0xfeff, 0xfeff},
                                           {0xffa0, 0xffa0},
                                           {0xfff9, 0xfffb},
                                           {0xfffe, 0xffff},
                                           {0xe0000, 0xe0fff}}};

/// What programs that split lines at spaces may take for one.
constexpr std::array<Range, 7> spaces{{{0x20, 0x20},
                                       {0xa0, 0xa0},
                                       {0x1680, 0x1680},
                                       {0x2000, 0x200a},
                                       {0x202f, 0x202f},
                                       {0x205f, 0x205f},
                                       {0x3000, 0x3000}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const Range& range) { return code >= range.first && code <= range.last; });
}

struct Character {
  std::size_t bytes;
  char32_t code;
  bool valid;  // else one byte that is no UTF-8
};

Character front_of(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t bytes = protocol::utf8_sequence_bytes(text);
  if (bytes == 0) return {1, byte(0), false};
  if (bytes == 1) return {1, byte(0), true};
  char32_t code = byte(0) & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (byte(i) & 0x3fu);
  return {bytes, code, true};
}

bool is_plain(std::string_view text, bool spaces_allowed) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const Character next = front_of(text);
    if (!next.valid || is_in(never_raw, next.code)) return false;
    if (next.code == '"' || next.code == '\\' || next.code == '=') return false;
    if (is_in(spaces, next.code) && !(spaces_allowed && next.code == ' ')) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

void append_escape(std::string& line, const char* format, char32_t code) {
  std::array<char, 16> escape{};  // "\u{ffffffff}" at most
  std::snprintf(escape.data(), escape.size(), format, static_cast<unsigned>(code));
  line += escape.data();
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  while (!text.empty()) {
    const Character next = front_of(text);
    if (!next.valid || (next.code < 0x80 && is_in(never_raw, next.code))) {
      append_escape(line, "\\x%02x", next.code);
    } else if (is_in(never_raw, next.code)) {
      append_escape(line, "\\u{%x}", next.code);
    } else {
      if (next.code == '"' || next.code == '\\') line += '\\';
      line += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  line += '"';
}

void append_text(std::string& line, std::string_view text, bool spaces_allowed) {
  if (is_plain(text, spaces_allowed)) {
    line += text;
  } else {
    append_quoted(line, text);
  }
}

}  // namespace

void append_log_word(std::string& line, std::string_view text) { append_text(line, text, false); }

void append_log_event(std::string& line, std::string_view text) { append_text(line, text, true); }

std::string cut_for_log(std::string_view text) {
  if (text.size() <= limits::log_field_bytes) return std::string{text};
  return std::string{protocol::utf8_prefix(text, limits::log_field_bytes)} + "... (" +
         std::to_string(text.size()) + " bytes)";
}

}  // namespace nano::detail
