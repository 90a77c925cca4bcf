// Nodes of ours as others see them, played by the test: what they say on their links is up to it.
#include <algorithm>

#include <gtest/gtest.h>

#include "cluster/link/outgoing_link.h"
#include "cluster/node/node_test_fixture.h"
#include "cluster/registry/messages.h"
#include "protocol/handshake.h"

namespace nano::cluster {
namespace {

const std::string not_utf8 = "on\xff";

/// At "peer:1": both what others call and, with call(), who calls one of them.
class LinkPeer final : public Service, private StreamEvents {
 public:
  LinkPeer(testing::MemoryNetwork& hub, Scheduler& scheduler) : network_(hub.join(scheduler, "peer:1")) {
    network_->listen("peer:1", *this);
  }
  ~LinkPeer() override { stream_.reset(); }  // before the network

  /// As a backend that offers the service Peer.
  void register_with(const std::string& master) {
    clusterpb::RegisterRequest request;
    clusterpb::MemberInfo& info = *request.mutable_memberinfo();
    info.set_serviceaddr("peer:1");
    info.add_services("Peer");
    info.set_linkversion(1);
    info.set_incarnation(9);
    channel_ = network_->connect(master);
    channel_->call(method::register_member, request.SerializeAsString(), seconds{1},
                   [](const CallOutcome&) {});
  }
  void call(const std::string& address, std::uint64_t conversation = 1) {
    stream_.reset();
    sequence_ = 0;
    channel_ = network_->connect(address);
    stream_ = channel_->open_stream(link_method, *this);
    LinkBatch hello;
    hello.mutable_hello()->set_address("peer:1");
    hello.mutable_hello()->set_conversation(conversation);
    stream_->send(hello.SerializeAsString());
  }
  LinkMessage& add(LinkMessage::Kind kind) {
    LinkMessage& message = *batch_.add_messages();
    message.set_kind(kind);
    return message;
  }
  void add_push(const std::string& route, const std::string& payload, const std::string& key = "") {
    LinkMessage& push = add(LinkMessage::PUSH);
    push.add_session_ids(session);
    push.set_route(route);
    push.set_payload(payload);
    push.set_latest_key(key);
  }
  void add_push_to_user(std::int64_t uid, const std::string& route, const std::string& payload) {
    LinkMessage& push = add(LinkMessage::PUSH_TO_USER);
    push.set_uid(uid);
    push.set_route(route);
    push.set_payload(payload);
  }
  /// All in one batch.
  void say() {
    batch_.set_sequence(++sequence_);
    stream_->send(batch_.SerializeAsString());
    batch_.Clear();
  }

  SessionId session = 0;              // of the last message
  std::vector<std::string> answered;  // error documents or payloads

 private:
  void on_call(std::string_view, std::string_view, CallReply reply) override { reply(std::string{}); }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream> stream) override {
    stream_ = std::move(stream);
    return this;
  }
  void on_message(std::string_view bytes) override {
    LinkBatch batch;
    ASSERT_TRUE(batch.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    if (batch.has_hello()) {
      LinkBatch welcome;
      welcome.mutable_welcome();
      stream_->send(welcome.SerializeAsString());
    }
    for (const LinkMessage& message : batch.messages()) {
      if (message.kind() == LinkMessage::MESSAGE) session = message.session_id();
      if (message.kind() == LinkMessage::ANSWER) answered.push_back(message.payload());
    }
  }
  void on_closed(const NetworkError&) override {}

  std::unique_ptr<Network> network_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Stream> stream_;
  LinkBatch batch_;
  std::uint64_t sequence_ = 0;
};

class NodeStrangersTest : public NodeTestFixture {
 protected:
  ClientPtr connect_bound_to(const std::string& gate, const std::string& uid) {
    auto client = cluster_.connect(gate);
    EXPECT_EQ(ask(client, "A.Bind", uid), uid);
    return client;
  }
  /// Of what the peer has added, which it says now; the gate logs `event` of the others.
  void expect_only_the_good_push(const ClientPtr& client, std::string_view event) {
    peer_.say();
    advance(milliseconds{100});
    const auto push = client->next_push();
    ASSERT_TRUE(push);
    EXPECT_EQ(push->route + " " + push->payload, "onPush good");
    EXPECT_TRUE(cluster_.world("gate:1").log().contains(event));
  }

  LinkPeer peer_{cluster_.network(), cluster_.app("b:1").scheduler()};
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeStrangersTest, ::testing::Values(1, 2, 3));

TEST_P(NodeStrangersTest, PushesThatNoClientUnderstandsAreDroppedAndTheRestOfTheBatchIsNot) {
  peer_.register_with("master:1");
  advance(seconds{1});
  auto alice = cluster_.connect("gate:1");
  alice->send_request("Peer.Hello", std::string{});
  advance(milliseconds{100});
  ASSERT_NE(peer_.session, 0u);
  peer_.add_push(not_utf8, "dropped");
  peer_.add_push(not_utf8, "dropped", "key");
  peer_.add_push("onPush", "dropped", std::string(256, 'k'));
  peer_.add_push(std::string(256, 'r'), "dropped");
  peer_.add_push("onPush", "good");
  expect_only_the_good_push(alice, "push of a backend dropped");
}

TEST_P(NodeStrangersTest, PushesToUsersThatNoClientUnderstandsAreDroppedAndTheRestOfTheBatchIsNot) {
  auto alice = connect_bound_to("gate:1", "7");
  peer_.call("gate:1");
  advance(milliseconds{100});
  peer_.add_push_to_user(7, not_utf8, "dropped");
  peer_.add_push_to_user(7, "onPush", "good");
  expect_only_the_good_push(alice, "push to a user dropped");
}

TEST_P(NodeStrangersTest, APushWithAKeyIsRefusedWhereItsRouteIsNotUtf8) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  Session& session = *cluster_.app("a:1").find_session(told("a:1").opened.front());
  EXPECT_THROW(session.push_latest("key", not_utf8, "x"), std::invalid_argument);
}

TEST_P(NodeStrangersTest, WhatAnotherNodeSendsIsHandledHereOrNowhere) {
  peer_.call("a:1");
  peer_.add(LinkMessage::SESSION_OPENED).set_session_id(7);
  const auto ask_for = [this](LinkMessage::Kind kind, std::uint64_t id, const std::string& route) {
    LinkMessage& message = peer_.add(kind);
    if (kind == LinkMessage::MESSAGE) message.set_session_id(7);
    message.set_id(id);
    message.set_route(route);
    message.set_payload("x");
  };
  ask_for(LinkMessage::MESSAGE, 1, "A.Echo");
  ask_for(LinkMessage::CALL, 2, "A.Plain");
  ask_for(LinkMessage::MESSAGE, 3, "B.Echo");  // b:1 would do that
  ask_for(LinkMessage::CALL, 4, "B.Plain");
  peer_.say();
  advance(milliseconds{100});
  ASSERT_EQ(peer_.answered.size(), 4u);
  EXPECT_EQ(peer_.answered[0], "x");
  EXPECT_EQ(peer_.answered[1], "a:1 x");
  EXPECT_NE(peer_.answered[2].find("unknown_route"), std::string::npos);
  EXPECT_NE(peer_.answered[3].find("unknown_route"), std::string::npos);
  EXPECT_TRUE(told("b:1").opened.empty());
}

TEST_P(NodeStrangersTest, WhoComesToANodeThatStopsIsToldSo) {
  add_slow_to_close("c:1", "C");
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "C.Where"), "c:1");
  peer_.call("c:1");
  advance(milliseconds{100});
  cluster_.app("c:1").stop();
  advance(milliseconds{500});
  ASSERT_FALSE(cluster_.app("c:1").stopped());
  peer_.add(LinkMessage::SESSION_OPENED).set_session_id(77);
  LinkMessage& message = peer_.add(LinkMessage::MESSAGE);
  message.set_session_id(77);
  message.set_id(1);
  message.set_route("C.Where");
  peer_.say();
  advance(milliseconds{100});
  ASSERT_EQ(peer_.answered.size(), 1u);
  const auto error = protocol::parse_error(protocol::as_bytes(peer_.answered.front()));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "The server is stopping.");
}

/// Of which there may be a hundred thousand.
TEST_P(NodeStrangersTest, SessionsOfALostGateEndSomeInEachTurnAndMayComeAgainAtOnce) {
  std::size_t closed_before = 0, most = 0;
  Subscription watching;
  add("c:1", {"C"}, "", [&](Application& app, Node&) {
    watching = app.scheduler().on_turn_end([&] {
      const std::size_t closed = told("c:1").closed.size();
      most = std::max(most, closed - std::exchange(closed_before, closed));
    });
  });
  const SessionId count = 2 * nano::limits::sessions_closed_per_turn + 1;
  const auto open_sessions = [&] {
    for (SessionId id = 1; id <= count; ++id) peer_.add(LinkMessage::SESSION_OPENED).set_session_id(id);
    peer_.say();
  };
  cluster_.network().set_delay(Duration::zero(), Duration::zero());
  peer_.call("c:1");
  open_sessions();
  advance(milliseconds{10});
  EXPECT_EQ(told("c:1").opened.size(), count);
  EXPECT_TRUE(told("c:1").closed.empty());
  peer_.call("c:1", 2);
  open_sessions();
  advance(milliseconds{10});
  EXPECT_EQ(told("c:1").closed.size(), count) << "of the first conversation";
  EXPECT_EQ(told("c:1").opened.size(), 2 * count);
  EXPECT_EQ(cluster_.app("c:1").session_count(), count);
  closed_before = told("c:1").closed.size();
  most = 0;
  peer_.add(LinkMessage::GOODBYE);
  peer_.say();
  advance(milliseconds{10});
  EXPECT_EQ(cluster_.app("c:1").session_count(), 0u);
  EXPECT_EQ(most, nano::limits::sessions_closed_per_turn);
  cluster_.network().set_delay(milliseconds{1}, milliseconds{2});
}

TEST_P(NodeStrangersTest, CallbacksAreTakenBackWithTheirHandles) {
  Node& gate = cluster_.node("gate:1");
  std::vector<std::string> changes;
  int lost = 0;
  Subscription members = gate.on_member(
      [&](const Member& member, bool present) { changes.push_back((present ? "+" : "-") + member.address); });
  {
    const Subscription dropped = gate.on_member([&](const Member&, bool) { changes.push_back("dropped"); });
    const Subscription dropped_too = gate.on_service_lost([&](Session&, std::string_view) { ++lost; });
  }
  const Subscription kept = gate.on_service_lost([&](Session&, std::string_view) { ++lost; });
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  cluster_.stop("a:1");
  advance(seconds{1});
  EXPECT_EQ(changes, std::vector<std::string>{"-a:1"});
  EXPECT_EQ(lost, 1);
  members.cancel();
  cluster_.stop("b:1");
  advance(seconds{1});
  EXPECT_EQ(changes.size(), 1u);
}

TEST_P(NodeStrangersTest, ANodeThatNoClusterTakesDoesNotStart) {
  const auto start = [&] {
    cluster_.add("c:1", [](Application& app, Node&) {
      for (std::size_t i = 0; i <= limits::services_per_member; ++i) {
        ComponentOptions options;
        options.name = "Service" + std::to_string(i);
        app.add<Desk>(std::move(options), "c:1");
      }
    });
  };
  EXPECT_THROW(start(), std::invalid_argument);
}

}  // namespace
}  // namespace nano::cluster
