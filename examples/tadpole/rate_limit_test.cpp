#include "examples/tadpole/rate_limit.h"

#include <gtest/gtest.h>

namespace tadpole {
namespace {

using namespace std::chrono_literals;

class RateLimits : public testing::Test {
 protected:
  int taken(int tries) {
    int taken = 0;
    for (int i = 0; i < tries; ++i) taken += limit_.take(clock_.now());
    return taken;
  }

  nano::ManualClock clock_;
  RateLimit limit_{5, 2s};
};

TEST_F(RateLimits, AllowABurstAndThenOneEachInterval) {
  EXPECT_EQ(taken(10), 5);
  clock_.advance(1999ms);
  EXPECT_EQ(taken(10), 0);
  clock_.advance(1ms);
  EXPECT_EQ(taken(10), 1);
  clock_.advance(4s);
  EXPECT_EQ(taken(10), 2);
}

TEST_F(RateLimits, NeverAllowMoreThanTheBurst) {
  EXPECT_EQ(taken(10), 5);
  clock_.advance(1h);
  EXPECT_EQ(taken(10), 5);
}

TEST_F(RateLimits, DoNotCountWhatTheyRefused) {
  EXPECT_EQ(taken(1000), 5);
  clock_.advance(2s);
  EXPECT_EQ(taken(1), 1);
}

}  // namespace
}  // namespace tadpole
