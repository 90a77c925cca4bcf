// Internal header. What the lines of a request's head say (RFC 9112, sections 3, 5 and 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nano/http/message.h"

namespace nano {

/// Why a request is not taken: a status, and words for whoever wrote the client. The words are literals.
struct HttpRefusal {
  int status;
  std::string_view why;
};

/// How a request goes on after its head.
struct HttpBodyFraming {
  bool is_chunked = false;
  std::uint64_t bytes = 0;        ///< of a body that is not chunked
  bool expects_continue = false;  ///< the client waits for "100 Continue" before it sends the body
};

/// Reads a head line by line. Each call says why the request is refused, if it is; then no other follows.
class HttpRequestHead {
 public:
  /// The line without its end. 400 for what is not "METHOD target HTTP/1.x", 505 for other versions.
  std::optional<HttpRefusal> read_request_line(std::string_view line);

  /// All field lines, each with its end, and each such that is_field_line(). Demands what makes the request
  /// mean the same to every server: one valid Host, at most one length, no length beside a coding. 417 for
  /// expectations that are unknown, 501 for codings that are.
  std::optional<HttpRefusal> read_fields(std::string_view lines);

  /// The request without its body, and what tells the body's end; once, after all was read.
  HttpRequest& request() { return request_; }
  const HttpBodyFraming& framing() const { return framing_; }

 private:
  /// What of the fields decides about the message itself. Those that are sent twice are errors, and empty
  /// ones too.
  struct Control {
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    int expectations = 0;
    std::string_view host;
    std::string_view length;
    std::string_view coding;
    std::string_view expectation;

    void note(std::string_view name, std::string_view value);
  };

  std::optional<HttpRefusal> check_host(const Control& control);
  std::optional<HttpRefusal> read_framing(const Control& control);
  bool is_http_1_0() const { return request_.version == "HTTP/1.0"; }

  HttpRequest request_;
  std::string authority_;  // of a target in absolute form
  HttpBodyFraming framing_;
};

/// Whether a line is "name: value", with no space before the colon and not folded.
bool is_field_line(std::string_view line);

}  // namespace nano
