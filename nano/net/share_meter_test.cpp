#include "nano/net/share_meter.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::size_t share(const ShareMeter& meter, std::size_t active) {
  return meter.share(active, TimePoint::max()).packets;
}

void learn(ShareMeter& meter, Duration each) {
  for (int i = 0; i < 20; ++i) meter.learn(100, 100 * each);
}

TEST(ShareMeter, DividesARoundAmongAllThatAreActive) {
  ShareMeter meter;
  learn(meter, microseconds{1});
  EXPECT_EQ(share(meter, 1), limits::round_time / microseconds{1});
  EXPECT_EQ(share(meter, 10), limits::round_time / microseconds{10});
  EXPECT_EQ(share(meter, 100'000), limits::share_time_least / microseconds{1}) << "smaller is not worth it";
}

TEST(ShareMeter, GivesOnePacketEachWhenTheyTakeLong) {
  ShareMeter meter;
  learn(meter, milliseconds{1});
  EXPECT_EQ(share(meter, 200), 1u);
  EXPECT_EQ(share(meter, 1), 4u);
}

TEST(ShareMeter, FollowsWhatPacketsTakeButNoSingleRound) {
  ShareMeter meter;
  learn(meter, microseconds{1});
  meter.learn(1, std::chrono::seconds{1});
  EXPECT_EQ(share(meter, 200), limits::share_time_least / microseconds{4});
  learn(meter, microseconds{1});
  EXPECT_EQ(share(meter, 200), limits::share_time_least / microseconds{1});
  meter.learn(0, std::chrono::seconds{1});
  EXPECT_EQ(share(meter, 200), limits::share_time_least / microseconds{1});
}

}  // namespace
}  // namespace nano
