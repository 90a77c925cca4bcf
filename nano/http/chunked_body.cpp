#include "nano/http/chunked_body.h"

#include <algorithm>
#include <charconv>

#include "nano/base/limits.h"
#include "nano/http/grammar.h"

namespace nano {

namespace {

constexpr std::string_view line_end = "\r\n";

/// What follows a size: nothing, or extensions, before which there may be spaces.
bool is_extensions(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return text.empty() || (begin != text.npos && text[begin] == ';');
}

}  // namespace

HttpChunkedBody::Status HttpChunkedBody::consume(std::span<const std::uint8_t>& input, std::string& body) {
  Status status = Status::incomplete;
  while (status == Status::incomplete && !input.empty()) {
    switch (stage_) {
      case Stage::size:
      case Stage::trailer: status = consume_line(input, body); break;
      case Stage::data: status = consume_data(input, body); break;
      case Stage::data_end: status = consume_data_end(input); break;
    }
  }
  return status;
}

HttpChunkedBody::Status HttpChunkedBody::consume_line(std::span<const std::uint8_t>& input,
                                                      std::string& body) {
  switch (lines_.consume(input, extra_bytes_left_ + limits::http_chunk_size_digits + line_end.size())) {
    case HttpLineBuffer::Status::incomplete: return Status::incomplete;
    case HttpLineBuffer::Status::malformed: return refuse(400, "control character in a chunked body");
    case HttpLineBuffer::Status::too_long: return refuse(431, "chunk extensions or trailers are too large");
    case HttpLineBuffer::Status::line: break;
  }
  const std::string_view line = lines_.line();
  const Status status = stage_ == Stage::size ? finish_size(line, body.size()) : finish_trailer(line);
  lines_.drop();
  return status;
}

HttpChunkedBody::Status HttpChunkedBody::finish_size(std::string_view line, std::size_t body_bytes) {
  const auto* const end =
      std::find_if_not(line.begin(), line.end(), [](char c) { return hex_digit(c) >= 0; });
  const std::string_view digits = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  if (digits.empty() || !is_extensions(line.substr(digits.size())))
    return refuse(400, "malformed chunk size");
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  const std::size_t significant = digits.size() - zeros;
  if (!take_extra(line.size() - std::max<std::size_t>(significant, 1))) {
    return refuse(431, "chunk extensions or trailers are too large");
  }
  std::uint64_t size = 0;
  std::from_chars(digits.data() + zeros, digits.data() + digits.size(), size, 16);
  if (significant > limits::http_chunk_size_digits || size > body_bytes_max_ - body_bytes) {
    return refuse(413, "request body is too large");
  }
  chunk_left_ = size;
  stage_ = size == 0 ? Stage::trailer : Stage::data;
  return Status::incomplete;
}

HttpChunkedBody::Status HttpChunkedBody::finish_trailer(std::string_view line) {
  if (line.empty()) return Status::complete;
  if (!is_field_line(line)) return refuse(400, "malformed trailer line");
  if (!take_extra(line.size() + line_end.size())) {
    return refuse(431, "chunk extensions or trailers are too large");
  }
  return Status::incomplete;
}

HttpChunkedBody::Status HttpChunkedBody::consume_data(std::span<const std::uint8_t>& input,
                                                      std::string& body) {
  const std::size_t bytes = std::min(chunk_left_, input.size());
  body.append(reinterpret_cast<const char*>(input.data()), bytes);
  input = input.subspan(bytes);
  chunk_left_ -= bytes;
  if (chunk_left_ == 0) stage_ = Stage::data_end;
  return Status::incomplete;
}

HttpChunkedBody::Status HttpChunkedBody::consume_data_end(std::span<const std::uint8_t>& input) {
  const char c = static_cast<char>(input.front());
  input = input.subspan(1);
  if (c != (after_return_ ? '\n' : '\r')) return refuse(400, "chunk is longer than its size");
  after_return_ = !after_return_;
  if (c == '\n') stage_ = Stage::size;
  return Status::incomplete;
}

bool HttpChunkedBody::take_extra(std::size_t bytes) {
  if (bytes > extra_bytes_left_) return false;
  extra_bytes_left_ -= bytes;
  return true;
}

HttpChunkedBody::Status HttpChunkedBody::refuse(int status, std::string_view why) {
  refusal_ = {status, why};
  return Status::refused;
}

}  // namespace nano
