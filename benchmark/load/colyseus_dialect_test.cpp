#include "benchmark/load/colyseus_dialect.h"

#include <gtest/gtest.h>

#include "benchmark/load/dialect_test_frames.h"
#include "benchmark/load/http_post.h"

namespace nano::benchmark {
namespace {

using testing::Lines;
using namespace std::string_literals;

// What version 0.18 sends first: a token to reconnect with, no serializer ("none"), no handshake of one.
const std::string join_message = "\x0a\x05token\x04none\x00"s;

class ColyseusDialectTest : public ::testing::Test {
 protected:
  void receive(std::string_view bytes) { dialect_.read(protocol::as_bytes(bytes), out_, events_); }
  void receive_message(std::string_view message) { receive(testing::server_frame(opcode::binary, message)); }

  /// Binary frames that were written since the last call.
  Lines sent() {
    Lines messages;
    for (const std::string& frame : testing::client_frames(out_)) {
      EXPECT_EQ(frame[0], opcode::binary);
      messages.push_back(frame.substr(1));
    }
    return messages;
  }

  void join() {
    receive(testing::upgrade_answer());
    receive_message(join_message);
    out_.clear();
    events_.lines.clear();
  }

  ColyseusDialect dialect_{DialectSettings{}};
  OutputBuffer out_;
  testing::RecordedEvents events_;
};

TEST_F(ColyseusDialectTest, TakesItsSeatWithTheUpgrade) {
  dialect_.take(ColyseusSeat::parse(
      R"({"name":"bench","sessionId":"JRfqC4wQM","roomId":"_VZzR3jm3","processId":"A37XfuqJH"})"));
  dialect_.open(out_);
  const std::string request = testing::text_of(out_);
  EXPECT_TRUE(request.starts_with("GET /A37XfuqJH/_VZzR3jm3?sessionId=JRfqC4wQM HTTP/1.1\r\n")) << request;
}

TEST_F(ColyseusDialectTest, RefusesAnswersOfTheMatchmakerWithoutASeat) {
  EXPECT_THROW(ColyseusSeat::parse(R"({"code":520,"message":"no"})"), DialectError);
  EXPECT_THROW(ColyseusSeat::parse(R"({"processId":"a","roomId":"b","sessionId":"c)"), DialectError);
}

TEST_F(ColyseusDialectTest, SaysThatItIsReadyWhenTheRoomIsJoined) {
  receive(testing::upgrade_answer());
  EXPECT_TRUE(events_.lines.empty());
  receive_message(join_message);
  EXPECT_EQ(sent(), Lines{"\x0a"});
  EXPECT_EQ(events_.lines, Lines{"opened"});
}

TEST_F(ColyseusDialectTest, WritesARequestWithAnIdOfAnyLength) {
  join();
  const auto write = [this](std::uint64_t id) {
    dialect_.write_request(out_, "Echo", id, protocol::as_bytes("ab"));
    return sent().front();
  };
  EXPECT_EQ(write(1), "\x15\x01\xa4"s + "Echo\xc4\x02" + "ab");
  EXPECT_EQ(write(0x7f), "\x15\x7f\xa4"s + "Echo\xc4\x02" + "ab");
  EXPECT_EQ(write(0x80), "\x15\xcc\x80\xa4"s + "Echo\xc4\x02" + "ab");
  EXPECT_EQ(write(0x1234), "\x15\xcd\x34\x12\xa4"s + "Echo\xc4\x02" + "ab");
  EXPECT_EQ(write(0x12345678), "\x15\xce\x78\x56\x34\x12\xa4"s + "Echo\xc4\x02" + "ab");
}

TEST_F(ColyseusDialectTest, WritesANotifyAsAMessage) {
  join();
  const std::string route(0x20, 'r');
  dialect_.write_notify(out_, route, {});
  EXPECT_EQ(sent(), Lines{"\x0d\xd9\x20"s + route + "\xc4\x00"s});
  EXPECT_THROW(dialect_.write_notify(out_, std::string(256, 'r'), {}), DialectError);
}

TEST_F(ColyseusDialectTest, WritesLongPayloadsWithALongerHeader) {
  join();
  const std::string payload(300, 'p');
  dialect_.write_notify(out_, "Say", protocol::as_bytes(payload));
  // After the frame's header of 8 bytes, masked: the room's 1 + 4 bytes, then 0xc5 and the length.
  const std::string bytes = testing::text_of(out_);
  ASSERT_EQ(bytes.size(), 8 + 1 + 4 + 3 + payload.size());
  std::string header;
  for (std::size_t i = 0; i < 8; ++i) header += bytes[8 + i] ^ bytes[4 + i % 4];
  EXPECT_EQ(header, "\x0d\xa3Say\xc5\x01\x2c"s);
}

TEST_F(ColyseusDialectTest, TellsResponsesAsAnswersAlsoWhenTheyComeInPieces) {
  join();
  const std::string frame = testing::server_frame(opcode::binary, "\x16\xcd\x34\x12\x00\xc4\x02"s + "ab");
  for (const char byte : frame) receive(std::string_view{&byte, 1});
  receive_message("\x16\x05\x00\xc5\x00\x01"s + "a");
  receive_message("\x16\x06\x00"s);
  receive_message("\x16\x07\x02\x81"s);
  EXPECT_EQ(events_.lines,
            (Lines{"answer 4660 ok ab", "answer 5 ok a", "answer 6 ok ", "answer 7 failed \x81"}));
}

TEST_F(ColyseusDialectTest, TellsMessagesOfTheRoomAsPushes) {
  join();
  receive_message("\x0d\xa5onSay\xc4\x02"s + "ab");
  receive_message("\x11\xa5onSay"s + "ab");
  EXPECT_EQ(events_.lines, (Lines{"push onSay ab", "push onSay ab"}));
}

TEST_F(ColyseusDialectTest, RefusesMessagesThatAreCutOrOutOfTurn) {
  receive(testing::upgrade_answer());
  EXPECT_THROW(receive_message("\x0d\xa1r\xc4\x00"s), DialectError) << "before the room is joined";
  receive_message(join_message);
  events_.lines.clear();
  for (const std::string& message :
       {""s, "\x16"s, "\x16\xcd\x01"s, "\x16\xcb"s, "\x16\x01"s, "\x16\x01\x00\xc4"s,
        "\x16\x01\x00\xc4\x02"
        "a"s,
        "\x16\x01\x00\x81"s, "\x0d\x01"s, "\x0d\xa5on"s, "\x0b\xcd\x08\x02"s, "\x0c"s, "\x0a"s, "\x7f"s}) {
    EXPECT_THROW(receive_message(message), DialectError) << ::testing::PrintToString(message);
  }
  EXPECT_THROW(receive(testing::server_frame(opcode::text, "x")), DialectError);
  EXPECT_TRUE(events_.lines.empty());
}

TEST(HttpBody, IsWhatFollowsTheHeadOfAnAnswer) {
  EXPECT_EQ(http_body("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: y\r\n\r\n{}"), "{}");
  EXPECT_EQ(http_body("HTTP/1.1 200 OK\r\nContent-Length:0\r\n\r\n"), "");
}

TEST(HttpBody, RefusesAnswersThatAreCutAndOtherStatuses) {
  EXPECT_THROW(http_body("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"), DialectError);
  EXPECT_THROW(http_body("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{"), DialectError);
  EXPECT_THROW(http_body("HTTP/1.1 200 OK\r\n\r\n{}"), DialectError);
  EXPECT_THROW(http_body("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}"), DialectError);
}

}  // namespace
}  // namespace nano::benchmark
