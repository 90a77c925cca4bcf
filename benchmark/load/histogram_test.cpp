#include "benchmark/load/histogram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace nano::benchmark {
namespace {

TEST(Histogram, ToldNothingKnowsNothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.at(0.5), 0u);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.max(), 0u);
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.record(value);
  EXPECT_EQ(histogram.at(0), 1u);
  EXPECT_EQ(histogram.at(0.5), 50u);
  EXPECT_EQ(histogram.at(0.99), 99u);
  EXPECT_EQ(histogram.at(1), 100u);
  EXPECT_EQ(histogram.mean(), 50.5);
}

TEST(Histogram, APercentileIsTheSmallestValueThatEnoughAreNotAbove) {
  Histogram histogram;
  for (const int value : {10, 20, 30}) histogram.record(value);
  EXPECT_EQ(histogram.at(1.0 / 3), 10u);
  EXPECT_EQ(histogram.at(0.34), 20u);
  EXPECT_EQ(histogram.at(0.67), 30u);
}

TEST(Histogram, TakesTimesThatRunBackwardsAsZeroAndHoursAsMinutes) {
  Histogram histogram;
  histogram.record(-5);
  EXPECT_EQ(histogram.at(1), 0u);
  const std::int64_t hour_ns = 3'600'000'000'000;
  histogram.record(hour_ns);
  EXPECT_EQ(histogram.max(), static_cast<std::uint64_t>(hour_ns));
  EXPECT_GT(histogram.at(1), static_cast<std::uint64_t>(hour_ns / 4));
}

TEST(Histogram, IsWithinOnePercentOfTheSortedValuesWhateverTheyAre) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> exponent{0, 9.0 + seed % 3};
    std::vector<std::int64_t> values(1 + random() % 5000);
    Histogram histogram;
    double sum = 0;
    for (std::int64_t& value : values) {
      value = static_cast<std::int64_t>(std::pow(10, exponent(random)));
      histogram.record(value);
      sum += static_cast<double>(value);
    }
    std::sort(values.begin(), values.end());
    EXPECT_EQ(histogram.count(), values.size());
    EXPECT_EQ(histogram.max(), static_cast<std::uint64_t>(values.back()));
    EXPECT_NEAR(histogram.mean(), sum / static_cast<double>(values.size()), sum * 1e-9);
    for (const double part : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
      const double rank = std::max(std::ceil(part * static_cast<double>(values.size())), 1.0);
      const auto exact = static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
      EXPECT_NEAR(static_cast<double>(histogram.at(part)), exact, exact * 0.01) << part;
    }
  }
}

}  // namespace
}  // namespace nano::benchmark
