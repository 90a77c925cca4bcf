// Internal header. Address: where a server listens, by number.
#pragma once

#include <netinet/in.h>
#include <string>

namespace nano::benchmark {

struct Address {
  std::string text;  ///< "127.0.0.1:3250"
  sockaddr_in number{};

  /// Throws std::invalid_argument with a sentence that says what to change.
  static Address parse(const std::string& text);
};

}  // namespace nano::benchmark
