#include "nano/http/line_buffer.h"

#include <algorithm>

#include "nano/http/grammar.h"

namespace nano {

HttpLineBuffer::Status HttpLineBuffer::consume(std::span<const std::uint8_t>& input, std::size_t bytes_max) {
  const std::size_t room = bytes_max - std::min(bytes_max, bytes_.size());
  const std::string_view all{reinterpret_cast<const char*>(input.data()), std::min(input.size(), room)};
  const std::size_t end = all.find('\n');
  const bool ends = end != all.npos;
  const std::string_view piece = ends ? all.substr(0, end + 1) : all;
  const std::size_t good = good_bytes(piece);
  bytes_.append(piece.substr(0, good));
  input = input.subspan(good);
  if (good < piece.size()) return Status::malformed;
  if (ends) return Status::line;
  return input.empty() ? Status::incomplete : Status::too_long;
}

std::size_t HttpLineBuffer::good_bytes(std::string_view piece) const {
  if (begun().ends_with('\r')) return piece.starts_with('\n') ? 1 : 0;
  const auto odd = std::find_if_not(piece.begin(), piece.end(),
                                    [](char c) { return is_http_text(static_cast<unsigned char>(c)); });
  const std::string_view rest = piece.substr(static_cast<std::size_t>(odd - piece.begin()));
  return rest == "\r\n" || rest == "\r" ? piece.size() : piece.size() - rest.size();
}

std::string_view HttpLineBuffer::line() const {
  std::string_view line = begun();
  line.remove_suffix(2);
  return line;
}

void HttpLineBuffer::drop() {
  bytes_.clear();
  line_begin_ = 0;
}

}  // namespace nano
