// Public header. LogCapture: the log lines of a test.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nano/base/log.h"

namespace nano::testing {

/// A log whose lines ("warning event key=value") are kept. Any thread; copies of log() share the lines.
class LogCapture {
 public:
  LogCapture();

  Log log() const { return log_; }
  std::vector<std::string> lines() const;
  /// Whether some line holds `text`.
  bool contains(std::string_view text) const;

 private:
  struct Lines;

  std::shared_ptr<Lines> lines_;
  Log log_;
};

}  // namespace nano::testing
