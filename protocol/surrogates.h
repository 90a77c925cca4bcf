// Internal header. Surrogates: halves of a character, which UTF-16 has and UTF-8 has not.
//
// Many clients encode their UTF-16 text half by half. A character beyond U+FFFF is then two sequences of
// three bytes (CESU-8) or two escapes of JSON, and a text that was cut within it ends in a lone half.
#pragma once

#include <string>
#include <string_view>

namespace nano::protocol {

/// The text with each pair of encoded halves made the character that it means, and each lone half U+FFFD. All
/// other bytes stay as they are, UTF-8 or not.
std::string join_surrogates(std::string_view text);

/// The same of JSON text, where each half may as well be an escape: `\ud83d`.
std::string join_json_surrogates(std::string_view json);

}  // namespace nano::protocol
