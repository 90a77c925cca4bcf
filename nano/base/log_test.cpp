#include "nano/base/log.h"

#include <memory>
#include <sstream>

#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

namespace nano {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    logger_->set_pattern("%l %v");
    logger_->set_level(spdlog::level::info);
  }

  std::ostringstream out_;
  std::shared_ptr<spdlog::logger> logger_ =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(out_));
  Log log_{logger_};
};

TEST_F(LogTest, WritesTheEventAndItsFieldsOnOneLine) {
  log_.info("session closed", {{"session", 7}, {"reason", "backpressure"}});
  EXPECT_EQ(out_.str(), "info session closed session=7 reason=backpressure\n");
}

TEST_F(LogTest, QuotesValuesThatCouldForgeALine) {
  log_.warning("bad name", {{"name", "a b"},
                            {"line", "x\nerror forged=1"},
                            {"quote", R"(say "hi"\)"},
                            {"key", "a=b"},
                            {"empty", ""},
                            {"zero", std::string{"\0\x7f", 2}},
                            {"text", "żółw"}});
  EXPECT_EQ(
      out_.str(),
      "warning bad name name=\"a b\" line=\"x\\x0aerror forged=1\" quote=\"say \\\"hi\\\"\\\\\" key=\"a=b\" "
      "empty=\"\" zero=\"\\x00\\x7f\" text=żółw\n");
}

TEST_F(LogTest, TakesBracesInEventsAndValuesAsText) {
  log_.error("{} event", {{"format", "{0:x}"}});
  EXPECT_EQ(out_.str(), "error {} event format={0:x}\n");
}

TEST_F(LogTest, LeavesOutLinesBelowItsLevel) {
  log_.debug("hidden");
  EXPECT_EQ(out_.str(), "");
  EXPECT_FALSE(log_.enabled(LogLevel::debug));
  EXPECT_TRUE(log_.enabled(LogLevel::info));
}

TEST(LogLevel, NamesAreReadBack) {
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error, LogLevel::off}) {
    LogLevel read = level == LogLevel::off ? LogLevel::debug : LogLevel::off;
    EXPECT_TRUE(parse_log_level(to_string(level), read));
    EXPECT_EQ(read, level);
  }
  LogLevel untouched = LogLevel::error;
  EXPECT_FALSE(parse_log_level("loud", untouched));
  EXPECT_EQ(untouched, LogLevel::error);
}

TEST(LogLevel, OfANewLogIsItsOwn) {
  EXPECT_FALSE(Log{LogLevel::error}.enabled(LogLevel::warning));
  EXPECT_FALSE(Log{LogLevel::off}.enabled(LogLevel::error));
}

}  // namespace
}  // namespace nano
