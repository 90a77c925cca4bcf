#include "benchmark/load/ws_dialect.h"

#include <gtest/gtest.h>

#include "benchmark/load/dialect_test_frames.h"

namespace nano::benchmark {
namespace {

using testing::Lines;
using namespace std::string_literals;

class WsDialectTest : public ::testing::Test {
 protected:
  WsDialectTest() { receive(testing::upgrade_answer()); }

  void receive(std::string_view bytes) { dialect_.read(protocol::as_bytes(bytes), out_, events_); }
  void receive_message(std::string_view message) { receive(testing::server_frame(opcode::binary, message)); }

  WsDialect dialect_{DialectSettings{}};
  OutputBuffer out_;
  testing::RecordedEvents events_;
};

TEST_F(WsDialectTest, PutsTheIdBeforeThePayload) {
  dialect_.write_request(out_, "Bench.Echo", 0x102, protocol::as_bytes("ab"));
  EXPECT_EQ(testing::client_frames(out_), Lines{"\x02\0\0\0\0\0\0\1\2"s + "ab"});
}

TEST_F(WsDialectTest, MarksRequestsToJoin) {
  dialect_.write_request(out_, "Bench.Join", 1, {});
  EXPECT_EQ(testing::client_frames(out_), Lines{"\x02\x80\0\0\0\0\0\0\1"s});
}

TEST_F(WsDialectTest, GivesNotifiesTheIdOfTheRoom) {
  dialect_.write_notify(out_, "Bench.Say", protocol::as_bytes("ab"));
  EXPECT_EQ(testing::client_frames(out_), Lines{"\x02\0\0\0\0\0\0\0\0"s + "ab"});
}

TEST_F(WsDialectTest, TellsEchoesAsAnswersAndTheRoomsMessagesAsPushes) {
  receive_message("\0\0\0\0\0\0\1\2"s + "ab");
  receive_message("\x80\0\0\0\0\0\0\3"s);
  receive_message("\0\0\0\0\0\0\0\0"s + "cd");
  EXPECT_EQ(events_.lines, (Lines{"opened", "answer 258 ok ab", "answer 3 ok ", "push onSay cd"}));
}

TEST_F(WsDialectTest, RefusesMessagesWithoutAnId) {
  EXPECT_THROW(receive_message("1234567"), DialectError);
  EXPECT_THROW(receive(testing::server_frame(opcode::text, "12345678")), DialectError);
}

}  // namespace
}  // namespace nano::benchmark
