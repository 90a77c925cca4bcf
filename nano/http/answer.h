// Internal header. HttpAnswer: what goes back to a client, a response of a handler or a file.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "nano/http/message.h"
#include "nano/http/open_file.h"

namespace nano {

/// A response whose body may be a part of a file, sent as it is read.
struct HttpAnswer : HttpResponse {
  HttpAnswer(HttpResponse response) : HttpResponse(std::move(response)) {}

  /// Of a file that is there and was not served: for the operator.
  struct Failure {
    std::string path;
    std::string why;
  };

  std::optional<FileRange> file;  ///< instead of a body
  std::optional<Failure> failure;
};

}  // namespace nano
