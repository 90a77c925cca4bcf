#include "nano/base/log_outlet.h"

#include <string>
#include <utility>

namespace nano {

LogOutlet::Lease::Lease(LogOutlet& outlet, Log log) : outlet_(outlet) {
  const std::lock_guard lock{outlet_.mutex_};
  place_ = outlet_.logs_.insert(outlet_.logs_.end(), std::move(log));
}

LogOutlet::Lease::~Lease() {
  const std::lock_guard lock{outlet_.mutex_};
  outlet_.logs_.erase(place_);
}

std::optional<Log> LogOutlet::newest() {
  const std::lock_guard lock{mutex_};
  return logs_.empty() ? std::nullopt : std::optional{logs_.back()};
}

bool LogOutlet::write(LogLevel level, std::string_view library, const char* file, int line,
                      std::string_view text) {
  const std::optional<Log> log = newest();
  if (!log) return false;
  if (!log->enabled(level)) return true;
  const std::string_view path{file};
  const std::string place = std::string{path.substr(path.rfind('/') + 1)} + ':' + std::to_string(line);
  log->limited("", place).write(level, library, {{"at", place}, {"text", text}});
  return true;
}

}  // namespace nano
