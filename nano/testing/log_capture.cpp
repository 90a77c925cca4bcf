#include "nano/testing/log_capture.h"

#include <mutex>
#include <utility>

namespace nano::testing {

struct LogCapture::Lines {
  std::mutex mutex;
  std::vector<std::string> lines;
};

LogCapture::LogCapture()
    : lines_(std::make_shared<Lines>()), log_(LogLevel::debug, [lines = lines_](std::string_view line) {
        const std::lock_guard lock{lines->mutex};
        lines->lines.emplace_back(line);
      }) {}

std::vector<std::string> LogCapture::lines() const {
  const std::lock_guard lock{lines_->mutex};
  return lines_->lines;
}

bool LogCapture::contains(std::string_view text) const {
  for (const std::string& line : lines()) {
    if (line.find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace nano::testing
