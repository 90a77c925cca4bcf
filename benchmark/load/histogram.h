// Internal header. Histogram: latencies, counted in buckets that are never wider than 0.8 % of their value.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nano::benchmark {

/// Values are nanoseconds. Below 256 each has a bucket of its own; above, each power of two has 128 buckets.
/// Values of more than 18 minutes count as 18 minutes in the percentiles. One thread.
class Histogram {
 public:
  Histogram() : counts_(index_of(value_max) + 1) {}

  void record(std::int64_t value_ns) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(value_ns, 0));
    counts_[index_of(std::min(value, value_max))] += 1;
    count_ += 1;
    sum_ += static_cast<double>(value);
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  /// 0 without values.
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

  /// The smallest recorded value that at least `part` (0 to 1) of all are not above, as near as the buckets
  /// tell: within 0.4 %. 0 without values.
  std::uint64_t at(double part) const;

 private:
  static constexpr int bits = 8;
  static constexpr std::uint64_t value_max = (std::uint64_t{1} << 40) - 1;

  static std::size_t index_of(std::uint64_t value) {
    const int shift = std::max(static_cast<int>(std::bit_width(value)) - bits, 0);
    return (static_cast<std::size_t>(shift) << (bits - 1)) + static_cast<std::size_t>(value >> shift);
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace nano::benchmark
