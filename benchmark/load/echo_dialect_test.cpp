#include "benchmark/load/echo_dialect.h"

#include <gtest/gtest.h>

#include "benchmark/load/dialect_test_frames.h"

namespace nano::benchmark {
namespace {

using testing::Lines;

class EchoDialectTest : public ::testing::Test {
 protected:
  /// What was written since the last time, as a server of echoes sends it.
  std::string echo() {
    std::string bytes = testing::text_of(out_);
    out_.clear();
    return bytes;
  }
  void receive(std::string_view bytes) { dialect_.read(protocol::as_bytes(bytes), out_, events_); }

  EchoDialect dialect_{DialectSettings{}};
  OutputBuffer out_;
  testing::RecordedEvents events_;
};

TEST_F(EchoDialectTest, PutsLengthAndIdBeforeThePayload) {
  dialect_.write_request(out_, "Any.Route", 0x102, protocol::as_bytes("ab"));
  EXPECT_EQ(testing::text_of(out_), std::string("\0\0\0\2\0\0\1\2ab", 10));
}

TEST_F(EchoDialectTest, TellsWhatCameBackHoweverItIsCut) {
  dialect_.open(out_);
  dialect_.write_request(out_, "", 7, protocol::as_bytes("ab"));
  dialect_.write_request(out_, "", 8, protocol::as_bytes("c"));
  const std::string bytes = echo();
  receive(bytes);
  for (const char byte : bytes) receive({&byte, 1});
  const Lines once{"opened", "answer 7 ok ab", "answer 8 ok c"};
  Lines twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  EXPECT_EQ(events_.lines, twice);
}

TEST_F(EchoDialectTest, RefusesLengthsThatNothingHas) { EXPECT_THROW(receive("HTTP/1.1"), DialectError); }

TEST_F(EchoDialectTest, HasNoNotifies) {
  EXPECT_THROW(dialect_.write_notify(out_, "Any.Route", {}), DialectError);
}

}  // namespace
}  // namespace nano::benchmark
