// Internal header. Is a text UTF-8 (RFC 3629), and what to make of one that is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nano::protocol {

bool is_ascii(std::string_view text);

/// Overlong forms, surrogates and values over U+10FFFF are not UTF-8.
bool is_utf8(std::string_view text);

/// The length of the character that `text`, which is not empty, begins with. 0: none does.
std::size_t utf8_sequence_bytes(std::string_view text);

/// The text with its surrogates joined (surrogates.h), and each other byte that is not part of a valid
/// sequence replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

/// The front of `text`, at most `bytes_max` bytes, without a character cut in two.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace nano::protocol
