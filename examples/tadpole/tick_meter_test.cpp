#include "examples/tadpole/tick_meter.h"

#include <chrono>

#include <gtest/gtest.h>

namespace tadpole {
namespace {

using namespace std::chrono_literals;

class Meter : public testing::Test {
 protected:
  Meter() { meter_.start(clock_.now(), 50ms); }

  /// A tick that begins `pause` after the last one's end.
  void tick(nano::Duration pause, nano::Duration work) {
    clock_.advance(pause);
    meter_.begin(clock_.now());
    clock_.advance(work);
    meter_.end(clock_.now());
  }
  Stats report() const {
    Stats stats{};
    meter_.report(stats);
    return stats;
  }

  nano::ManualClock clock_;
  TickMeter meter_;
};

TEST_F(Meter, HasNothingToSayAtFirst) {
  const Stats stats = report();
  EXPECT_EQ(stats.ticks, 0);
  EXPECT_EQ(stats.ticks_per_second, 0);
  EXPECT_EQ(stats.tick_ms_max, 0);
}

TEST_F(Meter, MeasuresTheRateAndTheWork) {
  tick(50ms, 2ms);
  for (int i = 0; i < 98; ++i) tick(48ms, 2ms);
  tick(48ms, 12ms);
  const Stats stats = report();
  EXPECT_EQ(stats.ticks, 100);
  EXPECT_NEAR(stats.ticks_per_second, 20, 1e-9);
  EXPECT_NEAR(stats.tick_ms_mean, 2.1, 1e-9);
  EXPECT_DOUBLE_EQ(stats.tick_ms_99th, 2);
  EXPECT_DOUBLE_EQ(stats.tick_ms_max, 12);
  EXPECT_EQ(stats.lateness_ms_max, 0);
}

TEST_F(Meter, MeasuresHowLateATickBegins) {
  tick(53ms, 0ms);
  tick(47ms, 0ms);
  EXPECT_DOUBLE_EQ(report().lateness_ms_max, 3) << "only the first was";
  tick(130ms, 0ms);  // due after 50 ms; the one after 100 ms is skipped
  tick(20ms, 0ms);
  const Stats stats = report();
  EXPECT_DOUBLE_EQ(stats.lateness_ms_max, 80);
  EXPECT_NEAR(stats.ticks_per_second, 3 / 0.197, 1e-9);
}

TEST_F(Meter, ForgetsWhatIsLongAgo) {
  tick(180ms, 10ms);  // due after 50 ms; those after 100 and 150 ms are skipped
  EXPECT_DOUBLE_EQ(report().lateness_ms_max, 130);
  tick(10ms, 0ms);
  for (std::size_t i = 1; i < TickMeter::ticks_kept; ++i) tick(50ms, 0ms);
  EXPECT_EQ(report().tick_ms_max, 0);
  EXPECT_EQ(report().lateness_ms_max, 0);
  EXPECT_EQ(report().ticks, 601);
}

TEST_F(Meter, LeavesOutTheTickThatStillRuns) {
  tick(50ms, 2ms);
  clock_.advance(48ms);
  meter_.begin(clock_.now());
  EXPECT_DOUBLE_EQ(report().tick_ms_mean, 2);
  EXPECT_EQ(report().ticks, 2);
}

}  // namespace
}  // namespace tadpole
