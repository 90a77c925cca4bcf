// What clients in the field are sent otherwise than the rest: error responses, push routes, heartbeats.
#include <string>
#include <string_view>
#include <vector>

#include "nano/session/group.h"
#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

using protocol::MessageType;

constexpr std::string_view libpomelo = R"({"sys":{"type":"c","version":"0.3.4"}})";
constexpr std::string_view libpomelo2 = R"({"sys":{"type":"desktop","version":"0.3.5-release"}})";
constexpr std::string_view libpitaya = R"({"sys":{"platform":"desktop","libVersion":"4.6.2"}})";
constexpr std::string_view browser = R"({"sys":{"type":"js-websocket","version":"1.1.1"}})";

class KnownClientsTest : public SessionTest {
 protected:
  explicit KnownClientsTest(Options options = {}) : SessionTest(std::move(options)) {
    world_.app().compress_routes();
    world_.app().on_session_opened([this](Session& session) { all_.add(session); }).detach();
    world_.start();
  }

  static void open(RawClient& client, std::string_view handshake) {
    client.handshake(handshake);
    client.packet(PacketType::handshake_ack);
    client.take();
  }
  std::uint16_t code_of(std::string_view route) {
    return protocol::RouteDictionary::from_routes({"Desk.Close", "Desk.Echo", "Desk.Hold", "Desk.Kick",
                                                   "Desk.Note", "Desk.Push", "Desk.Slow", "onPush"})
        .find_code(route)
        .value();
  }
  protocol::Bytes short_notify(std::string_view route, std::string_view payload) {
    return RawClient::data(
        {.type = MessageType::notify, .route_code = code_of(route), .payload = protocol::as_bytes(payload)});
  }
  static std::uint8_t flag_of(const SeenPacket& packet) {
    return static_cast<std::uint8_t>(packet.body.at(0));
  }

  Group all_;
};

constexpr std::uint8_t plain_push = 0x06;
constexpr std::uint8_t coded_push = 0x07;

TEST_F(KnownClientsTest, OfPomeloInCGetErrorsInPlainResponses) {
  for (const std::string_view handshake : {libpomelo, libpomelo2}) {
    RawClient client{world_};
    open(client, handshake);
    client.send(RawClient::request(9, "Nobody.Home", ""));
    const auto seen = client.take();
    ASSERT_EQ(seen.size(), 1u) << handshake;
    EXPECT_EQ(flag_of(seen[0]), 0x04) << handshake;
    const auto error = protocol::parse_error(protocol::as_bytes(seen[0].body).subspan(2));
    ASSERT_TRUE(error) << handshake;
    EXPECT_EQ(error->code, "unknown_route");
  }
  for (const std::string_view handshake : {libpitaya, browser, std::string_view{"{}"}, std::string_view{}}) {
    RawClient client{world_};
    open(client, handshake);
    client.send(RawClient::request(9, "Nobody.Home", ""));
    EXPECT_EQ(flag_of(client.take().at(0)), 0x24) << handshake;
  }
}

TEST_F(KnownClientsTest, GetPushRoutesInPlainUntilTheySendACodeThemselves) {
  for (const std::string_view handshake : {libpitaya, browser, std::string_view{}}) {
    RawClient client{world_};
    open(client, handshake);
    client.send(RawClient::notify("Desk.Push", "one"));
    all_.broadcast("onPush", std::string_view{"two"});
    for (const SeenPacket& packet : client.take()) EXPECT_EQ(flag_of(packet), plain_push) << handshake;

    client.send(short_notify("Desk.Push", "three"));
    all_.broadcast("onPush", std::string_view{"four"});
    const auto seen = client.take();
    ASSERT_EQ(seen.size(), 2u);
    for (const SeenPacket& packet : seen) EXPECT_EQ(flag_of(packet), coded_push) << handshake;
    all_.broadcast("onUndeclared", std::string_view{"five"});
    EXPECT_EQ(client.take_texts(), Texts{"push onUndeclared five"});
  }
}

TEST_F(KnownClientsTest, OfPomeloInCNeverGetRouteCodes) {
  for (const std::string_view handshake : {libpomelo, libpomelo2}) {
    RawClient client{world_};
    open(client, handshake);
    client.send(short_notify("Desk.Push", "one"));
    all_.broadcast("onPush", std::string_view{"two"});
    const auto seen = client.take();
    ASSERT_EQ(seen.size(), 2u);
    for (const SeenPacket& packet : seen) EXPECT_EQ(flag_of(packet), plain_push) << handshake;
  }
}

TEST_F(KnownClientsTest, StartAnewWithEachHandshake) {
  RawClient client{world_};
  open(client, browser);
  client.send(short_notify("Desk.Push", "one"));
  EXPECT_EQ(flag_of(client.take().at(0)), coded_push);
  open(client, browser);
  client.send(RawClient::notify("Desk.Push", "two"));
  EXPECT_EQ(flag_of(client.take().at(0)), plain_push);
}

TEST_F(KnownClientsTest, ShareOneBufferForEachFormOfABroadcast) {
  std::vector<std::shared_ptr<testing::MemoryWire>> wires;
  std::vector<std::shared_ptr<WireReceiver>> servers;
  for (int i = 0; i < 6; ++i) {
    wires.push_back(std::make_shared<testing::MemoryWire>("192.0.2.1:1", limits::send_queue_bytes));
    servers.push_back(world_.app().connect(wires.back()));
    const auto send = [&](const protocol::Bytes& packet) { wires.back()->deliver(packet, *servers.back()); };
    send(protocol::encode_packet(PacketType::handshake, protocol::as_bytes(browser)));
    send(protocol::encode_packet(PacketType::handshake_ack, {}));
    if (i % 2 == 1) send(short_notify("Desk.Note", ""));
    world_.settle();
  }
  all_.broadcast("onPush", std::string_view{"to all"});
  std::vector<Frame> pushes(6);
  for (std::size_t i = 0; i < wires.size(); ++i) {
    while (wires[i]->take(pushes[i])) continue;
  }
  for (std::size_t i = 0; i < pushes.size(); ++i) {
    EXPECT_EQ(pushes[i].packet()[protocol::packet_header_bytes], i % 2 == 1 ? coded_push : plain_push);
    EXPECT_EQ(pushes[i].packet().data(), pushes[i % 2].packet().data());
  }
  for (const auto& server : servers) server->on_lost("the test is over");
}

TEST(Routes, OfClientsThatEncodeEachHalfOfACharacterAreFound) {
  testing::World world;
  ComponentOptions options;
  options.name = "Smile\U0001f600";
  world.app().add<Desk>(std::move(options));
  world.start();
  RawClient client{world};
  client.open();
  client.send(RawClient::request(1, "Smile\xed\xa0\xbd\xed\xb8\x80.Echo", "one"));
  client.send(RawClient::request(2, "Smile\U0001f600.Echo", "two"));
  EXPECT_EQ(client.take_texts(), (std::vector<std::string>{"response 1 one", "response 2 two"}));
}

// -- heartbeats --------------------------------------------------------------------------------------------

Options heartbeat_of(Duration interval) {
  Options options;
  options.heartbeat_interval = interval;
  return options;
}

class FractionalHeartbeatTest : public KnownClientsTest {
 protected:
  FractionalHeartbeatTest() : KnownClientsTest(heartbeat_of(milliseconds{1200})) {}
};

TEST_F(FractionalHeartbeatTest, IsToldInWholeSecondsToClientsThatKnowNoFractions) {
  for (const std::string_view handshake : {libpomelo, libpomelo2, libpitaya}) {
    RawClient client{world_};
    client.handshake(handshake);
    EXPECT_NE(client.take().at(0).body.find(R"("heartbeat":2,)"), std::string::npos) << handshake;
  }
  RawClient client{world_};
  client.handshake(browser);
  EXPECT_NE(client.take().at(0).body.find(R"("heartbeat":1.2,)"), std::string::npos);
}

TEST_F(FractionalHeartbeatTest, JudgesAClientByTheIntervalItWasTold) {
  RawClient whole{world_};
  open(whole, libpitaya);
  RawClient exact{world_};
  open(exact, browser);
  world_.advance(milliseconds{1999});
  EXPECT_TRUE(whole.take().empty());
  EXPECT_EQ(exact.take().size(), 1u);
  world_.advance(milliseconds{1});
  EXPECT_EQ(whole.take_texts(), Texts{"heartbeat"});
  world_.advance(milliseconds{3999});
  EXPECT_FALSE(whole.closed());
  EXPECT_EQ(exact.reason(), "heartbeat_timeout");
  world_.advance(milliseconds{1});
  EXPECT_EQ(whole.reason(), "heartbeat_timeout");
}

}  // namespace
}  // namespace nano
