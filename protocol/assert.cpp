#include "protocol/assert.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace nano::detail {

void assertion_failed(const char* condition, const char* file, int line, const char* why) {
  std::array<char, 1024> text{};
  const int bytes = std::snprintf(text.data(), text.size(), "%s:%d: assertion failed: %s (%s)\n", file, line,
                                  why, condition);
  // A pipe that nobody reads must not keep the process: it takes so little at once, or nothing.
  pollfd writable{STDERR_FILENO, POLLOUT, 0};
  const bool takes_it = ::poll(&writable, 1, 1000) == 1;
  if (takes_it && ::write(STDERR_FILENO, text.data(), std::min<std::size_t>(bytes, text.size() - 1)) < 0) {
    std::abort();  // standard error is closed: nobody is there to be told
  }
  // What a log's thread has yet to write leaves in a moment, as it may say how it came to this.
  ::poll(nullptr, 0, 100);
  std::abort();
}

void requirement_failed(const char* why) { throw std::logic_error(why); }

}  // namespace nano::detail
