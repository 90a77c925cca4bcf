#include "nano/scheduler/current_work.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace nano {
namespace {

using namespace std::chrono_literals;

TEST(CurrentWork, IsReadWithItsNameSessionAndBegin) {
  CurrentWork work;
  EXPECT_FALSE(work.read());
  work.set_name("Room.Search", 7);
  work.set_since(TimePoint{5s});
  const auto reading = work.read();
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->name.text(), "Room.Search");
  EXPECT_EQ(reading->name.session(), 7u);
  EXPECT_EQ(reading->since, TimePoint{5s});
  work.set_idle();
  EXPECT_FALSE(work.read());
}

TEST(CurrentWork, KeepsTheFrontOfALongName) {
  CurrentWork work;
  work.set_name(std::string(1000, 'x'), 0);
  EXPECT_EQ(work.name().text(), std::string(WorkName::bytes_max, 'x'));
  work.set_name("short", 0);
  EXPECT_EQ(work.name().text(), "short");
}

TEST(CurrentWork, IsNeverReadHalfChanged) {
  CurrentWork work;
  work.set_since(TimePoint{1s});
  std::atomic<bool> done{false};
  std::jthread writer{[&] {
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      work.set_name(std::string(1 + i % WorkName::bytes_max, static_cast<char>('a' + i % 26)), i);
    }
    done = true;
  }};
  while (!done) {
    const auto reading = work.read();
    if (!reading || reading->name.text().empty()) continue;
    const std::uint64_t i = reading->name.session();
    EXPECT_EQ(reading->name.text(),
              std::string(1 + i % WorkName::bytes_max, static_cast<char>('a' + i % 26)));
  }
}

}  // namespace
}  // namespace nano
