#include "examples/tadpole/swimming.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace tadpole {
namespace {

constexpr Rules rules{1000, 800, 20, 300, 600, 4000};

void swim_for(Body& body, const Steering& steering, int ticks) {
  for (int i = 0; i < ticks; ++i) swim(body, steering, rules);
}

TEST(Swimming, SpeedsUpAndSlowsDownAsFastAsTheRulesAllow) {
  Body body{100, 400, 0, 0};
  swim(body, {0, 1}, rules);
  EXPECT_DOUBLE_EQ(body.speed, 30);
  swim_for(body, {0, 1}, 9);
  EXPECT_DOUBLE_EQ(body.speed, 300);
  swim(body, {0, 0.5}, rules);
  EXPECT_DOUBLE_EQ(body.speed, 270);
  swim_for(body, {0, 0.5}, 10);
  EXPECT_DOUBLE_EQ(body.speed, 150);
}

TEST(Swimming, GoesWhereItHeads) {
  Body body{100, 400, 0, 300};
  swim_for(body, {0, 1}, 20);
  EXPECT_NEAR(body.x, 400, 1e-6) << "a second at 300 units per second";
  EXPECT_DOUBLE_EQ(body.y, 400);

  Body down{100, 400, 1.571, 300};
  swim(down, {1.571, 1}, rules);
  EXPECT_NEAR(down.y, 415, 0.01) << "y points down";
}

TEST(Swimming, IsAsFastAtAnyTickRate) {
  for (const std::int32_t tick_hz : {1, 7, 20, 120}) {
    Rules other = rules;
    other.tick_hz = tick_hz;
    Body body{100, 400, 0, 300};
    for (int i = 0; i < tick_hz; ++i) swim(body, {0, 1}, other);
    EXPECT_NEAR(body.x, 400, 1e-6) << tick_hz;
  }
}

TEST(Swimming, TurnsTheShorterWayAndNoFasterThanTheRulesAllow) {
  Body body{500, 400, 3.0, 0};
  swim(body, {-3.0, 0}, rules);  // 0.28 across the seam, 6 the other way
  EXPECT_NEAR(body.heading, -3.083185, 1e-6);
  swim(body, {-3.0, 0}, rules);
  EXPECT_DOUBLE_EQ(body.heading, -3.0);

  Body back{500, 400, 0.1, 0};
  swim(back, {-1, 0}, rules);
  EXPECT_DOUBLE_EQ(back.heading, -0.1);
}

TEST(Swimming, ThatHasArrivedChangesNoMore) {
  Body body{500, 400, 3.0, 120};
  const Steering stop = steering_of({3142, 0});
  swim_for(body, stop, 40);
  const Body rest = body;
  swim_for(body, stop, 100);
  EXPECT_EQ(as_seen(1, body), as_seen(1, rest));
  EXPECT_EQ(body.speed, 0);
}

TEST(Swimming, StopsAtThePondsEdgeAndSlidesAlongIt) {
  Body body{950, 400, 0.5, 300};
  swim_for(body, {0.5, 1}, 10);
  EXPECT_EQ(body.x, 1000);
  EXPECT_GT(body.y, 450);
  swim_for(body, {0.5, 1}, 100);
  EXPECT_EQ(body.y, 800);
}

TEST(Swimming, StaysWithinBoundsWhateverIsAskedFor) {
  std::mt19937_64 random{7};
  Body body{500, 400, 0, 0};
  for (int i = 0; i < 20'000; ++i) {
    const Steering steering = steering_of({std::int32_t(random()), std::int32_t(random())});
    swim_for(body, steering, int(random() % 8));
    const Swimmer seen = as_seen(1, body);
    ASSERT_TRUE(seen.x >= 0 && seen.x <= rules.width && seen.y >= 0 && seen.y <= rules.height) << i;
    ASSERT_TRUE(seen.heading >= -3142 && seen.heading <= 3142 && seen.speed >= 0 && seen.speed <= 300) << i;
  }
}

TEST(Steering, OutOfRangeCountsAsTheNearestAllowed) {
  EXPECT_DOUBLE_EQ(steering_of({1571, 50}).heading, 1.571);
  EXPECT_DOUBLE_EQ(steering_of({1571, 50}).thrust, 0.5);
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
  EXPECT_DOUBLE_EQ(steering_of({most, most}).heading, steering_of({3142, 0}).heading);
  EXPECT_DOUBLE_EQ(steering_of({least, least}).heading, steering_of({-3142, 0}).heading);
  EXPECT_EQ(steering_of({0, most}).thrust, 1);
  EXPECT_EQ(steering_of({0, least}).thrust, 0);
}

}  // namespace
}  // namespace tadpole
