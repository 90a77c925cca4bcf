// Internal header. How events, keys and values are written in a log line, so that none can forge another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nano::detail {

/// A key or value. It stands as it is when it is a word: not empty, without spaces, quotes, backslashes and
/// equals signs. Else it is quoted. What a terminal obeys or a reader does not see, and what is no UTF-8, is
/// escaped: bytes as \x0a, characters as \u{202e}.
void append_log_word(std::string& line, std::string_view text);

/// The same of an event, in which spaces may stand.
void append_log_event(std::string& line, std::string_view text);

/// At most limits::log_field_bytes of the text; where it is longer, its length is said in the place of the
/// rest.
std::string cut_for_log(std::string_view text);

}  // namespace nano::detail
