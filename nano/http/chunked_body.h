// Internal header. HttpChunkedBody: reads a body in chunks (RFC 9112, section 7.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "nano/http/line_buffer.h"
#include "nano/http/request_head.h"

namespace nano {

/// Bytes in, the decoded body out. Extensions of chunks and trailer fields are checked and forgotten. However
/// the stream is split, the outcome is the same, and the time is linear in what is sent.
class HttpChunkedBody {
 public:
  enum class Status { incomplete, complete, refused };

  /// `extra_bytes_max` bounds extensions, trailer fields and leading zeros of sizes, all together.
  HttpChunkedBody(std::size_t body_bytes_max, std::size_t extra_bytes_max)
      : body_bytes_max_(body_bytes_max), extra_bytes_left_(extra_bytes_max) {}

  /// Takes bytes from the front of `input` and appends to `body` what they decode to, until the body is
  /// complete; what follows it is left. After `complete` and `refused` it is not called again.
  Status consume(std::span<const std::uint8_t>& input, std::string& body);

  /// After `refused`: 400 for what is not chunked, 413 and 431 what is over the limits.
  const HttpRefusal& refusal() const { return refusal_; }

 private:
  enum class Stage { size, data, data_end, trailer };

  Status consume_line(std::span<const std::uint8_t>& input, std::string& body);
  Status consume_data(std::span<const std::uint8_t>& input, std::string& body);
  Status consume_data_end(std::span<const std::uint8_t>& input);
  Status finish_size(std::string_view line, std::size_t body_bytes);
  Status finish_trailer(std::string_view line);
  Status refuse(int status, std::string_view why);
  /// Whether so many more bytes of what is forgotten may come.
  bool take_extra(std::size_t bytes);

  const std::size_t body_bytes_max_;
  std::size_t extra_bytes_left_;
  Stage stage_ = Stage::size;
  std::size_t chunk_left_ = 0;
  bool after_return_ = false;  // behind a chunk's data
  HttpLineBuffer lines_;       // holds one at a time
  HttpRefusal refusal_{};
};

}  // namespace nano
