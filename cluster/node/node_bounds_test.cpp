// What is bounded between nodes: time, open calls, bytes, and the messages that a broadcast costs.
#include <gtest/gtest.h>

#include "cluster/link/link.pb.h"
#include "cluster/network/limits.h"
#include "cluster/node/node_test_fixture.h"
#include "protocol/handshake.h"
#include "protocol/limits.h"

namespace nano::cluster {
namespace {

class NodeBoundsTest : public NodeTestFixture {};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeBoundsTest, ::testing::Values(1, 2, 3));

/// Many megabytes each, so with one seed.
class NodeBoundsOfBytesTest : public NodeTestFixture {};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeBoundsOfBytesTest, ::testing::Values(1));

TEST_P(NodeBoundsTest, ARequestThatABackendNeverAnswersFailsWhenItsTimeIsUp) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t id = alice->send_request("A.Never", std::string{});
  advance(NodeOptions{}.request_timeout() - milliseconds{10});
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 1u);
  advance(milliseconds{20});
  EXPECT_EQ(reply_to(alice, id), "error: timeout");
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  desk("a:1", "A").open.front().respond("too late");
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(alice, id), "error: timeout") << "answered twice";
}

TEST_P(NodeBoundsTest, AClientsOpenRequestsAreBoundedAtItsGate) {
  auto alice = cluster_.connect("gate:1");
  auto bob = cluster_.connect("gate:1");
  std::vector<std::uint64_t> ids;
  for (unsigned i = 0; i < nano::limits::calls_in_flight + 3; ++i) {
    ids.push_back(alice->send_request("A.Never", std::string{"x"}));
  }
  advance(milliseconds{100});
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), nano::limits::calls_in_flight);
  EXPECT_EQ(desk("a:1", "A").open.size(), nano::limits::calls_in_flight);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(reply_to(alice, ids[nano::limits::calls_in_flight + i]), "error: too_many_requests");
  }
  EXPECT_EQ(ask(bob, "A.Where"), "a:1") << "others do not suffer";
  desk("a:1", "A").open.clear();
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(alice, ids[0]), "error: internal") << "dropped without an answer";
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
}

TEST_P(NodeBoundsTest, APushThatDoesNotFitTheWireIsRefusedWhereItIsMade) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  Session& session = *cluster_.app("a:1").find_session(told("a:1").opened.front());
  EXPECT_THROW(session.push("onPush", std::string(std::size_t{17} << 20, 'x')), std::length_error);
  EXPECT_THROW(session.push(std::string(300, 'r'), std::string{"x"}), std::length_error);
  EXPECT_THROW(session.push("on\xff", std::string{"x"}), std::invalid_argument);
  EXPECT_THROW(cluster_.node("a:1").push_to_user(1, "on\xff", std::string{"x"}), std::invalid_argument);
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  session.push("onPush", std::string(std::size_t{3} << 20, 'x'));
  advance(milliseconds{100});
  EXPECT_EQ(alice->expect_push<std::string>("onPush").size(), std::size_t{3} << 20);
}

TEST_P(NodeBoundsTest, TheLongestErrorThatASessionSendsFitsThroughAGateToo) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  Session& session = *cluster_.app("a:1").find_session(told("a:1").opened.front());
  const std::size_t around = protocol::encode_error("code", "").size();
  const std::string message(protocol::response_payload_bytes_max - around, 'x');
  EXPECT_NO_THROW((Call{session.host(), session, "", 7}.fail({"code", message})))
      << "errors are answered where nothing may throw";
  EXPECT_NO_THROW((Call{session.host(), session, "", 8}.fail({"code", message + "x"})))
      << "a shorter one is sent instead";
}

TEST_P(NodeBoundsTest, AClientThatDoesNotReadCostsItselfOnly) {
  auto slow = cluster_.connect("gate:1");
  auto quick = cluster_.connect("gate:1");
  EXPECT_EQ(ask(slow, "A.Join"), "1");
  EXPECT_EQ(ask(quick, "A.Join"), "2");
  slow->stop_reading();
  for (int i = 0; i < 40; ++i) {
    desk("a:1", "A").group.broadcast("onSay", std::string(50'000, 'x'));
    advance(milliseconds{5});
  }
  advance(nano::limits::send_stall_timeout);
  EXPECT_EQ(told("gate:1").reasons, std::vector<std::string>{"backpressure"});
  EXPECT_EQ(desk("a:1", "A").group.count(), 1u);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(quick->expect_push<std::string>("onSay").size(), 50'000u);
}

TEST_P(NodeBoundsTest, RequestsOfAClosedSessionAreGivenUpAtItsGate) {
  auto alice = cluster_.connect("gate:1");
  auto bob = cluster_.connect("gate:1");
  for (int i = 0; i < 500; ++i) alice->send_request("A.Never", std::string{"x"});
  const std::uint64_t bobs = bob->send_request("A.Never", std::string{"x"});
  advance(milliseconds{100});
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 501u);
  alice->vanish();
  advance(limits::closed_session_requests_kept + milliseconds{10});
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 1u);
  for (auto& call : desk("a:1", "A").open) call.respond("late");
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(bob, bobs), "late") << "the others' answers went nowhere";
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
}

TEST_P(NodeBoundsTest, CallsInTheNameOfAClosedSessionEndOnBothNodes) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  Session& session = *cluster_.app("a:1").find_session(told("a:1").opened.front());
  alice->send_request("A.Ask", std::string{"B.Never x"});
  advance(milliseconds{100});
  EXPECT_EQ(cluster_.node("a:1").pending_requests(), 1u);
  session.kick("enough");
  advance(milliseconds{300});
  EXPECT_EQ(cluster_.node("a:1").pending_requests(), 0u);
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
  desk("b:1", "B").open.clear();
  advance(milliseconds{300});
}

TEST_P(NodeBoundsTest, ACallThatIsAwaitedNoMoreIsForgotten) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t id = alice->send_request("A.AskForNobody", std::string{"B.Never x"});
  advance(nano::limits::call_timeout + milliseconds{100});
  EXPECT_EQ(reply_to(alice, id), "error: timeout");
  advance(limits::abandoned_requests_interval);
  EXPECT_EQ(cluster_.node("a:1").pending_requests(), 0u);
  desk("b:1", "B").open.clear();
  advance(milliseconds{100});
}

TEST_P(NodeBoundsTest, APushWithAKeyReplacesAnOlderOneAtTheGate) {
  auto slow = cluster_.connect("gate:1");
  auto quick = cluster_.connect("gate:1");
  EXPECT_EQ(ask(slow, "A.Join"), "1");
  EXPECT_EQ(ask(quick, "A.Join"), "2");
  slow->be_slow();
  for (int i = 1; i <= 3; ++i) {
    desk("a:1", "A").group.broadcast_latest("bob", "onMove", "place " + std::to_string(i));
    advance(milliseconds{50});
  }
  slow->carry(10'000);
  EXPECT_EQ(slow->expect_push<std::string>("onMove"), "place 3");
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(quick->expect_push<std::string>("onMove"), "place " + std::to_string(i));
  }
  Session& session = *cluster_.app("a:1").find_session(told("a:1").opened.front());
  EXPECT_EQ(session.queued_bytes(), 0u) << "it waits at the gate";
}

TEST_P(NodeBoundsTest, ABroadcastIsOneMessageForEachGate) {
  std::vector<ClientPtr> members;
  for (int i = 0; i < 20; ++i) {
    members.push_back(cluster_.connect(i % 2 ? "gate:1" : "gate:2"));
    EXPECT_EQ(ask(members.back(), "A.Join"), std::to_string(i + 1));
  }
  std::map<std::string, int> messages;
  std::map<std::string, int> receivers;
  cluster_.network().watch_streams(
      [&](const std::string& from, const std::string& to, std::string_view bytes) {
        wire::LinkBatch batch;
        if (from != "a:1" || !batch.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
        for (const wire::LinkMessage& message : batch.messages()) {
          if (message.kind() != wire::LinkMessage::PUSH) continue;
          ++messages[to];
          receivers[to] += message.session_ids_size();
        }
      });
  members[0]->notify("A.Say", std::string{"hello"});
  advance(milliseconds{100});
  cluster_.network().watch_streams(nullptr);
  EXPECT_EQ(messages, (std::map<std::string, int>{{"gate:1", 1}, {"gate:2", 1}}));
  EXPECT_EQ(receivers, (std::map<std::string, int>{{"gate:1", 10}, {"gate:2", 10}}));
  for (const ClientPtr& member : members) EXPECT_EQ(member->expect_push<std::string>("onSay"), "hello");
}

/// Counts the bytes that streams take from one node to another.
class Counted {
 public:
  Counted(testing::MemoryNetwork& network, std::string from, std::string to) : network_(network) {
    network_.watch_streams([this, from = std::move(from), to = std::move(to)](const std::string& sender,
                                                                              const std::string& receiver,
                                                                              std::string_view bytes) {
      if (sender == from && receiver == to) bytes_ += bytes.size();
    });
  }
  ~Counted() { network_.watch_streams(nullptr); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  std::size_t bytes() const { return bytes_; }

 private:
  testing::MemoryNetwork& network_;
  std::size_t bytes_ = 0;
};

TEST_P(NodeBoundsOfBytesTest, ALargeBroadcastTooIsSentOnceToEachGate) {
  std::vector<ClientPtr> members;
  for (int i = 0; i < 250; ++i) {
    members.push_back(cluster_.connect("gate:1"));
    members.back()->send_request("A.Join", std::string{});
  }
  members.push_back(cluster_.connect("gate:2"));
  ask(members.back(), "A.Join");
  ASSERT_EQ(desk("a:1", "A").group.count(), 251u);
  for (const std::size_t bytes : {std::size_t{300} << 10, (std::size_t{4} << 20)}) {
    const Counted counted{cluster_.network(), "a:1", "gate:1"};
    desk("a:1", "A").group.broadcast("onSay", std::string(bytes, 'x'));
    advance(seconds{1});
    EXPECT_LE(counted.bytes(), bytes + 20'000);
    for (const ClientPtr& member : members)
      EXPECT_EQ(member->expect_push<std::string>("onSay").size(), bytes);
  }
  desk("a:1", "A").group.multicast("onSay", std::string(1 << 20, 'x'), [](Session&) { return true; });
  advance(seconds{1});
  for (const ClientPtr& member : members)
    EXPECT_EQ(member->expect_push<std::string>("onSay").size(), 1u << 20);
  EXPECT_TRUE(told("gate:1").lost.empty());
}

TEST_P(NodeBoundsOfBytesTest, AGateThatTakesTooLittleMissesPushesAndKeepsItsSessions) {
  auto slow = cluster_.connect("gate:1");
  auto quick = cluster_.connect("gate:2");
  ask(slow, "A.Join");
  ask(quick, "A.Join");
  Session& session = *cluster_.app("a:1").find_session(told("a:1").opened.front());
  cluster_.freeze("gate:1");
  const std::string large(std::size_t{5} << 20, 'x');
  int missed = 0;
  for (int i = 0; i < 20; ++i) {
    try {
      desk("a:1", "A").group.broadcast("onSay", large);
    } catch (const std::length_error& error) {
      ++missed;
      EXPECT_STREQ(error.what(), "The push was not made for 1 of 2 sessions, whose gates cannot be sent it.");
    }
    advance(milliseconds{100});
  }
  EXPECT_EQ(missed, 8) << "64 MiB take twelve of them";
  EXPECT_THROW(session.push("onPush", large), std::length_error);
  for (int i = 0; i < 12; ++i) cluster_.node("a:1").push_to_user(7, "onPush", large);
  EXPECT_THROW(cluster_.node("a:1").push_to_user(7, "onPush", large), std::length_error);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(quick->expect_push<std::string>("onSay").size(), large.size());
  cluster_.thaw("gate:1");
  advance(seconds{2});
  for (int i = 0; i < 12; ++i) EXPECT_EQ(slow->expect_push<std::string>("onSay").size(), large.size());
  EXPECT_EQ(ask(slow, "A.Where"), "a:1");
  EXPECT_TRUE(told("a:1").closed.empty());
  EXPECT_TRUE(told("gate:1").lost.empty());
}

TEST_P(NodeBoundsTest, AnswersThatDoNotFitOnTheWayAreErrors) {
  std::vector<ClientPtr> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(cluster_.connect("gate:1"));
    clients.back()->send_request("A.Never", std::string{"x"});
    advance(milliseconds{10});
  }
  for (auto& call : desk("a:1", "A").open) call.respond(std::string(std::size_t{10} << 20, 'x'));
  advance(seconds{2});
  for (int i = 0; i < 10; ++i) {
    const std::string reply = reply_to(clients[i], 1);
    if (i < 6) {
      EXPECT_EQ(reply.size(), std::size_t{10} << 20);
    } else {
      EXPECT_EQ(reply, "error: unavailable");
    }
    EXPECT_EQ(ask(clients[i], "A.Where"), "a:1");
  }
}

TEST_P(NodeBoundsTest, SharingMoreThanTheWayTakesIsRefusedWhereItIsShared) {
  std::vector<ClientPtr> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(cluster_.connect("gate:1"));
    clients.back()->notify("A.Note", std::string{"x"});
  }
  advance(milliseconds{100});
  const std::string value(15'000, 'x');
  int refused = 0;
  for (int round = 0; round < 60; ++round) {
    for (const SessionId id : told("a:1").opened) {
      try {
        cluster_.app("a:1").find_session(id)->share("value", value);
      } catch (const std::length_error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 0);
  advance(seconds{2});
  EXPECT_TRUE(told("a:1").closed.empty());
  EXPECT_EQ(ask(clients.front(), "A.Where"), "a:1");
}

}  // namespace
}  // namespace nano::cluster
