// Internal header. Turns an HttpResponse into bytes to send.
#pragma once

#include <memory>
#include <string>

#include "nano/base/clock.h"
#include "nano/http/answer.h"

namespace nano {

/// A response as it goes out: the head, then the body, which is shared and not copied, or the answer's file.
struct HttpOutput {
  std::string head;
  std::shared_ptr<const std::string> body;  ///< null: nothing follows the head
  bool keep_alive = false;                  ///< whether the connection stays for another request
};

/// What of a request decides how its answer is written. As it is made, it suits what was no readable request.
struct HttpResponseForm {
  bool with_body = true;    ///< false for HEAD, which gets the length alone
  bool keep_alive = false;  ///< as the request's version and Connection header say
  bool chunked = false;     ///< how a body comes whose length is not known; otherwise it ends the connection

  static HttpResponseForm of(const HttpRequest& request);
};

/// The connection is kept as the form says, unless the response says `close`. Adds Content-Length, Connection
/// and, where the response has none of its own, Date (which is `now`) and X-Content-Type-Options.
HttpOutput write_http_response(const HttpAnswer& response, HttpResponseForm form, WallTime now);

/// RFC 9110, section 6.4.1.
bool http_status_has_body(int status);

/// The head of a response whose body follows in pieces.
HttpOutput write_http_stream_head(const HttpResponse& response, HttpResponseForm form, WallTime now);
/// The end of a chunked body, with the headers that are known only then.
std::string write_http_trailers(const std::vector<HttpHeader>& trailers);

}  // namespace nano
