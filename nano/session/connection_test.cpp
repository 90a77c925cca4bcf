#include <limits>

#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

using protocol::Bytes;
using protocol::MessageType;

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// A client with its handshake done, on a Desk.
class ConnectionTest : public SessionTest {
 protected:
  ConnectionTest() { world_.start(); }

  /// A client that sends these bytes and is then closed with reason protocol_error, and with this detail.
  void expect_refused(const Bytes& bytes, std::string_view detail) {
    RawClient client{world_};
    client.open();
    client.send(bytes);
    EXPECT_EQ(client.reason(), "protocol_error") << detail;
    EXPECT_EQ(client.detail(), detail);
    EXPECT_TRUE(client.take().empty()) << detail;
  }
  static Bytes data_packet(const Bytes& message) {
    return protocol::encode_packet(PacketType::data, message);
  }
};

// -- requests and notifies ---------------------------------------------------------------------------------

TEST_F(ConnectionTest, AnswersARequestWithItsOwnId) {
  RawClient client{world_};
  client.open();
  for (const std::uint64_t id : {std::uint64_t{1}, std::uint64_t{0}, std::uint64_t{1} << 31,
                                 std::uint64_t{1} << 53, std::numeric_limits<std::uint64_t>::max()}) {
    client.send(RawClient::request(id, "Desk.Echo", "hi"));
    EXPECT_EQ(client.take_texts(), Texts{"response " + std::to_string(id) + " hi"});
  }
}

TEST_F(ConnectionTest, AnswersRequestsOfOneIdOneByOne) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::request(7, "Desk.Echo", "a") + RawClient::request(7, "Desk.Echo", "b"));
  EXPECT_EQ(client.take_texts(), (Texts{"response 7 a", "response 7 b"}));
}

TEST_F(ConnectionTest, DoesNotAnswerANotify) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::notify("Desk.Note", "n") + RawClient::notify("Desk.Echo", "e"));
  EXPECT_TRUE(client.take().empty());
  EXPECT_EQ(desk_.notes, Texts{"n"});
}

TEST_F(ConnectionTest, UnknownRouteIsAnErrorToTheRequestAndNothingToTheNotify) {
  RawClient client{world_};
  client.open();
  for (const std::string_view route :
       {"Desk.Nothing", "Nobody.Echo", "Desk", "", ".", "Desk.Echo.", "desk.echo"}) {
    client.send(RawClient::notify(route, "x") + RawClient::request(3, route, "x"));
    EXPECT_EQ(client.take_texts(), Texts{"error 3 unknown_route"}) << route;
  }
  client.send(RawClient::request(4, std::string(255, '\xff'), "x"));
  EXPECT_EQ(client.take_texts(), Texts{"error 4 unknown_route"}) << "not even UTF-8";
  client.send(RawClient::request(5, "Desk.Echo", "alive"));
  EXPECT_EQ(client.take_texts(), Texts{"response 5 alive"});
}

TEST_F(ConnectionTest, IgnoresWhatOnlyServersSend) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::data({.type = MessageType::response, .id = 1, .payload = protocol::as_bytes("x")}));
  client.send(
      RawClient::data({.type = MessageType::push, .route = "Desk.Note", .payload = protocol::as_bytes("x")}));
  client.packet(PacketType::kick, "{}");
  client.packet(PacketType::heartbeat, "with a body");
  EXPECT_TRUE(client.take().empty());
  EXPECT_TRUE(desk_.notes.empty());
  EXPECT_FALSE(client.closed());
}

TEST_F(ConnectionTest, IgnoresReservedFlagBits) {
  RawClient client{world_};
  client.open();
  client.send(data_packet({0xc0 | 0x20, 5, 9, 'D', 'e', 's', 'k', '.', 'E', 'c', 'h', 'o', '!'}));
  EXPECT_EQ(client.take_texts(), Texts{"response 5 !"});
}

TEST_F(ConnectionTest, HandlesPacketsHoweverTheyAreCut) {
  RawClient client{world_};
  client.open();
  const Bytes bytes = RawClient::request(1, "Desk.Echo", "one") + RawClient::request(2, "Desk.Echo", "two");
  for (const std::uint8_t byte : bytes) client.send(Bytes{byte});
  EXPECT_EQ(client.take_texts(), (Texts{"response 1 one", "response 2 two"}));
}

// -- the dictionary ----------------------------------------------------------------------------------------

TEST(CompressedRoutes, AreUnderstoodAndUsedForPushes) {
  testing::World world;
  world.app().add<Desk>();
  world.app().set_route_codes({{"Desk.Push", 300}, {"onPush", 65535}});
  world.start();
  RawClient client{world};
  client.open();
  client.send(RawClient::notify("Desk.Push", "before"));
  client.send(RawClient::data(
      {.type = MessageType::notify, .route_code = 300, .payload = protocol::as_bytes("short")}));
  client.send(RawClient::notify("Desk.Push", "long"));
  const auto seen = client.take();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].body, "\x06\x06onPushbefore");
  EXPECT_EQ(seen[1].body, "\x07\xff\xffshort");
  EXPECT_EQ(seen[2].body, "\x07\xff\xfflong");
  client.send(RawClient::data({.type = MessageType::request, .id = 1, .route_code = 301}));
  EXPECT_EQ(client.reason(), "protocol_error");
  EXPECT_EQ(client.detail(), "unknown route code");
}

// -- bad input ---------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, MalformedMessageClosesItsConnectionOnly) {
  RawClient neighbour{world_};
  neighbour.open();
  expect_refused(data_packet({}), "empty message");
  expect_refused(data_packet({0x08}), "unknown message type");
  expect_refused(data_packet({0x00}), "message cut short");
  expect_refused(data_packet({0x00, 0x81}), "message cut short");
  expect_refused(data_packet({0x00, 1, 9, 'D'}), "message cut short");
  expect_refused(data_packet({0x02, 255}), "message cut short");
  expect_refused(data_packet({0x01, 1, 0}), "message cut short");
  expect_refused(data_packet({0x00, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}),
                 "message id over 64 bits");
  expect_refused(data_packet({0x03, 0, 1}), "unknown route code");
  expect_refused({0, 0, 0, 0}, "unknown packet type");
  expect_refused({4, 1, 0, 1}, "packet body too large");
  neighbour.send(RawClient::request(1, "Desk.Echo", "fine"));
  EXPECT_EQ(neighbour.take_texts(), Texts{"response 1 fine"});
}

TEST_F(ConnectionTest, PacketsBeforeABadOneInTheSameReadAreHandledAndAnswered) {
  for (const Bytes& bad : {Bytes{9, 0, 0, 0}, data_packet({0x08}), Bytes{4, 255, 255, 255}}) {
    desk_.notes.clear();
    RawClient client{world_};
    client.open();
    client.send(RawClient::request(1, "Desk.Echo", "a") + RawClient::notify("Desk.Note", "n") + bad +
                RawClient::request(2, "Desk.Echo", "never"));
    EXPECT_EQ(client.take_texts(), Texts{"response 1 a"}) << "the answer leaves before the connection closes";
    EXPECT_EQ(desk_.notes, Texts{"n"});
    EXPECT_EQ(client.reason(), "protocol_error");
  }
}

TEST_F(ConnectionTest, NothingIsHandledAfterTheMessageThatClosesTheSession) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::notify("Desk.Close", "") + RawClient::notify("Desk.Note", "n"));
  EXPECT_TRUE(desk_.notes.empty());
  EXPECT_EQ(client.reason(), "closed_by_server");
}

// -- the end -----------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, HalfClosedClientStillGetsItsAnswers) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::request(1, "Desk.Slow", "a") + RawClient::request(2, "Desk.Hold", ""));
  client.half_close();
  EXPECT_FALSE(client.closed());
  world_.advance(seconds{1});
  EXPECT_EQ(client.take_texts(), Texts{"response 1 a"});
  EXPECT_FALSE(client.closed());
  desk_.held[0].respond("b");
  EXPECT_EQ(client.take_texts(), Texts{"response 2 b"});
  EXPECT_EQ(client.reason(), "client_closed");
}

TEST_F(ConnectionTest, HalfClosedClientThatAwaitsNothingIsClosedAtOnce) {
  RawClient idle{world_};
  idle.open();
  idle.half_close();
  EXPECT_EQ(idle.reason(), "client_closed");
  RawClient unopened{world_};
  unopened.half_close();
  EXPECT_EQ(unopened.reason(), "client_closed");
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 client_closed"}));
}

TEST_F(ConnectionTest, HalfClosedClientThatIsNeverAnsweredDoesNotStayForEver) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::request(1, "Desk.Hold", ""));
  client.half_close();
  world_.advance(seconds{90});
  EXPECT_EQ(client.reason(), "heartbeat_timeout");
  desk_.held[0].respond("too late, and harmless");
}

TEST_F(ConnectionTest, VanishedClientIsClosedAndItsCallsHarmNobody) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::request(1, "Desk.Slow", "a") + RawClient::request(2, "Desk.Hold", ""));
  client.vanish();
  EXPECT_EQ(client.reason(), "connection_lost");
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 connection_lost"}));
  world_.advance(seconds{5});
  desk_.held.clear();
  EXPECT_EQ(events_.size(), 2u);
}

// -- backpressure ------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, ClientThatDoesNotReadIsClosedSoonAndCostsNobodyElse) {
  RawClient lazy{world_, 10'000};
  RawClient other{world_, 10'000};
  lazy.open();
  other.open();
  const std::string kilobyte(1000, 'k');
  for (int i = 0; i < 9; ++i) lazy.send(RawClient::request(1, "Desk.Echo", kilobyte));
  world_.advance(seconds{15});
  EXPECT_FALSE(lazy.closed());
  lazy.send(RawClient::request(1, "Desk.Echo", kilobyte));
  EXPECT_FALSE(lazy.closed()) << "it has some time to take it";
  world_.advance(seconds{10});
  EXPECT_EQ(lazy.reason(), "backpressure");
  EXPECT_EQ(events_.back(), "closed 1 backpressure");
  EXPECT_TRUE(world_.log().contains("reason=backpressure"));
  other.send(RawClient::request(1, "Desk.Echo", "fine"));
  EXPECT_EQ(other.take_texts(), Texts{"response 1 fine"});
}

TEST_F(ConnectionTest, MessagesBeyondTheBudgetArriveAtAClientThatReads) {
  RawClient client{world_, 1000};
  client.open();
  for (int i = 0; i < 5; ++i) client.send(RawClient::request(1, "Desk.Echo", std::string(5000, 'x')));
  EXPECT_EQ(client.take().size(), 5u);
  world_.advance(seconds{20});
  EXPECT_FALSE(client.closed());
}

}  // namespace
}  // namespace nano
