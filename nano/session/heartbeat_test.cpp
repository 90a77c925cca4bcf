#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

class Heartbeat : public SessionTest {
 protected:
  Heartbeat() { world_.start(); }
};

TEST_F(Heartbeat, TheFirstComesRightAfterTheAck) {
  RawClient client{world_};
  client.handshake();
  client.take();
  client.packet(PacketType::handshake_ack);
  EXPECT_EQ(client.take_texts(), Texts{"heartbeat"});
}

TEST_F(Heartbeat, ComesEachIntervalWhateverTheClientSends) {
  RawClient client{world_};
  client.open();
  for (int i = 0; i < 10; ++i) {
    world_.advance(milliseconds{29'999});
    EXPECT_TRUE(client.take().empty());
    world_.advance(milliseconds{1});
    EXPECT_EQ(client.take_texts(), Texts{"heartbeat"});
    client.packet(PacketType::heartbeat);
    EXPECT_TRUE(client.take().empty()) << "the client's is not echoed";
  }
}

TEST_F(Heartbeat, SilentClientIsClosedAfterExactlyThreeIntervals) {
  RawClient client{world_};
  client.open();
  world_.advance(milliseconds{89'999});
  EXPECT_FALSE(client.closed());
  EXPECT_EQ(client.take_texts(), (Texts{"heartbeat", "heartbeat"}));
  world_.advance(milliseconds{1});
  EXPECT_EQ(client.reason(), "heartbeat_timeout");
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 heartbeat_timeout"}));
}

TEST_F(Heartbeat, TheSilenceCountsFromTheLastPacketOfAnyKind) {
  RawClient client{world_};
  client.open();
  world_.advance(seconds{45});
  client.send(RawClient::notify("Desk.Note", "x"));
  world_.advance(milliseconds{89'999});
  EXPECT_FALSE(client.closed());
  world_.advance(milliseconds{1});
  EXPECT_EQ(client.reason(), "heartbeat_timeout");
}

TEST_F(Heartbeat, BrowserClientsThatAnswerAnIntervalLateStay) {
  RawClient client{world_};
  client.open();
  for (int i = 0; i < 20; ++i) {
    world_.advance(seconds{60});  // they answer each heartbeat 30 s later: two intervals lie between
    ASSERT_FALSE(client.closed());
    client.packet(PacketType::heartbeat);
  }
}

TEST_F(Heartbeat, PartsOfAPacketAreNoSignOfLife) {
  RawClient client{world_};
  client.open();
  for (int i = 0; i < 8; ++i) {
    world_.advance(seconds{10});
    client.send(i == 0 ? protocol::Bytes{4, 0, 1, 0} : protocol::Bytes{0});
  }
  EXPECT_FALSE(client.closed());
  world_.advance(seconds{10});
  EXPECT_EQ(client.reason(), "heartbeat_timeout");
}

TEST_F(Heartbeat, ClientThatDoesNotReadDoesNotEscapeTheCheck) {
  auto client = world_.connect();
  client->stop_reading();
  world_.advance(seconds{90});
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(client->close_reason(), "heartbeat_timeout");
}

TEST_F(Heartbeat, ClientThatDoesNotReadButSendsStays) {
  auto client = world_.connect();
  client->stop_reading();
  for (int i = 0; i < 100; ++i) {
    world_.advance(seconds{80});
    client->send_packet(PacketType::heartbeat);
  }
  EXPECT_FALSE(client->closed());
  EXPECT_EQ(client->heartbeats(), 1u);
}

TEST_F(Heartbeat, OnesMissedByALateServerAreNotMadeUpFor) {
  RawClient client{world_};
  client.open();
  world_.clock().advance(seconds{65});
  world_.settle();
  EXPECT_EQ(client.take_texts(), Texts{"heartbeat"});
  world_.advance(milliseconds{24'999});
  client.packet(PacketType::heartbeat);
  EXPECT_TRUE(client.take().empty());
  world_.advance(milliseconds{1});
  EXPECT_EQ(client.take_texts(), Texts{"heartbeat"}) << "and the rhythm stays";
}

TEST_F(Heartbeat, PausesDuringARepeatedHandshakeAndBeginsAnew) {
  RawClient client{world_};
  client.open();
  world_.advance(seconds{25});
  client.handshake();
  world_.advance(seconds{8});
  EXPECT_EQ(client.take().size(), 1u) << "the handshake's answer only";
  client.packet(PacketType::handshake_ack);
  EXPECT_EQ(client.take_texts(), Texts{"heartbeat"});
  world_.advance(seconds{30});
  EXPECT_EQ(client.take_texts(), Texts{"heartbeat"});
}

TEST(HeartbeatInterval, IsAnOptionAndMayBeAFractionOfASecond) {
  Options options;
  options.heartbeat_interval = milliseconds{500};
  testing::World world{1, options};
  world.app().add<Desk>();
  world.start();
  auto client = world.connect();
  EXPECT_EQ(client->handshake()->heartbeat_s, 0.5);
  world.advance(seconds{10});
  EXPECT_EQ(client->heartbeats(), 21u);
  EXPECT_TRUE(client->connected());
  client->answer_heartbeats(false);
  world.advance(milliseconds{1'500});
  EXPECT_EQ(client->close_reason(), "heartbeat_timeout");
}

}  // namespace
}  // namespace nano
