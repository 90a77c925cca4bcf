#include <stdexcept>

#include "nano/session/group.h"
#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

struct Login {
  std::string token;
};
struct Welcome {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Login, (), (token))
BOOST_DESCRIBE_STRUCT(Welcome, (), (name))

class HandshakeTest : public SessionTest {
 protected:
  /// The server's answer to this handshake body.
  protocol::ServerHandshakeDocument answer(RawClient& client, std::string_view body) {
    client.handshake(body);
    const auto seen = client.take();
    EXPECT_EQ(seen.size(), 1u);
    if (seen.empty() || seen[0].type != PacketType::handshake)
      throw std::runtime_error("no handshake answer");
    auto document = protocol::parse_server_handshake(protocol::as_bytes(seen[0].body));
    if (!document) throw std::runtime_error(document.error().message);
    return std::move(*document);
  }
};

TEST_F(HandshakeTest, IsAnsweredWithHeartbeatTimeAndEmptyUser) {
  world_.start();
  for (const std::string_view body :
       {"", " \n", "{}", R"({"sys":{"type":"js-websocket","version":"1.1.1"},"user":{}})"}) {
    RawClient client{world_};
    const auto document = answer(client, body);
    EXPECT_EQ(document.code, 200) << body;
    EXPECT_EQ(document.heartbeat_s, 30);
    EXPECT_EQ(document.server_time_s, 1'700'000'000);
    EXPECT_EQ(document.user_json, "{}");
    EXPECT_TRUE(document.dict.empty());
    EXPECT_FALSE(client.closed());
  }
}

TEST_F(HandshakeTest, OfGarbageIsRefusedWithCode500) {
  world_.start();
  for (const std::string_view body : {"hello", "[1,2]", "{\"sys\":", "\xff\xfe", "7"}) {
    RawClient client{world_};
    const auto document = answer(client, body);
    EXPECT_EQ(document.code, 500) << body;
    EXPECT_NE(document.message, "") << body;
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(client.reason(), "handshake_refused");
  }
  EXPECT_TRUE(events_.empty()) << "who was never open is never told";
  EXPECT_EQ(world_.app().session_count(), 0u);
}

TEST_F(HandshakeTest, ValidatorSeesTheUserAndAnswersWithOne) {
  std::string seen;
  world_.app().set_handshake_validator([&](Session& session, const Handshake& handshake) {
    const Result<Login> login = handshake.user<Login>();
    EXPECT_TRUE(login.ok());
    seen = handshake.client_type + "/" + handshake.client_version + "/" + login->token;
    session.bind(7);
    session.set("name", std::string{"Ann"});
    return HandshakeAnswer::accept(Welcome{"Ann"});
  });
  world_.start();
  RawClient client{world_};
  const auto document = answer(client, R"({"sys":{"type":"unity","version":"2"},"user":{"token":"t0"}})");
  EXPECT_EQ(document.code, 200);
  EXPECT_EQ(document.user_json, R"({"name":"Ann"})");
  EXPECT_EQ(seen, "unity/2/t0");
  const SessionPtr session = world_.app().find_session(1);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->uid(), 7);
  EXPECT_EQ(*session->get<std::string>("name"), "Ann");
}

TEST_F(HandshakeTest, ValidatorLearnsThatAUserIsMissingOrWrong) {
  std::vector<std::string> errors;
  world_.app().set_handshake_validator([&](Session&, const Handshake& handshake) {
    const Result<Login> login = handshake.user<Login>();
    errors.push_back(login ? "" : login.error().message);
    return login ? HandshakeAnswer::accept() : HandshakeAnswer::refuse(login.error().message);
  });
  world_.start();
  for (const std::string_view body : {"", R"({"user":{"token":5}})"}) {
    RawClient client{world_};
    EXPECT_EQ(answer(client, body).code, 500);
  }
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_NE(errors[1].find("token"), std::string::npos) << errors[1];
}

TEST_F(HandshakeTest, RefusalsReachTheClientWithCodeAndMessage) {
  bool old = false;
  world_.app().set_handshake_validator([&](Session& session, const Handshake&) {
    session.on_closed([this](Session& s) { events_.push_back("callback " + s.close_reason()); }).detach();
    return old ? HandshakeAnswer::incompatible("Please update.") : HandshakeAnswer::refuse("Wrong password.");
  });
  world_.start();
  RawClient stranger{world_};
  const auto refused = answer(stranger, "{}");
  EXPECT_EQ(refused.code, 500);
  EXPECT_EQ(refused.message, "Wrong password.");
  EXPECT_TRUE(stranger.closed());

  old = true;
  RawClient ancient{world_};
  const auto incompatible = answer(ancient, "{}");
  EXPECT_EQ(incompatible.code, 501);
  EXPECT_EQ(incompatible.message, "Please update.");
  EXPECT_TRUE(ancient.closed());
  EXPECT_EQ(events_, (Texts{"callback handshake_refused", "callback handshake_refused"}));
}

TEST_F(HandshakeTest, ValidatorThatThrowsRefuses) {
  world_.app().set_handshake_validator(
      [](Session&, const Handshake&) -> HandshakeAnswer { throw std::runtime_error("no database"); });
  world_.start();
  RawClient client{world_};
  const auto document = answer(client, "{}");
  EXPECT_EQ(document.code, 500);
  EXPECT_EQ(document.message, "The server failed.")
      << "the inside of the server is not the client's business";
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(
      world_.log().contains("task failed in=\"handshake validator\" session=1 error=\"no database\""));
}

TEST_F(HandshakeTest, PushesOfTheValidatorAreDroppedBecauseTheClientIsNotReady) {
  Group everybody;
  world_.app().set_handshake_validator([&](Session& session, const Handshake&) {
    everybody.add(session);
    session.push("onHello", "too early");
    everybody.broadcast("onHello", "too early");
    return HandshakeAnswer::accept();
  });
  world_.start();
  RawClient client{world_};
  EXPECT_EQ(answer(client, "").code, 200);  // and nothing besides
}

TEST_F(HandshakeTest, ValidatorMayCloseOrKickTheSessionItself) {
  bool kicks = false;
  world_.app().set_handshake_validator([&](Session& session, const Handshake&) {
    kicks ? session.kick("banned") : session.close();
    return HandshakeAnswer::accept();
  });
  world_.start();
  RawClient first{world_};
  first.handshake();
  EXPECT_TRUE(first.take().empty());
  EXPECT_EQ(first.reason(), "closed_by_server");
  kicks = true;
  RawClient second{world_};
  second.handshake();
  EXPECT_EQ(second.take_texts(), Texts{R"(kick {"reason":"banned"})"});
  EXPECT_EQ(second.reason(), "kicked");
  EXPECT_EQ(world_.app().session_count(), 0u);
}

TEST_F(HandshakeTest, OffersTheDictionaryOfRoutesAndPushes) {
  world_.app().compress_routes();
  world_.start();
  RawClient client{world_};
  const auto document = answer(client, "{}");
  EXPECT_EQ(document.dict.size(), 8u);
  EXPECT_EQ(document.dict.find_code("Desk.Close"), 1);
  EXPECT_EQ(document.dict.find_code("onPush"), 8);
}

TEST_F(HandshakeTest, OpensTheSessionOnceWhenItIsAcknowledged) {
  world_.start();
  RawClient client{world_};
  client.handshake();
  EXPECT_TRUE(events_.empty());
  client.packet(PacketType::handshake_ack);
  EXPECT_EQ(events_, Texts{"opened 1"});
  client.packet(PacketType::handshake_ack);
  EXPECT_EQ(events_, Texts{"opened 1"}) << "another ack says nothing new";
  EXPECT_FALSE(client.closed());
}

TEST_F(HandshakeTest, AckOrDataOutOfTurnClosesTheConnection) {
  world_.start();
  RawClient early_ack{world_};
  early_ack.packet(PacketType::handshake_ack);
  EXPECT_EQ(early_ack.reason(), "protocol_error");
  EXPECT_EQ(early_ack.detail(), "handshake-ack before the handshake");

  RawClient data_first{world_};
  data_first.send(RawClient::request(1, "Desk.Echo", "x"));
  EXPECT_EQ(data_first.reason(), "protocol_error");
  EXPECT_EQ(data_first.detail(), "data before the acknowledged handshake");

  RawClient data_before_ack{world_};
  data_before_ack.handshake();
  data_before_ack.take();
  data_before_ack.send(RawClient::request(1, "Desk.Echo", "x"));
  EXPECT_EQ(data_before_ack.reason(), "protocol_error");
  EXPECT_TRUE(data_before_ack.take().empty());
  EXPECT_TRUE(
      world_.log().contains("connection closed session=1 remote=192.0.2.1:1234 reason=protocol_error"));
}

TEST_F(HandshakeTest, RepeatedTakesTheConnectionBackUntilTheNextAck) {
  world_.start();
  RawClient client{world_};
  client.open();
  client.handshake();
  EXPECT_EQ(client.take().size(), 1u);
  client.packet(PacketType::handshake_ack);
  client.send(RawClient::request(1, "Desk.Echo", "again"));
  EXPECT_EQ(client.take_texts(), (Texts{"heartbeat", "response 1 again"}));
  EXPECT_EQ(events_, Texts{"opened 1"});

  client.handshake();
  client.take();
  client.send(RawClient::request(2, "Desk.Echo", "too early"));
  EXPECT_EQ(client.reason(), "protocol_error");
  EXPECT_TRUE(client.take().empty());
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 protocol_error"}));
}

// -- the time limit ----------------------------------------------------------------------------------------

TEST_F(HandshakeTest, ThatNeverComesEndsTheConnectionAfterTheTimeLimit) {
  world_.start();
  RawClient silent{world_};
  RawClient unacknowledged{world_};
  unacknowledged.handshake();
  RawClient half_a_packet{world_};
  half_a_packet.send(protocol::Bytes{1, 0, 0, 9, '{'});
  RawClient heartbeats_only{world_};
  world_.advance(milliseconds{9'999});
  heartbeats_only.packet(PacketType::heartbeat);
  for (RawClient* client : {&silent, &unacknowledged, &half_a_packet, &heartbeats_only})
    EXPECT_FALSE(client->closed());
  world_.advance(milliseconds{1});
  for (RawClient* client : {&silent, &unacknowledged, &half_a_packet, &heartbeats_only}) {
    EXPECT_EQ(client->reason(), "handshake_timeout");
  }
  EXPECT_TRUE(events_.empty());
}

TEST_F(HandshakeTest, RepeatedForEverDoesNotOutwitTheTimeLimit) {
  world_.start();
  RawClient client{world_};
  client.handshake();
  world_.advance(seconds{9});
  client.handshake();
  world_.advance(seconds{1});
  EXPECT_EQ(client.reason(), "handshake_timeout");
}

TEST_F(HandshakeTest, OnceMoreGetsATimeLimitOfItsOwn) {
  world_.start();
  RawClient client{world_};
  client.open();
  world_.advance(seconds{25});
  client.handshake();
  world_.advance(milliseconds{9'999});
  EXPECT_FALSE(client.closed());
  world_.advance(milliseconds{1});
  EXPECT_EQ(client.reason(), "handshake_timeout");
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 handshake_timeout"}));
}

TEST(Handshake, TimeLimitIsAnOption) {
  Options options;
  options.handshake_timeout = milliseconds{250};
  testing::World world{1, options};
  world.app().add<Desk>();
  world.start();
  RawClient client{world};
  world.advance(milliseconds{249});
  EXPECT_FALSE(client.closed());
  world.advance(milliseconds{1});
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace nano
