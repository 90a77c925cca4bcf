#include "examples/tadpole/tick_meter.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

namespace tadpole {
namespace {

double milliseconds(nano::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// The value that 99 of 100 do not exceed. `sorted` is not empty.
double percentile_99th(const std::vector<double>& sorted) { return sorted[(sorted.size() * 99 - 1) / 100]; }

}  // namespace

void TickMeter::start(nano::TimePoint now, nano::Duration interval) {
  interval_ = interval;
  due_ = now + interval;
}

void TickMeter::begin(nano::TimePoint now) {
  const nano::Duration lateness = std::max(now - due_, nano::Duration::zero());
  // The scheduler skips the ticks that are missed altogether.
  if (now >= due_) due_ += (lateness / interval_ + 1) * interval_;
  ++ticks_;
  open_ = true;
  last_.push_back({now, lateness, {}});
  if (last_.size() > ticks_kept) last_.pop_front();
}

void TickMeter::end(nano::TimePoint now) {
  if (!open_) return;
  open_ = false;
  last_.back().work = now - last_.back().began;
}

void TickMeter::report(Stats& stats) const {
  stats.ticks = ticks_;
  std::vector<double> work_ms;
  std::vector<double> lateness_ms;
  for (const Tick& tick : last_) {
    if (open_ && &tick == &last_.back()) break;  // its work is not known yet
    work_ms.push_back(milliseconds(tick.work));
    lateness_ms.push_back(milliseconds(tick.lateness));
  }
  if (work_ms.empty()) return;
  std::sort(work_ms.begin(), work_ms.end());
  std::sort(lateness_ms.begin(), lateness_ms.end());
  const double ticks = static_cast<double>(work_ms.size());
  const double seconds = milliseconds(last_[work_ms.size() - 1].began - last_.front().began) / 1000;
  stats.ticks_per_second = seconds > 0 ? (ticks - 1) / seconds : 0;
  stats.tick_ms_mean = std::accumulate(work_ms.begin(), work_ms.end(), 0.0) / ticks;
  stats.tick_ms_99th = percentile_99th(work_ms);
  stats.tick_ms_max = work_ms.back();
  stats.lateness_ms_99th = percentile_99th(lateness_ms);
  stats.lateness_ms_max = lateness_ms.back();
}

}  // namespace tadpole
