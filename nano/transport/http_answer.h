// Internal header. HttpAnswer: what goes back to a client, a response of a handler or a file.
#pragma once

#include <optional>
#include <utility>

#include "nano/transport/http.h"
#include "nano/transport/open_file.h"

namespace nano {

/// A response whose body may be a part of a file, sent as it is read.
struct HttpAnswer : HttpResponse {
  HttpAnswer(HttpResponse response) : HttpResponse(std::move(response)) {}

  std::optional<FileRange> file;  ///< instead of a body
};

}  // namespace nano
