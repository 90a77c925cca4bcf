#include "nano/http/range.h"

#include <algorithm>
#include <charconv>

namespace nano {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<ByteRange> parse_byte_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return std::nullopt;
  header.remove_prefix(unit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view first_text = header.substr(0, dash);
  const std::string_view last_text = header.substr(dash + 1);
  if (first_text.empty()) {  // so many bytes at the end
    const std::optional<std::uint64_t> count = parse_number(last_text);
    if (!count) return std::nullopt;
    const std::uint64_t bytes = std::min(*count, size);
    return ByteRange{size - bytes, bytes};
  }
  const std::optional<std::uint64_t> first = parse_number(first_text);
  const std::optional<std::uint64_t> last = last_text.empty() ? UINT64_MAX : parse_number(last_text);
  if (!first || !last || *last < *first) return std::nullopt;
  if (*first >= size) return ByteRange{*first, 0};
  return ByteRange{*first, std::min(*last, size - 1) - *first + 1};
}

}  // namespace nano
