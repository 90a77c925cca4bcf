// Internal header. For tests: a log whose lines can be waited for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "nano/base/log.h"

namespace nano::sockets {

/// Any thread.
class LogLines {
 public:
  LogLines();

  const Log& log() const { return log_; }
  bool contains(std::string_view text) const;
  /// All lines.
  std::string text() const;
  /// Waits until some line holds `text`. False: it has not come within the time limit of all tests.
  bool wait_for(std::string_view text) const;

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
  Log log_;
};

}  // namespace nano::sockets
