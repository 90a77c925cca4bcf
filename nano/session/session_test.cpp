#include <algorithm>
#include <span>
#include <stdexcept>

#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

class SessionApi : public SessionTest {
 protected:
  SessionApi() { world_.start(); }

  /// The session of a client that connects now.
  SessionPtr session_of_new_client(std::shared_ptr<testing::Client>& client) {
    client = world_.connect();
    SessionPtr session = world_.app().find_session(++last_id_);
    EXPECT_TRUE(session);
    return session;
  }

  SessionId last_id_ = 0;
};

// What only looks at what others own is kept by no session: it does not compile.
static_assert(detail::Borrowed<std::span<const int>> && detail::Borrowed<std::string_view>);
static_assert(!detail::Borrowed<std::string> && !detail::Borrowed<std::vector<int>>);

TEST_F(SessionApi, IdsAreUniqueAndRise) {
  std::vector<SessionId> ids;
  world_.app().on_session_opened([&](Session& session) { ids.push_back(session.id()); }).detach();
  for (int i = 0; i < 5; ++i) {
    auto client = world_.connect();
    if (i % 2 == 0) client->close();
  }
  EXPECT_EQ(ids, (std::vector<SessionId>{1, 2, 3, 4, 5}));
}

TEST_F(SessionApi, IsFoundByIdWhileOpen) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  EXPECT_EQ(world_.app().find_session(session->id()), session);
  EXPECT_EQ(world_.app().session_count(), 1u);
  client->close();
  EXPECT_EQ(world_.app().find_session(session->id()), nullptr);
  EXPECT_EQ(world_.app().session_count(), 0u);
  EXPECT_TRUE(session->closed());
}

TEST_F(SessionApi, KeepsTypedData) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  EXPECT_EQ(session->get<int>("level"), nullptr);
  session->set("level", 3) += 1;
  EXPECT_EQ(*session->get<int>("level"), 4);
  EXPECT_EQ(session->get<long>("level"), nullptr) << "of another type";
  session->set("level", std::string{"max"});
  EXPECT_EQ(session->get<int>("level"), nullptr);
  EXPECT_EQ(*session->get<std::string>("level"), "max");
  EXPECT_EQ(*session->get<const std::string>("level"), "max");
  EXPECT_TRUE(session->has("level"));
  session->remove("level");
  session->remove("level");
  EXPECT_FALSE(session->has("level"));
  session->set("a", 1);
  session->clear();
  EXPECT_FALSE(session->has("a"));
}

TEST_F(SessionApi, KeepsTextAsItsOwn) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  std::string& set = session->set("name", "Ada");
  EXPECT_EQ(set, "Ada");
  EXPECT_EQ(*session->get<std::string>("name"), "Ada");
  char buffer[16] = "Bob";
  char* pointer = buffer;
  session->set("array", buffer);
  session->set("pointer", pointer);
  session->set("view", std::string_view{buffer});
  buffer[0] = 'R';
  for (const char* name : {"array", "pointer", "view"}) EXPECT_EQ(*session->get<std::string>(name), "Bob");
}

TEST_F(SessionApi, KeepsWhatCanOnlyBeMoved) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  session->set("pet", std::make_unique<int>(3));
  EXPECT_EQ(**session->get<std::unique_ptr<int>>("pet"), 3);
}

TEST_F(SessionApi, SaysInTheLogWhenDataIsAskedForUnderAnotherType) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  session->set("level", 3);
  EXPECT_EQ(session->get<std::int64_t>("level"), nullptr);
  EXPECT_TRUE(
      world_.log().contains("session data is of another type session=1 name=level stored=int asked="));
  world_.advance(seconds{60});
  session->share("place", "here");
  EXPECT_FALSE(session->shared<std::vector<int>>("place"));
  EXPECT_TRUE(world_.log().contains("shared session data does not decode session=1 name=place"));
}

TEST_F(SessionApi, SharesAnEmptyValueAsAValue) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  session->share("note", std::string{});
  EXPECT_EQ(session->shared<std::string>("note"), "");
  session->share("note", std::string{"full"});
  session->share("note", std::string_view{});
  EXPECT_EQ(session->shared<std::string>("note"), "");
  session->unshare("note");
  EXPECT_FALSE(session->shared<std::string>("note"));
  EXPECT_THROW(session->share(std::string(limits::shared_bytes + 1, 'n'), std::string{}), std::length_error);
}

TEST_F(SessionApi, IsBoundToUidsFromOneOn) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  EXPECT_EQ(session->uid(), 0);
  for (const std::int64_t uid : {std::int64_t{0}, std::int64_t{-7}}) {
    try {
      session->bind(uid);
      FAIL() << uid;
    } catch (const std::invalid_argument& refused) {
      EXPECT_EQ(refused.what(), "A session is bound to a uid of 1 or more, not " + std::to_string(uid) + ".");
    }
  }
  EXPECT_EQ(session->uid(), 0);
  session->bind(1);
  EXPECT_EQ(session->uid(), 1);
}

TEST_F(SessionApi, IsFoundByItsUserWhileItIsOpen) {
  const auto ids_of = [&](std::int64_t uid) {
    std::vector<SessionId> ids;
    for (const SessionPtr& session : world_.app().find_user(uid)) ids.push_back(session->id());
    return ids;
  };
  using Ids = std::vector<SessionId>;
  std::shared_ptr<testing::Client> clients[3];
  SessionPtr sessions[3];
  for (int i = 0; i < 3; ++i) sessions[i] = session_of_new_client(clients[i]);
  EXPECT_EQ(ids_of(7), Ids{});
  EXPECT_EQ(ids_of(0), Ids{}) << "nobody's sessions are not kept";
  sessions[2]->bind(7);
  sessions[0]->bind(7);
  sessions[1]->bind(8);
  sessions[0]->bind(7);
  EXPECT_EQ(ids_of(7), (Ids{3, 1})) << "in the order of binding";
  EXPECT_EQ(ids_of(8), Ids{2});
  sessions[2]->bind(8);
  EXPECT_EQ(ids_of(7), Ids{1});
  EXPECT_EQ(ids_of(8), (Ids{2, 3}));
  clients[0]->vanish();
  EXPECT_EQ(ids_of(7), Ids{});
  sessions[0]->bind(9);
  EXPECT_EQ(ids_of(9), Ids{}) << "a closed session is not found";
}

TEST_F(SessionApi, KnowsAddressAndLastActivityAlsoAfterItsEnd) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  world_.advance(seconds{5});
  EXPECT_EQ(world_.clock().now() - session->last_activity(), seconds{5});
  client->notify("Desk.Note", "x");
  EXPECT_EQ(session->last_activity(), world_.clock().now());
  world_.advance(seconds{2});
  client->vanish();
  world_.advance(seconds{60});
  EXPECT_EQ(world_.clock().now() - session->last_activity(), seconds{62});
  EXPECT_EQ(session->remote_address(), "192.0.2.0:1024");
}

// -- sending -----------------------------------------------------------------------------------------------

TEST_F(SessionApi, ResponsesAndPushesArriveInTheOrderMade) {
  RawClient client{world_};
  client.open();
  client.send(RawClient::notify("Desk.Push", "a"));
  client.send(RawClient::request(1, "Desk.Echo", "b"));
  client.send(RawClient::request(2, "Desk.Push", "c"));
  EXPECT_EQ(client.take_texts(), (Texts{"push onPush a", "response 1 b", "push onPush c", "response 2 {}"}));
}

TEST_F(SessionApi, RoutesThatAreNotUtf8AreRefusedWhereTheyAreUsed) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  for (const char* route : {"on\xff", "\xc0\x80", "cut \xe2\x82", "\xed\xa0\xbd"}) {
    EXPECT_THROW(session->push(route, "x"), std::invalid_argument) << route;
    EXPECT_THROW(session->notify(route, "x"), std::invalid_argument) << route;
    EXPECT_THROW((void)session->call<std::string>(route, "x"), std::invalid_argument) << route;
    EXPECT_THROW((void)world_.app().call<std::string>(route, "x"), std::invalid_argument) << route;
  }
  session->push("on\xe2\x82\xac", "euro");
  world_.settle();
  EXPECT_EQ(client->next_push()->route, "on\xe2\x82\xac");
  EXPECT_FALSE(client->next_push());
}

TEST_F(SessionApi, PushTakesTextLiteralsAndRefusesRoutesOver255Bytes) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  session->push(std::string(255, 'r'), "literal");
  EXPECT_THROW(session->push(std::string(256, 'r'), "x"), std::length_error);
  EXPECT_THROW(session->push("big", std::string(std::size_t{1} << 24, 'x')), std::length_error);
  world_.settle();
  EXPECT_EQ(client->next_push()->payload, "literal");
  EXPECT_FALSE(client->next_push());
  EXPECT_TRUE(client->connected());
}

TEST_F(SessionApi, NotifyCallsAnotherHandlerInALaterTurnAndInOrder) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  session->notify("Desk.Note", "first");
  session->notify("Desk.Note", "second");
  session->notify("Desk.Nothing", "lost");
  EXPECT_TRUE(desk_.notes.empty());
  world_.settle();
  EXPECT_EQ(desk_.notes, (Texts{"first", "second"}));
  EXPECT_TRUE(world_.log().contains("notify failed route=Desk.Nothing session=1 code=unknown_route"));
}

TEST_F(SessionApi, NotifiesThatReachNobodyAreWarnedOfWithinABudget) {
  RawClient client{world_};
  client.open();
  const auto warnings = [&] {
    const Texts lines = world_.log().lines();
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
      return line.starts_with("warning") && line.find("notify failed") != std::string::npos;
    });
  };
  for (int i = 0; i < 100; ++i) client.send(RawClient::notify("Desk.Nothing", "lost"));
  EXPECT_EQ(warnings(), limits::log_lines_per_source);
  world_.advance(limits::log_window);
  EXPECT_EQ(warnings(), limits::log_lines_per_source + 1);
  EXPECT_EQ(world_.log().lines().back(), "warning notify failed left_out=92");
  client.send(RawClient::notify("Desk.Nothing", "lost"));
  EXPECT_EQ(warnings(), limits::log_lines_per_source + 2);
}

// -- ending ------------------------------------------------------------------------------------------------

TEST_F(SessionApi, KickTellsTheClientAfterWhatWasSentBefore) {
  RawClient with_reason{world_};
  with_reason.open();
  with_reason.send(RawClient::notify("Desk.Push", "last words"));
  with_reason.send(RawClient::notify("Desk.Kick", "spam \"x\""));
  EXPECT_EQ(with_reason.take_texts(), (Texts{"push onPush last words", R"(kick {"reason":"spam \"x\""})"}));
  EXPECT_EQ(with_reason.reason(), "kicked");

  RawClient without{world_};
  without.open();
  without.send(RawClient::notify("Desk.Kick", ""));
  EXPECT_EQ(without.take_texts(), Texts{"kick {}"}) << "never empty: browser clients parse it";
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 kicked", "opened 2", "closed 2 kicked"}));
}

TEST_F(SessionApi, AKickReasonIsCutWhereItIsLong) {
  RawClient client{world_};
  client.open();
  client.take_texts();
  world_.app().find_session(1)->kick(std::string(limits::kick_reason_bytes - 1, 'x') + "é");
  world_.settle();
  EXPECT_EQ(client.take_texts(),
            Texts{R"(kick {"reason":")" + std::string(limits::kick_reason_bytes - 1, 'x') + R"("})"});
}

TEST_F(SessionApi, CloseLetsWhatWasSentBeforeLeave) {
  RawClient client{world_};
  client.open();
  const SessionPtr session = world_.app().find_session(1);
  session->push("onPush", "bye");
  session->close();
  EXPECT_TRUE(session->closed());
  EXPECT_EQ(session->close_reason(), "closed_by_server");
  EXPECT_TRUE(events_.size() == 1) << "told in a later turn";
  world_.settle();
  EXPECT_EQ(events_.back(), "closed 1 closed_by_server");
  EXPECT_EQ(client.take_texts(), Texts{"push onPush bye"});
}

TEST_F(SessionApi, OnAClosedSessionEveryCallIsAllowedAndSendsNothing) {
  RawClient client{world_};
  client.open();
  const SessionPtr session = world_.app().find_session(1);
  session->close();
  session->close();
  session->kick("again");
  session->push("onPush", "x");
  EXPECT_FALSE(session->respond(1, "x"));
  session->bind(9);
  session->set("k", 1);
  world_.settle();
  session->kick();
  session->push(std::string(300, 'r'), "x");
  EXPECT_EQ(session->uid(), 9);
  EXPECT_EQ(*session->get<int>("k"), 1);
  EXPECT_TRUE(client.take().empty());
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 closed_by_server"}));
}

TEST_F(SessionApi, ClosedCallbacksRunOnceEachInTheOrderAdded) {
  for (const std::string how : {"close", "kick", "vanish", "client", "silence"}) {
    std::shared_ptr<testing::Client> client;
    const SessionPtr session = session_of_new_client(client);
    Texts told;
    const Subscription a = session->on_closed([&](Session& s) { told.push_back("a " + s.close_reason()); });
    session->on_closed([&](Session&) { throw std::runtime_error("callback fails"); }).detach();
    session->on_closed([&](Session&) { told.push_back("b"); }).detach();
    session->on_closed([&](Session&) { told.push_back("taken back"); }).cancel();
    if (how == "close") session->close();
    if (how == "kick") session->kick();
    if (how == "vanish") client->vanish();
    if (how == "client") client->close();
    if (how == "silence") client->answer_heartbeats(false), world_.advance(seconds{90});
    world_.settle();
    world_.advance(seconds{100});
    EXPECT_EQ(told, (Texts{"a " + session->close_reason(), "b"})) << how;
    EXPECT_EQ(std::count(events_.begin(), events_.end(),
                         "closed " + std::to_string(session->id()) + " " + session->close_reason()),
              1);
  }
  EXPECT_TRUE(world_.log().contains("callback fails"));
}

TEST_F(SessionApi, ClosedCallbackAddedAfterTheEndRunsInALaterTurn) {
  std::shared_ptr<testing::Client> client;
  const SessionPtr session = session_of_new_client(client);
  int told = 0;
  session->close();
  const Subscription first = session->on_closed([&](Session& s) {
    ++told;
    s.on_closed([&](Session&) { told += 10; }).detach();
  });
  world_.settle();
  EXPECT_EQ(told, 11);
  session->on_closed([&](Session&) { told += 100; }).detach();
  session->on_closed([&](Session&) { told += 1000; }).cancel();
  EXPECT_EQ(told, 11);
  world_.settle();
  EXPECT_EQ(told, 111);
}

TEST_F(SessionApi, MayCloseInItsOpenedCallback) {
  world_.app().on_session_opened([](Session& session) { session.kick("full"); }).detach();
  RawClient client{world_};
  client.handshake();
  client.take();
  client.packet(PacketType::handshake_ack);
  EXPECT_EQ(client.take_texts(), (Texts{"heartbeat", R"(kick {"reason":"full"})"}));
  EXPECT_EQ(events_, (Texts{"opened 1", "closed 1 kicked"}));
}

TEST_F(SessionApi, OpenedCallbackThatThrowsIsLoggedAndHarmsNobody) {
  world_.app().on_session_opened([](Session&) { throw std::runtime_error("opened fails"); }).detach();
  auto client = world_.connect();
  EXPECT_TRUE(client->connected());
  EXPECT_TRUE(world_.log().contains("opened fails"));
}

TEST_F(SessionApi, CallbacksOfAllSessionsAreTakenBackWithTheirHandles) {
  int told = 0;
  Subscription opened = world_.app().on_session_opened([&](Session&) { ++told; });
  Subscription closed = world_.app().on_session_closed([&](Session&) { ++told; });
  {
    const Subscription dropped = world_.app().on_session_opened([&](Session&) { told += 100; });
  }
  world_.connect()->close();
  world_.settle();
  EXPECT_EQ(told, 2);
  opened.cancel();
  closed.cancel();
  world_.connect()->close();
  world_.settle();
  EXPECT_EQ(told, 2);
}

TEST_F(SessionApi, OpenedCallbackMayAddOthersForTheSessionsToCome) {
  int told = 0;
  const auto opened = [&](Session&) {
    for (int i = 0; i < 100; ++i) world_.app().on_session_opened([&](Session&) { ++told; }).detach();
  };
  world_.app().on_session_opened(opened).detach();
  auto first = world_.connect();
  EXPECT_EQ(told, 0);
  auto second = world_.connect();
  EXPECT_EQ(told, 100);
}

}  // namespace
}  // namespace nano
