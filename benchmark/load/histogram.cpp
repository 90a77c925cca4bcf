#include "benchmark/load/histogram.h"

#include <cmath>

namespace nano::benchmark {

std::uint64_t Histogram::at(double part) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen == 0 || seen < rank) continue;
    const std::size_t per_power = std::size_t{1} << (bits - 1);
    if (i < 2 * per_power) return std::min<std::uint64_t>(i, max_);
    const int shift = static_cast<int>(i / per_power) - 1;
    const std::uint64_t lowest = static_cast<std::uint64_t>(i % per_power + per_power) << shift;
    return std::min(lowest + (std::uint64_t{1} << shift) / 2, max_);
  }
  return max_;
}

}  // namespace nano::benchmark
