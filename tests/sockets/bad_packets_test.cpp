// What a client must not do with packets and messages. Each costs its own connection at most.

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

using protocol::MessageError;
using protocol::PacketError;
using protocol::PacketType;

constexpr int websocket_protocol_error = 1002;

class BadPackets : public OverTransports {
 protected:
  void send(std::string_view bytes) { client_.send(bytes); }
  Client& open() { return client_.open(); }

  /// The client's connection ends in an orderly way, with the reason in the log, and others are served.
  void expect_closed_for(std::string_view reason) {
    EXPECT_EQ(client_.read_to_end(), Received::end);
    if (is_websocket(transport())) {
      EXPECT_EQ(client_.close_code(), websocket_protocol_error);
    }
    EXPECT_TRUE(server_.log().wait_for("reason=protocol_error")) << reason;
    EXPECT_TRUE(server_.log().contains(reason)) << reason;
    expect_others_served();
  }
  void expect_others_served() {
    EXPECT_TRUE(Client(server_, transport()).open().echoes());
    EXPECT_TRUE(Client(server_, Transport::tcp).open().echoes());
  }

  static Options options() {
    Options made;
    made.packet_bytes_max = 1000;
    return made;
  }
  Server server_{{.io_threads = io_threads(), .options = options()}};
  Client client_{server_, transport()};
};
INSTANTIATE_TEST_SUITE_P(Sockets, BadPackets, each_transport(), transport_name);

TEST_P(BadPackets, UnknownTypeClosesAtOnce) {
  open().send("\x09");
  expect_closed_for(to_string(PacketError::unknown_type));
}

TEST_P(BadPackets, OversizedBodyClosesWhenItsHeaderIsThere) {
  open().send(std::string("\x04\x00\x03\xe9", 4));  // 1001 bytes are announced
  expect_closed_for(to_string(PacketError::body_too_large));
}

TEST_P(BadPackets, DataBeforeTheHandshakeCloses) {
  send(request_packet(1, "Service.Echo", "too early"));
  expect_closed_for("data before the acknowledged handshake");
}

TEST_P(BadPackets, DataBeforeTheAckCloses) {
  send(packet(PacketType::handshake) + request_packet(1, "Service.Echo", "too early"));
  ASSERT_EQ(client_.next_packet()->type, PacketType::handshake);
  expect_closed_for("data before the acknowledged handshake");
}

TEST_P(BadPackets, AnEmptyDataPacketCloses) {
  open().send(packet(PacketType::data));
  expect_closed_for(to_string(MessageError::empty));
}

TEST_P(BadPackets, AMessageCutShortCloses) {
  using namespace std::string_literals;
  open().send(packet(PacketType::data, "\x00\x01\x20Serv"s));  // a route of 32 bytes is announced
  expect_closed_for(to_string(MessageError::truncated));
}

TEST_P(BadPackets, AMessageWithAnEndlessIdCloses) {
  open().send(packet(PacketType::data, std::string(1, '\0') + std::string(11, '\xff')));
  expect_closed_for(to_string(MessageError::id_too_long));
}

TEST_P(BadPackets, AHandshakeThatIsNoJsonIsRefusedWithASentence) {
  send(packet(PacketType::handshake, "{not json"));
  const auto answer = client_.next_packet();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->type, PacketType::handshake);
  EXPECT_NE(answer->body.find("\"code\":500"), std::string::npos) << answer->body;
  EXPECT_EQ(client_.read_to_end(), Received::end);
  expect_others_served();
}

TEST_P(BadPackets, GoodRequestsBeforeABadPacketInTheSameWriteAreAnsweredFirst) {
  open().send(request_packet(1, "Service.Echo", "one") + request_packet(2, "Service.Echo", "two") +
              "\x09garbage");
  const auto one = client_.next_message();
  ASSERT_TRUE(one);
  EXPECT_EQ(one->payload, "one");
  const auto two = client_.next_message();
  ASSERT_TRUE(two);
  EXPECT_EQ(two->payload, "two");
  expect_closed_for(to_string(PacketError::unknown_type));
}

TEST_P(BadPackets, AnswersAreNotLostWhenMuchGarbageFollowsThem) {
  open().send(request_packet(1, "Service.Bytes", "500000") + "\x09");
  client_.send_raw(std::string(300'000, '\x09'));  // is discarded, so that no reset destroys the answer
  client_.socket().shut_down_sending();
  const auto answer = client_.next_message();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload.size(), 500'000u);
  expect_closed_for(to_string(PacketError::unknown_type));
}

TEST_P(BadPackets, AnUnknownRouteIsAnsweredWithAnErrorAndTheConnectionGoesOn) {
  open();
  const Message answer = client_.request("Service.Nothing");
  EXPECT_TRUE(answer.is_error);
  EXPECT_NE(answer.payload.find("Service.Nothing"), std::string::npos) << answer.payload;
  EXPECT_TRUE(client_.echoes());
}

TEST_P(BadPackets, AnUndecodablePayloadIsAnsweredWithAnErrorThatNamesTheMember) {
  open();
  const Message answer = client_.request("Service.Double", R"({"value":"many"})");
  EXPECT_TRUE(answer.is_error);
  EXPECT_NE(answer.payload.find("value"), std::string::npos) << answer.payload;
  EXPECT_TRUE(client_.request("Service.Double", "").is_error);
  EXPECT_TRUE(client_.echoes());
}

TEST_P(BadPackets, AHandlerThatThrowsAnswersInternalAndTellsTheLogNotTheClient) {
  open();
  const Message answer = client_.request("Service.Throw");
  EXPECT_TRUE(answer.is_error);
  EXPECT_NE(answer.payload.find("internal"), std::string::npos) << answer.payload;
  EXPECT_EQ(answer.payload.find("thrown by"), std::string::npos) << answer.payload;
  EXPECT_TRUE(server_.log().wait_for("thrown by Service.Throw"));
  EXPECT_TRUE(client_.echoes());
}

TEST_P(BadPackets, WhatOnlyServersSendIsIgnored) {
  open();
  send(packet(PacketType::kick, "{}"));
  protocol::Message push{.type = protocol::MessageType::push, .route = "onPush"};
  send(packet(PacketType::data, protocol::as_text(protocol::encode_message(push))));
  EXPECT_TRUE(client_.echoes());
}

TEST_P(BadPackets, AKickedClientGetsItsPacketThenTheEnd) {
  open().send(notify_packet("Service.Kick", "too loud"));
  std::optional<Packet> got;
  while ((got = client_.next_packet()) && got->type != PacketType::kick) {
  }
  ASSERT_TRUE(got);
  EXPECT_NE(got->body.find("too loud"), std::string::npos);
  EXPECT_EQ(client_.read_to_end(), Received::end);
  expect_others_served();
}

class Silence : public OverTransports {
 protected:
  void start(std::chrono::milliseconds handshake_timeout) {
    Options options;
    options.handshake_timeout = handshake_timeout;
    server_.emplace(Server::Settings{.io_threads = io_threads(), .options = options});
  }
  /// Starts a server with a short handshake timeout and connects. TLS and the upgrade have to be done within
  /// it, too: where the machine is too busy to get through them in time, a longer one is tried.
  Client& connect() {
    for (std::chrono::milliseconds timeout{50};; timeout *= 10) {
      start(timeout);
      try {
        return client_.emplace(*server_, transport());
      } catch (const std::runtime_error&) {
        if (timeout > std::chrono::seconds{1}) throw;
      }
    }
  }

  std::optional<Server> server_;
  std::optional<Client> client_;
};
INSTANTIATE_TEST_SUITE_P(Sockets, Silence, each_transport(), transport_name);

TEST_P(Silence, AClientThatNeverSpeaksIsClosedAfterTheHandshakeTimeout) {
  EXPECT_EQ(connect().read_to_end(), Received::end);
  EXPECT_TRUE(server_->log().wait_for("reason=handshake_timeout"));
}

TEST_P(Silence, APacketThatNeverEndsIsClosedAfterTheHandshakeTimeout) {
  Client& client = connect();
  client.send(std::string("\x01\x00\x10\x00half of a", 13));
  EXPECT_EQ(client.read_to_end(), Received::end);
  EXPECT_TRUE(server_->log().wait_for("reason=handshake_timeout"));
}

TEST_P(Silence, RepeatedHandshakesDoNotPutTheTimeoutOff) {
  Client& client = connect();
  while (client.send(packet(PacketType::handshake)) && client.next_packet()) {
  }
  EXPECT_NE(client.read_to_end(), Received::nothing);
  EXPECT_TRUE(server_->log().wait_for("reason=handshake_timeout"));
}

TEST_P(Silence, APlainSocketThatNeverSpeaksIsClosedWhateverTheListener) {
  start(std::chrono::milliseconds{50});
  Socket socket{server_->port(transport())};  // no TLS, no HTTP
  EXPECT_EQ(socket.receive_all(), "");
  EXPECT_EQ(socket.last(), Received::end);
}

}  // namespace
}  // namespace nano::sockets
