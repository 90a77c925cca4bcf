#include "benchmark/load/dialect.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/frame_header.h"
#include "protocol/handshake.h"
#include "protocol/message.h"
#include "protocol/packet.h"

namespace nano::benchmark {
namespace {

using protocol::as_bytes;
using protocol::as_text;
using protocol::MessageType;
using protocol::PacketType;

std::string packet(PacketType type, std::string_view body = {}) {
  const protocol::Bytes bytes = protocol::encode_packet(type, as_bytes(body));
  return std::string{as_text(bytes)};
}

std::string data(const protocol::Message& message) {
  const protocol::Bytes body = protocol::encode_message(message);
  return packet(PacketType::data, as_text(body));
}

std::string handshake() {
  return packet(PacketType::handshake, protocol::encode(protocol::ServerHandshake{}));
}

std::string frame(std::string_view payload) {
  std::uint8_t header[protocol::websocket_header_bytes_max];
  std::uint8_t* end = header + sizeof header;
  const std::size_t bytes = protocol::write_websocket_header(end, payload.size());
  return std::string{reinterpret_cast<const char*>(end - bytes), bytes} + std::string{payload};
}

constexpr std::string_view upgraded =
    "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A dialect with what it has told and written.
struct Conversation : DialectEvents {
  explicit Conversation(const DialectSettings& settings) : dialect(make_dialect(settings)) {
    dialect->prepare("127.0.0.1:80");
    dialect->open(out);
  }
  void on_opened() override { told.emplace_back("opened"); }
  void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) override {
    told.push_back("answer " + std::to_string(id) + (ok ? " ok " : " error ") +
                   std::string{as_text(payload)});
  }
  void on_push(std::string_view route, protocol::ByteView payload) override {
    told.push_back("push " + std::string{route} + " " + std::string{as_text(payload)});
  }

  void take(std::string_view bytes) { dialect->read(as_bytes(bytes), out, *this); }
  std::string written() {
    std::string text{as_text(out.view())};
    out.clear();
    return text;
  }
  std::string failure(std::string_view bytes) {
    try {
      take(bytes);
    } catch (const DialectError& error) {
      return error.what();
    }
    return "none";
  }

  std::unique_ptr<Dialect> dialect;
  OutputBuffer out;
  std::vector<std::string> told;
};

const DialectSettings over_tcp;
const DialectSettings over_websocket{.transport = Transport::websocket};

constexpr std::string_view hello = R"({"sys":{"type":"nano-bench","version":"1.0.0"},"user":{}})";

TEST(NanoDialect, ShakesHandsAndHasAHeartbeat) {
  Conversation client{over_tcp};
  EXPECT_EQ(client.written(), packet(PacketType::handshake, hello));
  client.take(packet(PacketType::handshake, protocol::encode(protocol::ServerHandshake{.heartbeat_s = 1.5})));
  EXPECT_EQ(client.dialect->heartbeat_interval_s(), 1.5);
  EXPECT_EQ(client.told, std::vector<std::string>{"opened"});
  EXPECT_EQ(client.written(), packet(PacketType::handshake_ack));
  client.take(packet(PacketType::heartbeat));
  EXPECT_EQ(client.written(), "");
  client.dialect->write_heartbeat(client.out);
  EXPECT_EQ(client.written(), packet(PacketType::heartbeat));
}

TEST(NanoDialect, WritesRequestsAndNotifies) {
  Conversation client{over_tcp};
  client.written();
  client.dialect->write_request(client.out, "A.B", 300, as_bytes("hello"));
  client.dialect->write_notify(client.out, "A.C", as_bytes("you"));
  EXPECT_EQ(client.written(),
            data({.id = 300, .route = "A.B", .payload = as_bytes("hello")}) +
                data({.type = MessageType::notify, .route = "A.C", .payload = as_bytes("you")}));
}

TEST(NanoDialect, TellsTheSameHoweverTheBytesAreCut) {
  const std::string large(5000, 'l');
  const std::vector<std::string> packets{
      handshake(),
      packet(PacketType::heartbeat),
      data({.type = MessageType::response, .id = 7, .payload = as_bytes("yes")}),
      data({.type = MessageType::response, .id = 8, .is_error = true, .payload = as_bytes("no")}),
      data({.type = MessageType::push, .route = "onSay", .payload = as_bytes(large)}),
  };
  const std::vector<std::string> expected{"opened", "answer 7 ok yes", "answer 8 error no",
                                          "push onSay " + large};
  for (const DialectSettings& settings : {over_tcp, over_websocket}) {
    const bool is_websocket = settings.transport == Transport::websocket;
    std::string bytes{is_websocket ? upgraded : ""};
    for (const std::string& one : packets) bytes += is_websocket ? frame(one) : one;
    for (unsigned seed = 1; seed <= 30; ++seed) {
      SCOPED_TRACE(seed);
      std::mt19937 random{seed};
      Conversation client{settings};
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t count = std::min<std::size_t>(bytes.size() - at, 1 + random() % 100);
        client.take(std::string_view{bytes}.substr(at, count));
        at += count;
      }
      EXPECT_EQ(client.told, expected);
    }
  }
}

TEST(NanoDialect, SaysWhatAServerDoesWrong) {
  const auto failure = [](std::string_view bytes) { return Conversation{over_tcp}.failure(bytes); };
  EXPECT_EQ(failure("x"), "the server sent a bad packet: unknown packet type");
  EXPECT_EQ(failure(packet(PacketType::kick, "{}")), "the server kicked a client: {}");
  EXPECT_EQ(failure(packet(PacketType::data)), "the server sent a bad message: empty message");
  EXPECT_EQ(failure(data({.id = 1, .route = "A.B"})), "the server sent a request");
  EXPECT_EQ(failure(packet(PacketType::handshake_ack)), "the server sent a handshake-ack");
  EXPECT_EQ(failure(handshake() + handshake()), "the server shook hands twice");
  EXPECT_EQ(failure(packet(PacketType::handshake, R"({"code":500,"sys":{},"message":"full"})")),
            "the server refused the handshake with code 500 full");
  EXPECT_EQ(failure(packet(PacketType::handshake, R"({"code":200,"sys":{"dict":{"A.B":1}}})")),
            "the server compresses routes, which this program does not read; turn that off");
}

TEST(WsDialect, PutsTheIdInFrontOfThePayload) {
  Conversation client{{.dialect = "ws", .transport = Transport::websocket}};
  client.take(upgraded);
  const std::string id_5("\0\0\0\0\0\0\0\5", 8);
  client.take(frame(id_5 + "hello"));
  EXPECT_EQ(client.told, (std::vector<std::string>{"opened", "answer 5 ok hello"}));
  EXPECT_EQ(client.failure(frame("short")),
            "the server sent a message that is no echo: it has no id of 8 bytes");
}

TEST(Dialects, AreKnownByName) {
  for (const std::string& name : dialect_names()) {
    EXPECT_NE(make_dialect({.dialect = name, .transport = Transport::websocket}), nullptr) << name;
  }
}

}  // namespace
}  // namespace nano::benchmark
