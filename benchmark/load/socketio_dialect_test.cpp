#include "benchmark/load/socketio_dialect.h"

#include <gtest/gtest.h>

#include "benchmark/load/dialect_test_frames.h"

namespace nano::benchmark {
namespace {

using testing::Lines;

class SocketIoDialectTest : public ::testing::Test {
 protected:
  void receive(std::string_view bytes) { dialect_.read(protocol::as_bytes(bytes), out_, events_); }
  void receive_packet(std::string_view packet) { receive(testing::server_frame(opcode::text, packet)); }

  /// Text frames that were written since the last call.
  Lines sent() {
    Lines texts;
    for (const std::string& frame : testing::client_frames(out_)) {
      EXPECT_EQ(frame[0], opcode::text);
      texts.push_back(frame.substr(1));
    }
    return texts;
  }

  void connect() {
    dialect_.prepare("127.0.0.1:3000");
    dialect_.open(out_);
    out_.clear();
    receive(testing::upgrade_answer());
    receive_packet(R"(0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1})");
    receive_packet(R"(40{"sid":"b"})");
    out_.clear();
    events_.lines.clear();
  }

  SocketIoDialect dialect_{DialectSettings{}};
  OutputBuffer out_;
  testing::RecordedEvents events_;
};

TEST_F(SocketIoDialectTest, AsksForTheUpgradeOnThePathOfSocketIo) {
  dialect_.prepare("127.0.0.1:3000");
  dialect_.open(out_);
  const std::string request = testing::text_of(out_);
  EXPECT_TRUE(request.starts_with("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("Host: 127.0.0.1:3000\r\n"), std::string::npos) << request;
}

TEST_F(SocketIoDialectTest, ConnectsToTheNamespaceWhenTheEngineIsOpen) {
  dialect_.prepare("127.0.0.1:3000");
  dialect_.open(out_);
  out_.clear();
  receive(testing::upgrade_answer());
  EXPECT_TRUE(sent().empty());
  receive_packet(R"(0{"sid":"a"})");
  EXPECT_EQ(sent(), Lines{"40"});
  EXPECT_TRUE(events_.lines.empty());
  receive_packet(R"(40{"sid":"b"})");
  EXPECT_EQ(events_.lines, Lines{"opened"});
}

TEST_F(SocketIoDialectTest, WritesARequestAsAnEventThatWantsAnAcknowledgement) {
  connect();
  dialect_.write_request(out_, "Bench.Echo", 17, protocol::as_bytes(R"({"n":1})"));
  dialect_.write_request(out_, "Bench.Join", 18, {});
  EXPECT_EQ(sent(), (Lines{R"(4217["Bench.Echo",{"n":1}])", R"(4218["Bench.Join"])"}));
}

TEST_F(SocketIoDialectTest, WritesANotifyAsAnEvent) {
  connect();
  dialect_.write_notify(out_, "Bench.Say", protocol::as_bytes(R"({"n":1})"));
  EXPECT_EQ(sent(), Lines{R"(42["Bench.Say",{"n":1}])"});
}

TEST_F(SocketIoDialectTest, TellsAnAcknowledgementAsAnAnswerAlsoWhenItComesInPieces) {
  connect();
  const std::string frame = testing::server_frame(opcode::text, R"(4317[{"n":1}])");
  for (const char byte : frame) receive(std::string_view{&byte, 1});
  receive_packet("4318[]");
  EXPECT_EQ(events_.lines, (Lines{R"(answer 17 ok {"n":1})", "answer 18 ok "}));
}

TEST_F(SocketIoDialectTest, TellsAnEventAsAPush) {
  connect();
  receive_packet(R"(42["onSay",{"n":1}])");
  receive_packet(R"(42["onQuiet"])");
  EXPECT_EQ(events_.lines, (Lines{R"(push onSay {"n":1})", "push onQuiet "}));
}

TEST_F(SocketIoDialectTest, AnswersPings) {
  connect();
  receive_packet("2");
  EXPECT_EQ(sent(), Lines{"3"});
}

TEST_F(SocketIoDialectTest, RefusesPayloadsThatAreNoJson) {
  connect();
  EXPECT_THROW(dialect_.write_notify(out_, "Bench.Say", protocol::as_bytes("xxxx")), DialectError);
  EXPECT_THROW(dialect_.write_request(out_, "Bench.Echo", 1, protocol::as_bytes("1")), DialectError);
  EXPECT_TRUE(out_.empty());
}

TEST_F(SocketIoDialectTest, SaysThatTheServerRefusedOrEnded) {
  receive(testing::upgrade_answer());
  for (const char* packet : {R"(44{"message":"no"})", "41", "1"}) {
    EXPECT_THROW(receive_packet(packet), DialectError) << packet;
  }
}

TEST_F(SocketIoDialectTest, RefusesPacketsThatAreCutOrOutOfTurn) {
  connect();
  for (const char* packet :
       {"4", "43", "43[1]", "431", "431[", "42", "42[1]", "42[\"a]", "49", "40", "7", "51-[]"}) {
    EXPECT_THROW(receive_packet(packet), DialectError) << packet;
  }
  EXPECT_THROW(receive(testing::server_frame(opcode::binary, "x")), DialectError);
  EXPECT_TRUE(events_.lines.empty());
}

}  // namespace
}  // namespace nano::benchmark
