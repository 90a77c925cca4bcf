// What services behind a gate send reaches each client in the form that it takes.
#include <gtest/gtest.h>

#include "cluster/node/node_test_fixture.h"
#include "protocol/handshake.h"

namespace nano::cluster {
namespace {

using protocol::MessageType;

constexpr std::uint16_t code_of_join = 1;

class NodeClientsTest : public NodeTestFixture {
 protected:
  NodeClientsTest() {
    add("gate:3", {}, "", [](Application& app, Node&) {
      app.set_route_codes({{"A.Join", code_of_join}, {"onSay", 2}});
    });
    advance(seconds{1});
  }

  /// One that says what it is, and is read packet by packet.
  struct FieldClient {
    std::shared_ptr<nano::testing::MemoryWire> wire;
    std::shared_ptr<WireReceiver> server;

    void packet(protocol::PacketType type, protocol::ByteView body) {
      wire->deliver(protocol::encode_packet(type, body), *server);
    }
    void send(const protocol::Message& message) {
      packet(protocol::PacketType::data, protocol::encode_message(message));
    }
    /// The bodies of the data packets that have come.
    std::vector<std::string> take() {
      std::vector<std::string> bodies;
      Frame frame;
      while (wire->take(frame)) {
        protocol::for_each_packet(frame.packet(), [&](const protocol::Packet& packet) {
          if (packet.type == protocol::PacketType::data) bodies.emplace_back(protocol::as_text(packet.body));
        });
      }
      return bodies;
    }
  };

  FieldClient connect(std::string_view handshake) {
    auto wire = std::make_shared<nano::testing::MemoryWire>("192.0.2.1:1", nano::limits::send_queue_bytes);
    FieldClient client{wire, cluster_.app("gate:3").connect(wire)};
    client.packet(protocol::PacketType::handshake, protocol::as_bytes(handshake));
    client.packet(protocol::PacketType::handshake_ack, {});
    advance(milliseconds{10});
    client.take();
    return client;
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeClientsTest, ::testing::Values(1));

TEST_P(NodeClientsTest, AreToldErrorsAndPushedToAsEachCanTakeIt) {
  FieldClient old = connect(R"({"sys":{"type":"c","version":"0.3.4"}})");
  FieldClient browser = connect(R"({"sys":{"type":"js-websocket","version":"1.1.1"}})");
  FieldClient coded = connect(R"({"sys":{"type":"js-websocket","version":"1.1.1"}})");
  old.send({.type = MessageType::request, .id = 1, .route_code = code_of_join});
  browser.send({.type = MessageType::request, .id = 1, .route = "A.Join"});
  coded.send({.type = MessageType::request, .id = 1, .route_code = code_of_join});
  advance(milliseconds{250});
  for (FieldClient* client : {&old, &browser, &coded}) EXPECT_EQ(client->take().size(), 1u);

  desk("a:1", "A").group.broadcast("onSay", std::string_view{"hello"});
  advance(milliseconds{250});
  EXPECT_EQ(old.take(), std::vector<std::string>{"\x06\x05onSayhello"});
  EXPECT_EQ(browser.take(), std::vector<std::string>{"\x06\x05onSayhello"});
  EXPECT_EQ(coded.take(), std::vector<std::string>{std::string("\x07\0\x02hello", 8)});

  for (FieldClient* client : {&old, &browser}) {
    client->send({.type = MessageType::request, .id = 2, .route = "A.Fail"});
  }
  advance(milliseconds{250});
  EXPECT_EQ(old.take().at(0)[0], 0x04);
  EXPECT_EQ(browser.take().at(0)[0], 0x24);
  for (FieldClient* client : {&old, &browser, &coded}) client->server->on_lost("the test is over");
}

}  // namespace
}  // namespace nano::cluster
