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

TEST_F(LogTest, EscapesWhatATerminalObeysOrNobodySees) {
  log_.info("bad", {{"c1",
                     "a\xc2\x9b"
                     "31mb"},
                    {"nel",
                     "a\u0085"
                     "b"},
                    {"line", "a\u2028b\u2029c"},
                    {"override",
                     "a\u202eb\u2066c\u200fd\u061c"
                     "e"},
                    {"width", "a\u200b\ufeff\u00ad\u2060z"},
                    {"tag", "a\U000e0041z"}});
  EXPECT_EQ(out_.str(),
            "info bad c1=\"a\\u{9b}31mb\" nel=\"a\\u{85}b\" line=\"a\\u{2028}b\\u{2029}c\" "
            "override=\"a\\u{202e}b\\u{2066}c\\u{200f}d\\u{61c}e\" "
            "width=\"a\\u{200b}\\u{feff}\\u{ad}\\u{2060}z\" tag=\"a\\u{e0041}z\"\n");
}

TEST_F(LogTest, EscapesBytesThatAreNoUtf8) {
  log_.info("bad", {{"latin1", "na\xefve"},
                    {"overlong", "\xc0\xaf"},
                    {"surrogate", "\xed\xa0\xbd"},
                    {"cut", "a\xe2\x82"},
                    {"c1",
                     "\x9b"
                     "31m"}});
  EXPECT_EQ(out_.str(),
            "info bad latin1=\"na\\xefve\" overlong=\"\\xc0\\xaf\" surrogate=\"\\xed\\xa0\\xbd\" "
            "cut=\"a\\xe2\\x82\" c1=\"\\x9b31m\"\n");
}

TEST_F(LogTest, QuotesSpacesOfAllKinds) {
  log_.info("said", {{"nbsp", "a\u00a0x=1"}, {"ideographic", "日本\u3000語"}});
  EXPECT_EQ(out_.str(), "info said nbsp=\"a\u00a0x=1\" ideographic=\"日本\u3000語\"\n");
}

TEST_F(LogTest, KeepsItsPromiseForEventsAndKeysToo) {
  log_.info("joined\ninfo forged", {{"a b", 1}, {"x=1 y", 2}, {"z\x1b[31m", 3}});
  log_.info("joined session=7");
  log_.info("");
  EXPECT_EQ(out_.str(),
            "info \"joined\\x0ainfo forged\" \"a b\"=1 \"x=1 y\"=2 \"z\\x1b[31m\"=3\n"
            "info \"joined session=7\"\n"
            "info \"\"\n");
}

TEST_F(LogTest, CutsWhatIsLong) {
  const std::string million(1'000'000, 'x');
  log_.info("got " + million, {{"value", million}, {million, 1}, {"euros", "x" + std::string(1023, '\xe2')}});
  EXPECT_LT(out_.str().size(), 10'000u);
  EXPECT_NE(out_.str().find("x... (1000000 bytes)\""), std::string::npos);

  out_.str("");
  std::string euros;
  for (int i = 0; i < 342; ++i) euros += "€";  // 1026 bytes: the last one does not fit
  log_.info("got", {{"euros", euros}});
  EXPECT_TRUE(out_.str().ends_with("€... (1026 bytes)\"\n"));
  EXPECT_EQ(out_.str().find("\\x"), std::string::npos);
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
