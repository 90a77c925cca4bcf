// Internal header. What is made of the names and messages that players type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tadpole {

/// `text` in a form that is fit to be shown to others, in one line: control characters, characters that turn
/// the direction of the text around and blank letters are dropped, joiners stay only between two letters (as
/// in some scripts and emoji), accents beyond two on one letter go, any white space becomes one space, none
/// at either end. What is beyond `characters_max` (code points) is cut off. Empty when nothing visible is
/// left. Bytes that are not UTF-8 are dropped.
std::string cleaned(std::string_view text, std::size_t characters_max);

}  // namespace tadpole
