#include "tests/sockets/log_lines.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "tests/sockets/time_limit.h"

namespace nano::sockets {

struct LogLines::Shared {
  bool holds(std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(),
                       [text](const std::string& line) { return line.find(text) != std::string::npos; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;  // guarded by mutex
};

LogLines::LogLines()
    : shared_(std::make_shared<Shared>()), log_(LogLevel::debug, [shared = shared_](std::string_view line) {
        {
          const std::lock_guard lock{shared->mutex};
          shared->lines.emplace_back(line);
        }
        shared->changed.notify_all();
      }) {}

bool LogLines::contains(std::string_view text) const {
  const std::lock_guard lock{shared_->mutex};
  return shared_->holds(text);
}

std::string LogLines::text() const {
  const std::lock_guard lock{shared_->mutex};
  std::string all;
  for (const std::string& line : shared_->lines) all += line + "\n";
  return all;
}

bool LogLines::wait_for(std::string_view text) const {
  std::unique_lock lock{shared_->mutex};
  return shared_->changed.wait_for(lock, time_limit, [&] { return shared_->holds(text); });
}

}  // namespace nano::sockets
