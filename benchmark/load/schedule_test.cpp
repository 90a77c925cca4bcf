#include "benchmark/load/schedule.h"

#include <set>

#include <gtest/gtest.h>

namespace nano::benchmark {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const LoadClock::time_point start{seconds{1000}};

TEST(Schedule, MessagesAtARateAreAtEqualDistancesOnTheConnectionsInTurn) {
  const Schedule schedule = Schedule::at_rate(start, 20'000, 3);
  for (int i = 0; i < 10; ++i) {
    const auto message = static_cast<std::uint64_t>(i);
    EXPECT_NEAR(static_cast<double>((schedule.at(message) - start - i * microseconds{50}).count()), 0, 2);
    EXPECT_EQ(schedule.connection_of(message), message % 3);
  }
}

TEST(Schedule, ARateThatNoNumberOfNanosecondsDividesDoesNotDrift) {
  const Schedule schedule = Schedule::at_rate(start, 30'000, 7);
  const auto late = schedule.at(30'000 * 600) - (start + seconds{600});
  EXPECT_LT(std::abs(std::chrono::nanoseconds{late}.count()), 1000);
}

TEST(Schedule, CountsTheMessagesBeforeATime) {
  const Schedule schedule = Schedule::at_rate(start, 1000, 6);
  EXPECT_EQ(schedule.count_before(0), 0u);
  EXPECT_EQ(schedule.count_before(0.0001), 1u);
  for (const double time_s : {0.0125, 0.5, 1.0, 7.3}) {
    const std::uint64_t count = schedule.count_before(time_s);
    EXPECT_NEAR(static_cast<double>(count), time_s * 1000, 1) << time_s;
    EXPECT_LT(schedule.at(count - 1), start + seconds_of(time_s)) << time_s;
    EXPECT_GE(schedule.at(count), start + seconds_of(time_s)) << time_s;
  }
}

TEST(Schedule, ClientsThatArriveAtRandomSendOnceInEachInterval) {
  constexpr std::size_t connections = 50;
  const Schedule schedule = Schedule::at_random(start, milliseconds{10}, connections, 7);
  for (std::uint64_t period = 0; period < 3; ++period) {
    std::set<std::size_t> senders;
    for (std::uint64_t i = 0; i < connections; ++i) {
      const std::uint64_t message = period * connections + i;
      senders.insert(schedule.connection_of(message));
      EXPECT_GE(schedule.at(message), start + period * milliseconds{10});
      EXPECT_LT(schedule.at(message), start + (period + 1) * milliseconds{10});
      EXPECT_LE(schedule.at(message), schedule.at(message + 1));
    }
    EXPECT_EQ(senders.size(), connections);
  }
  EXPECT_EQ(schedule.at(connections) - schedule.at(0), milliseconds{10});
}

TEST(Schedule, ChanceIsTheSameForTheSameSeed) {
  const auto first = [](std::uint64_t seed) {
    return Schedule::at_random(start, milliseconds{10}, 5, seed).at(0);
  };
  EXPECT_EQ(first(1), first(1));
  EXPECT_NE(first(1), first(2));
}

}  // namespace
}  // namespace nano::benchmark
