// Internal header. What people type, and what the nodes make of names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cluster_chat {

/// Without white space at the ends.
std::string trimmed(const std::string& text);

/// Characters, not bytes: the continuation bytes of UTF-8 don't count.
std::size_t count_characters(std::string_view text);

/// The same number for the same text on every machine and in every build.
std::uint64_t stable_hash(std::string_view text);

}  // namespace cluster_chat
