// Internal header. Turns an HttpResponse into bytes to send.
#pragma once

#include <memory>
#include <string>

#include "nano/transport/http.h"

namespace nano {

/// A response as it goes out: the head, then the body, which is shared and not copied.
struct HttpOutput {
  std::string head;
  std::shared_ptr<const std::string> body;  ///< null: nothing follows the head
  bool keep_alive = false;                  ///< whether the connection stays for another request
};

/// The answer to `request`: to HEAD without the body but with its length; the connection is kept as the
/// request's version and Connection header say, unless the response says `close`. Adds Content-Length,
/// Connection and X-Content-Type-Options.
HttpOutput write_http_response(const HttpResponse& response, const HttpRequest& request);

/// The answer to what was no readable request: closes the connection.
HttpOutput write_http_refusal(const HttpResponse& response);

}  // namespace nano
