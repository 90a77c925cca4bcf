#include "nano/application/process_watch.h"

#include <csignal>

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(SignalCount, TakesTheSameSignalAgainAtOnceForTheSameWish) {
  TimePoint now{std::chrono::hours{1}};
  SignalCount signals;
  EXPECT_EQ(signals.count(SIGTERM, now), 1);
  EXPECT_EQ(signals.count(SIGTERM, now + limits::signal_repeat / 2), 0);
  now += limits::signal_repeat / 2 + limits::signal_repeat;
  EXPECT_EQ(signals.count(SIGTERM, now), 2);
}

TEST(SignalCount, TakesAnotherSignalForAnotherWishHoweverSoon) {
  const TimePoint now{std::chrono::hours{1}};
  SignalCount signals;
  EXPECT_EQ(signals.count(SIGTERM, now), 1);
  EXPECT_EQ(signals.count(SIGINT, now), 2);
}

}  // namespace
}  // namespace nano
