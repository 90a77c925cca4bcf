#include "nano/scheduler/stall_watch.h"

#include <algorithm>
#include <chrono>

namespace nano {
namespace {

long long milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void StallWatch::begin(std::string_view name) {
  if (depth_++ > 0) return note(name);
  began_ = piece_began_ = clock_.coarse_now();
  outermost_ = name;
  tasks_ = 0;
  warned_ = false;
  rename(name);
}

void StallWatch::end() {
  lap();
  if (--depth_ > 0) return rename(outermost_);
  const Duration took = piece_began_ - began_;
  if (took >= limit_ && !warned_) {
    log_.limited("").warning("logic thread busy", {{"took_ms", milliseconds(took)}, {"tasks", tasks_}});
  }
}

void StallWatch::note(std::string_view name) {
  if (depth_ == 0) return;
  lap();
  rename(name);
}

void StallWatch::lap() {
  const TimePoint now = clock_.coarse_now();
  const Duration took = now - piece_began_;
  piece_began_ = now;
  if (took < limit_) return;
  warned_ = true;
  const std::string_view name{name_.data(), name_bytes_};
  log_.limited(name).warning("logic thread stalled", {{"in", name}, {"took_ms", milliseconds(took)}});
}

void StallWatch::rename(std::string_view name) {
  name_bytes_ = std::min(name.size(), name_.size());
  std::copy_n(name.data(), name_bytes_, name_.data());
}

}  // namespace nano
