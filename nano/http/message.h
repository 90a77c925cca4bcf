// Public header. HTTP requests and responses, as the HTTP handlers of an application see them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/base/limits.h"

namespace nano {

struct HttpHeader {
  std::string name;
  std::string value;
};

/// What a segment of the path says where a pattern has "{name}".
struct HttpParameter {
  std::string name;
  std::string value;
};

/// One request, complete and checked. A plain value; handlers get it on the logic thread.
struct HttpRequest {
  std::string method;  ///< "GET", as sent: methods are case-sensitive
  std::string target;  ///< as sent, undecoded: "/a%20b?x=1"
  std::string path;    ///< percent-decoded, without "." and ".." and empty segments: "/a b"; begins with '/'.
                       ///< "*" for OPTIONS *. May hold any byte but NUL.
  std::string query;   ///< what follows '?', undecoded: "x=1"
  std::string version;                    ///< "HTTP/1.1" or "HTTP/1.0"
  std::vector<HttpHeader> headers;        ///< ordered by name; repeated ones joined with ", "
  std::string body;                       ///< decoded, where it came in chunks
  std::vector<HttpParameter> parameters;  ///< of the path, as the handler's pattern names them

  /// What a path has in place of "{name}" in the handler's pattern, percent-decoded: one segment, or for
  /// "{name...}" what is left of the path. "" where the pattern has no such parameter. Valid as long as the
  /// request.
  std::string_view parameter(std::string_view name) const;
  /// The value of a header, found whatever its case; "" if absent. Valid as long as the request.
  std::string_view header(std::string_view name) const;
  /// Whether a header that is a comma-separated list (Connection, Upgrade) holds `token`, whatever its case.
  bool header_has_token(std::string_view name, std::string_view token) const;
};

/// What a handler answers. Content-Length, Connection and Transfer-Encoding are the server's business and are
/// ignored among `headers`; control characters in header values are replaced by spaces.
struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers;
  /// Shared, so that many connections can send one body without copying it; null is an empty body.
  std::shared_ptr<const std::string> body;
  /// Close the connection afterwards, even where the client would keep it.
  bool close = false;

  /// A body with its Content-Type.
  static HttpResponse with(int status, std::string_view content_type, std::string body);
  /// text/plain; charset=utf-8.
  static HttpResponse text(int status, std::string body);
  /// Status 200, application/json. `json` is the JSON text.
  static HttpResponse json(std::string json);
  /// Status, and its name as text: "404 Not Found\n".
  static HttpResponse error(int status);
  /// Status 503, to be asked again in a second.
  static HttpResponse too_busy();

  HttpResponse& add_header(std::string name, std::string value) &;
  HttpResponse&& add_header(std::string name, std::string value) &&;
  /// The value of the first header of this name; "" if absent.
  std::string_view header(std::string_view name) const;
};

/// Of a handler that is a coroutine.
struct HttpHandlerOptions {
  /// From a request to its answer. Then the client is answered 504, and the coroutine is cancelled: destroyed
  /// where it waits.
  Duration timeout = limits::http_answer_timeout;
  /// Requests that are being answered at a time; further ones are answered 503.
  std::size_t requests_max = limits::http_requests_in_flight;
};

/// "Not Found" for 404; "Unknown" for codes without a registered name (RFC 9110, section 15).
std::string_view http_status_name(int status);

/// Throws std::invalid_argument with a sentence when no client could read it as an answer: a status below
/// 200, which announces one and is none, or above 599, or a header's name that is no token (RFC 9110, section
/// 5.6.2).
void check_response(const HttpResponse& response);

/// ASCII only, as the names and tokens of HTTP are compared.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace nano
