#include "nano/scheduler/stall_watch.h"

#include <chrono>

namespace nano {
namespace {

long long milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void StallWatch::begin(std::string_view name, std::uint64_t session) {
  if (depth_++ > 0) return note(name, session);
  began_ = piece_began_ = clock_.coarse_now();
  outermost_ = name;
  tasks_ = 0;
  warned_ = false;
  current_.set_name(name, session);
  current_.set_since(piece_began_);
}

void StallWatch::end() {
  lap();
  if (--depth_ > 0) return rename(outermost_);
  current_.set_idle();
  const Duration took = piece_began_ - began_;
  if (took >= current_.limit() && !warned_) {
    log_.limited("").warning("logic thread busy", {{"took_ms", milliseconds(took)}, {"tasks", tasks_}});
  }
}

void StallWatch::note(std::string_view name, std::uint64_t session) {
  if (depth_ == 0) return;
  lap();
  current_.set_name(name, session);
}

void StallWatch::lap() {
  const TimePoint now = clock_.coarse_now();
  const Duration took = now - piece_began_;
  piece_began_ = now;
  current_.set_since(now);
  if (took < current_.limit()) return;
  warned_ = true;
  const WorkName name = current_.name();
  log_.limited(name.text())
      .warning("logic thread stalled",
               {{"in", name.text()}, {"session", name.session()}, {"took_ms", milliseconds(took)}});
}

}  // namespace nano
