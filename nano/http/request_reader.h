// Internal header. Reads HTTP/1 requests from a byte stream that arrives in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/limits.h"
#include "nano/http/message.h"

namespace nano {

/// Bytes in, requests out, one after the other. However the stream is split, the outcome is the same. Never
/// throws on what a client sends. Used by one thread at a time.
class HttpRequestReader {
 public:
  struct Limits {
    std::size_t head_bytes = limits::http_head_bytes;  ///< request line and headers; once more for what
                                                       ///< stands between and behind the chunks of a body
    std::size_t body_bytes = limits::http_body_bytes;  ///< decoded
  };
  enum class Status {
    incomplete,  ///< all input taken, the request goes on
    complete,    ///< take_request() now; what follows the request is left in the input
    refused,     ///< send refusal() and close; further input is ignored
  };

  HttpRequestReader();
  explicit HttpRequestReader(Limits limits);
  ~HttpRequestReader();
  HttpRequestReader(HttpRequestReader&&) noexcept;
  HttpRequestReader& operator=(HttpRequestReader&&) noexcept;

  /// Takes bytes from the front of `input` until a request is complete, and leaves the rest there: the next
  /// request (pipelining), or the first WebSocket frames after an upgrade. Empty lines before a request are
  /// skipped, and count as its head's. Bodies come with a length or in chunks.
  ///
  /// Refuses with 400 what is not HTTP or not valid, and all that two servers might read differently; 413
  /// bodies, 414 targets and 431 headers that are over the limits; 417 other expectations than 100-continue;
  /// 501 other transfer codings than chunked; 505 other versions than 1.0 and 1.1.
  Status consume(std::span<const std::uint8_t>& input);

  /// Whether the client waits for a word before it sends the body whose head was read ("Expect:
  /// 100-continue"). Once for each request.
  bool take_expectation() { return std::exchange(expects_continue_, false); }

  /// The request, once after `complete`. The reader is then ready for the next one.
  HttpRequest take_request();

  /// The answer after `refused`.
  HttpResponse refusal() const;
  /// Whether what was refused is a HEAD request, whose answer has no body.
  bool refused_head() const { return refused_head_; }

 private:
  struct Parsing;

  void consume_line(std::span<const std::uint8_t>& input);
  void consume_body(std::span<const std::uint8_t>& input);
  void consume_chunks(std::span<const std::uint8_t>& input);
  void finish_line();
  void finish_head();
  void refuse(int status, std::string_view why);

  Limits limits_;
  Status status_ = Status::incomplete;
  bool expects_continue_ = false;
  bool refused_head_ = false;
  int refusal_status_ = 0;
  std::string_view refusal_reason_;   // a literal
  std::unique_ptr<Parsing> parsing_;  // only while a request is being read
};

}  // namespace nano
