#include "nano/base/log_limiter.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "nano/base/limits.h"

namespace nano {
namespace {

class LimitedLogTest : public testing::Test {
 protected:
  std::size_t count(std::string_view part) const {
    std::size_t found = 0;
    for (const std::string& line : lines_) found += line.find(part) != std::string::npos ? 1 : 0;
    return found;
  }

  ManualClock clock_;
  std::vector<std::string> lines_;
  int calls_ = 0;
  Log log_ = Log{LogLevel::debug, [this](std::string_view line) { lines_.emplace_back(line); }}.limited_by(
      clock_, [this] { ++calls_; });
};

TEST_F(LimitedLogTest, LetsAFewLinesOfASourceThroughAndCountsTheOthers) {
  for (int i = 0; i < 1000; ++i) log_.limited("192.0.2.1:" + std::to_string(i)).info("refused", {{"n", i}});
  EXPECT_EQ(lines_.size(), limits::log_lines_per_source);
  EXPECT_EQ(lines_.front(), "info refused n=0");
  EXPECT_EQ(calls_, 1);

  clock_.advance(limits::log_window);
  log_.limited("192.0.2.1:9").info("refused", {{"n", 1000}});
  EXPECT_EQ(lines_.back(), "info refused n=1000 left_out=992");
  log_.limited("192.0.2.1:9").info("refused", {{"n", 1001}});
  EXPECT_EQ(lines_.back(), "info refused n=1001");
}

TEST_F(LimitedLogTest, SaysWhatWasLeftOutWhenNoOtherLineComes) {
  for (int i = 0; i < 10; ++i) log_.limited("here", "Chat.Say").error("handler failed");
  for (int i = 0; i < 9; ++i) log_.limited("here").warning("refused");
  lines_.clear();
  log_.say_left_out();
  EXPECT_EQ(lines_, (std::vector<std::string>{"warning refused left_out=1",
                                              "error handler failed about=Chat.Say left_out=2"}));
  log_.say_left_out();
  EXPECT_EQ(lines_.size(), 2u);
  log_.limited("here").warning("refused");
  EXPECT_EQ(calls_, 2) << "it is to be said again";
}

TEST_F(LimitedLogTest, OneSourceHidesNoOther) {
  for (int i = 0; i < 1000; ++i) log_.limited("192.0.2.1:1").info("refused", {{"by", "flood"}});
  log_.limited("192.0.2.2:1").info("refused", {{"by", "somebody"}});
  EXPECT_EQ(count("by=somebody"), 1u);
}

TEST_F(LimitedLogTest, OneKindHidesNoOther) {
  for (int i = 0; i < 1000; ++i) {
    const std::string address = "192.0.2." + std::to_string(i % 256) + ":1";
    log_.limited(address).info("refused");
    log_.limited(address, "Chat.Say").error("handler failed", {{"route", "Chat.Say"}});
  }
  EXPECT_EQ(count("refused"), limits::log_lines_per_kind);
  log_.limited("192.0.2.1").error("two gates have a session of the same id");
  log_.limited("192.0.2.1", "Chat.Join").error("handler failed", {{"route", "Chat.Join"}});
  log_.limited("192.0.2.1").warning("refused");
  EXPECT_EQ(count("two gates"), 1u);
  EXPECT_EQ(count("route=Chat.Join"), 1u);
  EXPECT_EQ(count("warning refused"), 1u);
}

TEST_F(LimitedLogTest, KindsMadeOfWhatClientsSendTakeNoMemoryAndHideNothing) {
  log_.limited("gate").error("two gates have a session of the same id");
  for (int i = 0; i < 2000; ++i) log_.limited("192.0.2.1").info("hello " + std::to_string(i));
  EXPECT_LE(lines_.size(), limits::log_kinds + limits::log_lines_per_source);
  clock_.advance(limits::log_window);
  lines_.clear();
  log_.limited("192.0.2.1").info("one more");
  EXPECT_EQ(lines_, std::vector<std::string>{"info one more"}) << "old kinds make room";
  log_.limited("gate").error("two gates have a session of the same id");
  EXPECT_EQ(count("two gates"), 1u);
}

TEST_F(LimitedLogTest, LetsMoreThroughAtLevelDebug) {
  for (int i = 0; i < 1000; ++i) log_.limited("192.0.2.1:1").debug("closed");
  EXPECT_EQ(lines_.size(), limits::log_lines_per_source * limits::log_debug_times);
}

TEST_F(LimitedLogTest, LeavesNothingOutOnceItsClockHasEnded) {
  for (int i = 0; i < 20; ++i) log_.limited("here").info("refused");
  const Log copy = log_;
  log_.end_limits();
  EXPECT_EQ(lines_.back(), "info refused left_out=12");
  for (int i = 0; i < 20; ++i) copy.limited("here").info("refused");
  EXPECT_EQ(count("refused"), limits::log_lines_per_source + 1 + 20);
}

TEST_F(LimitedLogTest, CountsExactlyOnManyThreads) {
  const SystemClock clock;
  std::vector<std::string> lines;
  const Log log =
      Log{LogLevel::info, [&](std::string_view line) { lines.emplace_back(line); }}.limited_by(clock, [] {});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 250; ++n) log.limited("here").info("refused");
      });
    }
  }
  log.say_left_out();
  std::size_t said = 0;
  for (const std::string& line : lines) {
    const auto left_out = line.find("left_out=");
    if (line != "info refused left_out=" + line.substr(std::min(line.size(), left_out + 9))) ++said;
    if (left_out != std::string::npos) said += std::stoul(line.substr(left_out + 9));
  }
  EXPECT_EQ(said, 1000u);
}

TEST(LogWithoutAClock, LeavesNothingOut) {
  std::size_t lines = 0;
  const Log log{LogLevel::info, [&](std::string_view) { ++lines; }};
  for (int i = 0; i < 100; ++i) log.limited("here").info("refused");
  log.say_left_out();
  log.end_limits();
  EXPECT_EQ(lines, 100u);
}

TEST(LogSource, IsTheAddressOfOneStranger) {
  EXPECT_EQ(log_source("192.0.2.1:4270"), "192.0.2.1");
  EXPECT_EQ(log_source("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(log_source("[::ffff:192.0.2.1]:4270"), "192.0.2.1");
  EXPECT_EQ(log_source("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(log_source("[2001:db8::1]:1"), log_source("[2001:db8::ffff:1]:2"));
  EXPECT_EQ(log_source("[2001:db8::1]:1"), log_source("2001:db8::2"));
  EXPECT_NE(log_source("[2001:db8::1]:1"), log_source("[2001:db8:0:1::1]:1"));
  EXPECT_EQ(log_source("[fe80::1%eth0]:1"), log_source("[fe80::2%eth1]:1"));
  EXPECT_EQ(log_source("Chat.Say"), "Chat.Say");
  EXPECT_EQ(log_source(""), "");
  EXPECT_EQ(log_source("["), "");
  EXPECT_EQ(log_source(std::string(1000, 'x')).size(), limits::log_source_bytes);
}

}  // namespace
}  // namespace nano
