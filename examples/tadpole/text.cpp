#include "examples/tadpole/text.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "protocol/utf8.h"

namespace tadpole {
namespace {

/// What stands in the way of one's reading: a limit that no written language needs to pass.
constexpr int accents_in_a_row_max = 2;

struct Range {
  char32_t first;
  char32_t last;
};

bool is_in(char32_t character, std::initializer_list<Range> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

bool is_space(char32_t c) {
  return is_in(c, {{0x09, 0x0D},
                   {0x20, 0x20},
                   {0x85, 0x85},
                   {0xA0, 0xA0},
                   {0x1680, 0x1680},
                   {0x2000, 0x200A},
                   {0x2028, 0x2029},
                   {0x202F, 0x202F},
                   {0x205F, 0x205F},
                   {0x3000, 0x3000}});
}

bool is_joiner(char32_t c) { return c == 0x200C || c == 0x200D; }

/// Controls, marks and overrides of direction, zero widths, tags, and letters that show nothing.
bool is_dropped(char32_t c) {
  return is_in(c, {{0x00, 0x1F},
                   {0x7F, 0x9F},
                   {0xAD, 0xAD},
                   {0x034F, 0x034F},
                   {0x061C, 0x061C},
                   {0x115F, 0x1160},
                   {0x17B4, 0x17B5},
                   {0x180B, 0x180F},
                   {0x200B, 0x200F},
                   {0x202A, 0x202E},
                   {0x2060, 0x206F},
                   {0x2800, 0x2800},
                   {0x3164, 0x3164},
                   {0xFE00, 0xFE0E},
                   {0xFEFF, 0xFEFF},
                   {0xFFA0, 0xFFA0},
                   {0xFFF0, 0xFFFF},  // among them U+FFFD, which stands for bytes that were not UTF-8
                   {0xE0000, 0xE0FFF}});
}

/// Marks that are drawn over or under the letter before them, and U+FE0F, which makes it colourful.
bool is_accent(char32_t c) {
  return is_in(c, {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05C7}, {0x0610, 0x061A},
                   {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4}, {0x06E7, 0x06ED},
                   {0x0711, 0x0711}, {0x0730, 0x074A}, {0x07A6, 0x07B0}, {0x07EB, 0x07F3}, {0x0816, 0x082D},
                   {0x0859, 0x085B}, {0x0898, 0x089F}, {0x08CA, 0x08FF}, {0x0951, 0x0954}, {0x0E31, 0x0E31},
                   {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0EB1, 0x0EBC}, {0x0EC8, 0x0ECE}, {0x0F18, 0x0F19},
                   {0x0F35, 0x0F39}, {0x0F71, 0x0F87}, {0x0F8D, 0x0FBC}, {0x135D, 0x135F}, {0x1A75, 0x1A7F},
                   {0x1AB0, 0x1AFF}, {0x1CD0, 0x1CFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302F},
                   {0x3099, 0x309A}, {0xA66F, 0xA67D}, {0xA8E0, 0xA8F1}, {0xFE0F, 0xFE0F}, {0xFE20, 0xFE2F}});
}

/// Takes the first character off `text`, which is UTF-8: its code point, and its bytes into `bytes`.
char32_t take_character(std::string_view& text, std::string_view& bytes) {
  const auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t length = byte_at(0) < 0x80 ? 1 : byte_at(0) < 0xE0 ? 2 : byte_at(0) < 0xF0 ? 3 : 4;
  char32_t character = length == 1 ? byte_at(0) : byte_at(0) & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) character = character << 6 | (byte_at(i) & 0x3F);
  bytes = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

}  // namespace

std::string cleaned(std::string_view raw, std::size_t characters_max) {
  const std::string utf8 = nano::protocol::replace_invalid_utf8(raw);
  std::string_view text = utf8;
  std::string out;
  std::string_view between;  // a space or joiner, which needs a letter on both sides
  std::string_view bytes;
  std::size_t characters = 0;
  int accents = 0;
  while (!text.empty()) {
    const char32_t character = take_character(text, bytes);
    if (is_space(character)) {
      between = " ";
    } else if (is_joiner(character)) {
      if (between.empty()) between = bytes;
    } else if (!is_dropped(character)) {
      accents = is_accent(character) ? accents + 1 : 0;
      if (accents > accents_in_a_row_max || (accents > 0 && (out.empty() || !between.empty()))) continue;
      if (out.empty()) between = {};
      characters += between.empty() ? 1 : 2;
      if (characters > characters_max) break;
      out.append(between).append(bytes);
      between = {};
    }
  }
  return out;
}

}  // namespace tadpole
