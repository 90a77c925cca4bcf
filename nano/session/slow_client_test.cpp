// Clients that take what they are sent slowly, or not at all, and a server that is late itself.

#include <memory>
#include <string>
#include <vector>

#include "nano/session/group.h"
#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

using testing::Client;

Options quick_heartbeats() {
  Options options;
  options.heartbeat_interval = seconds{1};
  return options;
}

class SlowClient : public SessionTest {
 protected:
  explicit SlowClient(Options options = quick_heartbeats()) : SessionTest(std::move(options)) {
    world_.start();
    client_ = world_.connect();
  }

  Session& session() { return *world_.app().find_session(1); }
  /// The line carries so much in each tenth of a second.
  void carry_for(Duration duration, std::size_t bytes_each) {
    for (Duration passed{0}; passed < duration && !client_->closed(); passed += milliseconds{100}) {
      world_.advance(milliseconds{100});
      if (bytes_each > 0) client_->carry(bytes_each);
    }
  }
  bool logged(std::string_view text) const { return world_.log().contains(std::string{text}); }

  std::shared_ptr<Client> client_;
};

TEST_F(SlowClient, GetsALongMessageThatTakesManyHeartbeatIntervals) {
  client_->be_slow();
  world_.advance(milliseconds{900});
  session().push("onPush", std::string(800'000, 'x'));
  carry_for(seconds{10}, 10'000);
  ASSERT_FALSE(client_->closed()) << client_->close_reason();
  EXPECT_EQ(client_->expect_push<std::string>("onPush").size(), 800'000u);
  carry_for(seconds{20}, 10'000);
  EXPECT_TRUE(client_->connected());
}

TEST_F(SlowClient, IsNotSentHeartbeatsThatWaitBehindAnother) {
  client_->be_slow();
  session().push("onPush", std::string(800'000, 'x'));
  carry_for(seconds{9}, 10'000);
  EXPECT_LE(client_->heartbeats(), 4u);
  EXPECT_TRUE(client_->connected());
}

TEST_F(SlowClient, ThatStopsTakingInTheMiddleIsClosedAfterTheTimeForThat) {
  client_->be_slow();
  session().push("onPush", std::string(800'000, 'x'));
  carry_for(seconds{5}, 10'000);
  ASSERT_FALSE(client_->closed());
  carry_for(seconds{10}, 0);
  EXPECT_FALSE(client_->closed());
  carry_for(seconds{1}, 0);
  EXPECT_EQ(client_->close_reason(), "heartbeat_timeout");
}

TEST_F(SlowClient, ThatOnlyLetsItsSystemTakeWhatIsSentDoesNotEscapeTheCheck) {
  client_->answer_heartbeats(false);
  Timer ticks =
      world_.app().scheduler().every(milliseconds{50}, [this] { session().push("onPush", "tick"); });
  world_.advance(milliseconds{2'999});
  EXPECT_FALSE(client_->closed());
  ticks.cancel();
  world_.advance(milliseconds{1});
  EXPECT_EQ(client_->close_reason(), "heartbeat_timeout");
}

TEST_F(SlowClient, ThatKeepsTakingMayHaveMoreWaitingThanItsBudget) {
  client_->be_slow();
  client_->answer_heartbeats(true);
  for (int i = 0; i < 3; ++i) session().push("onPush", std::string(3'000'000, 'x'));
  carry_for(seconds{60}, 20'000);
  EXPECT_TRUE(client_->connected()) << client_->close_reason();
  carry_for(seconds{60}, 200'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client_->expect_push<std::string>("onPush").size(), 3'000'000u);
}

class ManyPushes : public SlowClient {
 protected:
  ManyPushes() : SlowClient(Options{}) {}
};

TEST_F(ManyPushes, OfOneTurnAllArriveAtAClientThatReads) {
  for (int i = 0; i < 13'000; ++i) session().push("onPush", "0123456789");
  for (int i = 0; i < 100; ++i) session().push("onPush", std::string(60'000, 'x'));
  world_.settle();
  ASSERT_FALSE(client_->closed());
  for (int i = 0; i < 13'100; ++i) ASSERT_TRUE(client_->next_push()) << i;
}

TEST_F(ManyPushes, EndTheSessionOfAClientThatTakesNextToNothing) {
  client_->be_slow();
  session().push("onPush", std::string(2'000'000, 'x'));
  carry_for(seconds{9}, 1);
  EXPECT_FALSE(client_->closed());
  carry_for(seconds{1}, 1);
  EXPECT_EQ(client_->close_reason(), "backpressure");
  EXPECT_TRUE(logged("2000076 bytes wait for it, and it took 99 in 10000 ms"));
}

TEST_F(ManyPushes, DoNotEndTheSessionOfAClientThatTakesAKilobyteASecond) {
  client_->be_slow();
  session().push("onPush", std::string(2'000'000, 'x'));
  carry_for(seconds{80}, 110);
  EXPECT_FALSE(client_->closed()) << client_->close_reason();
}

TEST_F(ManyPushes, OfAClientThatKeepsUpAgainAreForgotten) {
  client_->be_slow();
  session().push("onPush", std::string(2'000'000, 'x'));
  client_->carry(1'500'000);
  session().push("onPush", "small");
  client_->carry(600'000);
  client_->stop_reading();
  session().push("onPush", "not read");
  world_.advance(seconds{60});
  client_->send_packet(PacketType::heartbeat);
  world_.advance(seconds{60});
  EXPECT_FALSE(client_->closed()) << client_->close_reason();
}

TEST_F(ManyPushes, HaveABoundHoweverWellTheClientReads) {
  client_->be_slow();
  const std::string large(10'000'000, 'x');
  for (int i = 0; i < 6; ++i) session().push("onPush", large);
  client_->carry(5'000'000);
  EXPECT_FALSE(client_->closed());
  session().push("onPush", large);
  EXPECT_FALSE(session().closed()) << "in a task of its own";
  world_.settle();
  EXPECT_EQ(client_->close_reason(), "backpressure");
  EXPECT_TRUE(logged("more than 67108864 bytes would wait for it"));
}

class ManySlowClients : public SlowClient {
 protected:
  static Options little_memory() {
    Options options;
    options.send_queue_bytes_max = 10'000;
    options.send_queues_bytes_max = 1'000'000;
    return options;
  }
  ManySlowClients() : SlowClient(little_memory()) {}
};

TEST_F(ManySlowClients, TogetherHoldNoMoreThanTheProcessMay) {
  auto other = world_.connect();
  auto third = world_.connect();
  client_->be_slow();
  other->be_slow();
  session().push("onPush", std::string(900'000, 'x'));
  world_.app().find_session(2)->push("onPush", std::string(150'000, 'x'));
  world_.app().find_session(3)->push("onPush", std::string(5'000, 'x'));
  world_.settle();
  EXPECT_FALSE(other->closed()) << "it has less than its share";
  session().push("onPush", std::string(1'000, 'x'));
  world_.settle();
  EXPECT_EQ(client_->close_reason(), "backpressure");
  EXPECT_TRUE(logged("more than its share of what may wait for all clients"));
  world_.app().find_session(2)->push("onPush", std::string(600'000, 'x'));
  world_.settle();
  EXPECT_FALSE(other->closed()) << "what the first had is free again";
  EXPECT_TRUE(third->connected());
}

TEST_F(ManySlowClients, AllGetAMessageThatComesWhileTheyAreWithinTheirBudgets) {
  std::vector<std::shared_ptr<Client>> others;
  Group group;
  group.add(session());
  client_->be_slow();
  for (int i = 0; i < 20; ++i) {
    others.push_back(world_.connect());
    others.back()->be_slow();
    group.add(*world_.app().find_session(static_cast<SessionId>(2 + i)));
  }
  group.broadcast("onPush", std::string(900'000, 'x'));
  world_.settle();
  EXPECT_FALSE(client_->closed());
  for (const auto& other : others) EXPECT_FALSE(other->closed()) << "one buffer for all is not their doing";
}

// -- requests of a client that does not keep up ------------------------------------------------------------

class RequestsOfASlowClient : public SlowClient {
 protected:
  RequestsOfASlowClient() { client_->be_slow(); }
  void push_three_megabytes() {
    for (int i = 0; i < 30; ++i) session().push("onPush", std::string(100'000, 'x'));
  }
  /// Sends so many notifies; all but the first wait if it is over its budget.
  void notify(int count) {
    for (int i = 0; i < count; ++i) client_->notify("Desk.Note", std::to_string(i));
  }
};

TEST_F(RequestsOfASlowClient, WaitUntilItIsWithinItsBudget) {
  push_three_megabytes();
  notify(2);
  EXPECT_EQ(desk_.notes, Texts{"0"});
  client_->carry(1'900'000);
  EXPECT_EQ(desk_.notes, Texts{"0"});
  session().push("onPush", "small");
  client_->carry(200'000);
  EXPECT_EQ(desk_.notes, (Texts{"0", "1"}));
  EXPECT_GT(session().queued_bytes(), 800'000u) << "most of a budget";
}

TEST_F(RequestsOfASlowClient, AreHandledAlsoOnALineThatIsKeptFull) {
  const std::string snapshot(600'000, 's');
  Timer ticks = world_.app().scheduler().every(milliseconds{100},
                                               [&] { session().push_latest("world", "onWorld", snapshot); });
  while (session().queued_bytes() <= limits::send_queue_bytes) carry_for(milliseconds{100}, 100'000);
  notify(20);
  EXPECT_EQ(desk_.notes.size(), 1u);
  for (int i = 0; i < 600; ++i) {
    carry_for(milliseconds{100}, 100'000);
    ASSERT_GT(session().queued_bytes(), 0u);
  }
  EXPECT_EQ(desk_.notes.size(), 20u);
}

TEST_F(RequestsOfASlowClient, ThatStopsReadingWithinItsBudgetDoNotKeepIt) {
  push_three_megabytes();
  notify(5);
  carry_for(seconds{3}, 80'000);
  ASSERT_FALSE(client_->closed());
  ASSERT_LT(session().queued_bytes(), limits::send_queue_bytes);
  carry_for(seconds{14}, 0);
  EXPECT_EQ(client_->close_reason(), "heartbeat_timeout");
}

TEST_F(RequestsOfASlowClient, ThatIsLostDoNotDelayThat) {
  push_three_megabytes();
  notify(5);
  client_->vanish();
  EXPECT_EQ(client_->close_reason(), "connection_lost");
  EXPECT_EQ(desk_.notes.size(), 5u) << "they had come";
}

TEST_F(RequestsOfASlowClient, ComeBeforeItsEnd) {
  push_three_megabytes();
  notify(5);
  client_->close();
  EXPECT_FALSE(client_->closed());
  client_->carry(3'100'000);
  EXPECT_EQ(client_->close_reason(), "client_closed");
  EXPECT_EQ(desk_.notes.size(), 5u);
}

// -- a server that is late itself ---------------------------------------------------------------------------

class LateServer : public SlowClient {
 protected:
  /// The logic thread does nothing else for so long.
  void hold_up(Duration duration) {
    world_.app().scheduler().post([this, duration] { world_.clock().advance(duration); });
    world_.settle();
  }
};

TEST_F(LateServer, TakesNobodyForSilentMeanwhile) {
  world_.advance(milliseconds{500});
  hold_up(milliseconds{3'500});
  EXPECT_TRUE(client_->connected());
  hold_up(seconds{600});
  EXPECT_TRUE(client_->connected());
}

TEST_F(LateServer, ThatWokeUpLateTakesNobodyForSilentEither) {
  world_.advance(milliseconds{500});
  world_.clock().advance(seconds{20});
  world_.settle();
  EXPECT_TRUE(client_->connected());
  world_.advance(seconds{5});
  EXPECT_TRUE(client_->connected());
}

TEST_F(LateServer, FindsOutWhoIsGoneWithinThreeIntervalsOfItsOwnTime) {
  client_->answer_heartbeats(false);
  world_.advance(milliseconds{1'500});
  hold_up(seconds{10});
  world_.advance(milliseconds{1'000});
  EXPECT_FALSE(client_->closed());
  world_.advance(milliseconds{600});
  EXPECT_EQ(client_->close_reason(), "heartbeat_timeout");
}

TEST_F(LateServer, ThatIsAlwaysLateFindsItOutToo) {
  client_->answer_heartbeats(false);
  for (int i = 0; i < 60 && !client_->closed(); ++i) hold_up(seconds{1});
  EXPECT_EQ(client_->close_reason(), "heartbeat_timeout");
}

TEST_F(LateServer, LeavesTimeForTheHandshake) {
  auto late = world_.connect_silently();
  world_.advance(seconds{1});
  hold_up(seconds{60});
  EXPECT_FALSE(late->closed());
  late->send_handshake("{}");
  world_.settle();
  EXPECT_TRUE(late->connected());
}

class LargeDictionary : public SessionTest {
 protected:
  LargeDictionary() {
    std::map<std::string, std::uint16_t> codes;
    for (std::uint16_t code = 1; code < 20'000; ++code) {
      codes.emplace("Component.Handler" + std::to_string(code), code);
    }
    world_.app().set_route_codes(codes);
    world_.start();
  }
};

TEST_F(LargeDictionary, MayTakeLongerThanTheHandshakesTimeLimitOnASlowLine) {
  auto client = world_.connect_silently();
  client->be_slow();
  client->send_handshake("{}");
  for (int i = 0; i < 60; ++i) {
    world_.advance(seconds{1});
    client->carry(15'000);
  }
  ASSERT_FALSE(client->closed());
  EXPECT_TRUE(client->connected());
}

TEST_F(LargeDictionary, DoesNotKeepAClientThatDoesNotTakeIt) {
  auto client = world_.connect_silently();
  client->be_slow();
  client->send_handshake("{}");
  client->carry(100'000);
  world_.advance(seconds{21});
  EXPECT_EQ(client->close_reason(), "handshake_timeout");
}

TEST_F(LargeDictionary, DoesNotKeepAClientThatOnlyAsksForItAgain) {
  RawClient client{world_};
  for (int i = 0; i < 30 && !client.closed(); ++i) {
    client.handshake();
    EXPECT_EQ(client.take().size(), 1u);
    world_.advance(seconds{1});
  }
  EXPECT_EQ(client.reason(), "handshake_timeout");
}

}  // namespace
}  // namespace nano
