// Internal header. What people type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cluster_chat {

/// Without white space at the ends.
std::string trimmed(const std::string& text);

/// Characters, not bytes: the continuation bytes of UTF-8 don't count.
std::size_t count_characters(std::string_view text);

}  // namespace cluster_chat
