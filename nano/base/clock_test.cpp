#include "nano/base/clock.h"

#include <chrono>

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(ManualClock, StandsStillUntilMovedAndMovesBothTimes) {
  using namespace std::chrono_literals;
  ManualClock clock;
  const TimePoint start = clock.now();
  const WallTime wall = clock.wall();
  EXPECT_EQ(clock.now(), start);
  clock.advance(1500ms);
  EXPECT_EQ(clock.now() - start, 1500ms);
  EXPECT_EQ(clock.wall() - wall, 1500ms);
}

TEST(ManualClock, StartsAtTheWallTimeGiven) {
  const WallTime wall{std::chrono::seconds{1'800'000'000}};
  EXPECT_EQ(ManualClock{wall}.wall(), wall);
}

}  // namespace
}  // namespace nano
