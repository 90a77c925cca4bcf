// A handler does not see whether its session is here or behind a gate.
#include <gtest/gtest.h>

#include "cluster/node/node_test_fixture.h"

namespace nano::cluster {
namespace {

using Ids = std::vector<SessionId>;
using Texts = std::vector<std::string>;

class NodeSessionsTest : public NodeTestFixture {
 protected:
  /// Application::call()
  std::string call_from_application(const std::string& node, std::string route, std::string text) {
    std::string reply;
    cluster_.app(node).scheduler().spawn(call(cluster_.app(node), std::move(route), std::move(text), reply));
    advance(milliseconds{100});
    return reply;
  }

 private:
  static Task<void> call(Application& app, std::string route, std::string text, std::string& reply) {
    const Result<std::string> answer = co_await app.call<std::string>(route, text);
    reply = text_of(answer);
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeSessionsTest, ::testing::Values(1, 2, 3));

TEST_P(NodeSessionsTest, AReleasedRequestIsAnsweredLaterByItsId) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t first = alice->send_request("A.Hold", std::string{"first"});
  const std::uint64_t second = alice->send_request("A.Hold", std::string{"second"});
  advance(seconds{2});
  EXPECT_EQ(reply_to(alice, first), "error: timeout") << "not answered yet";
  desk("a:1", "A").answer_held();
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(alice, second), "second");
  EXPECT_EQ(reply_to(alice, first), "first");
  EXPECT_EQ(reply_to(alice, first), "error: timeout") << "answered twice";
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
}

TEST_P(NodeSessionsTest, PushesArriveInTheOrderMadeAndBeforeTheAnswerThatFollows) {
  auto alice = cluster_.connect("gate:1");
  for (int i = 0; i < 50; ++i) alice->notify("A.Push", std::to_string(i));
  EXPECT_EQ(ask(alice, "A.Late", "end"), "end");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(alice->expect_push<std::string>("onPush"), std::to_string(i));
  EXPECT_EQ(alice->expect_push<std::string>("onLate"), "end");
  EXPECT_FALSE(alice->next_push());
}

TEST_P(NodeSessionsTest, ASessionsNotifyReachesServicesOnOtherNodesAndOnItsGate) {
  auto alice = cluster_.connect("gate:1");
  alice->notify("A.Tell", std::string{"B.Note to b"});
  alice->notify("A.Tell", std::string{"G.Note to the gate"});
  alice->notify("A.Tell", std::string{"A.Note to itself"});
  alice->notify("G.Tell", std::string{"B.Note from the gate"});
  advance(milliseconds{100});
  EXPECT_EQ(desk("b:1", "B").notes.size(), 2u);
  EXPECT_EQ(desk("gate:1", "G").notes, Texts{"to the gate"});
  EXPECT_EQ(desk("a:1", "A").notes, Texts{"to itself"});
}

TEST_P(NodeSessionsTest, AServiceOnAnotherGateIsReachedToo) {
  auto bob = cluster_.connect("gate:2");
  EXPECT_EQ(ask(bob, "G.Where"), "gate:1");
  EXPECT_EQ(ask(bob, "A.Ask", "G.Where"), "gate:1");
  EXPECT_EQ(ask(bob, "G.Ask", "A.Where"), "a:1");
}

TEST_P(NodeSessionsTest, ABackendCallsAnotherOneInTheSessionsName) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Ask", "B.Echo hello"), "hello");
  EXPECT_EQ(ask(alice, "A.Ask", "B.Late later"), "later");
  EXPECT_EQ(alice->expect_push<std::string>("onLate"), "later");
  EXPECT_EQ(ask(alice, "A.Ask", "G.Where"), "gate:1");
  EXPECT_EQ(ask(alice, "A.Ask", "A.Where"), "a:1");
  EXPECT_EQ(ask(alice, "G.Ask", "B.Where"), "b:1");
  EXPECT_EQ(ask(alice, "A.Ask", "B.Ask A.Where"), "a:1") << "through the gate twice";
}

TEST_P(NodeSessionsTest, ACallsErrorsReachTheCaller) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Ask", "B.Fail on purpose"), "error: refused_here");
  EXPECT_EQ(ask(alice, "A.Ask", "B.Nothing"), "error: unknown_route");
  EXPECT_EQ(ask(alice, "A.Ask", "C.Nothing"), "error: unknown_route");
  EXPECT_EQ(ask(alice, "A.Ask", "G.Nothing"), "error: unknown_route");
  EXPECT_EQ(ask(alice, "A.AskForNobody", "B.Nothing"), "error: unknown_route");
}

TEST_P(NodeSessionsTest, ACallWithoutASessionReachesAnyNode) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.AskForNobody", "B.Plain hello"), "b:1 hello");
  EXPECT_EQ(ask(alice, "A.AskForNobody", "G.Plain hello"), "gate:1 hello");
  EXPECT_EQ(ask(alice, "G.AskForNobody", "A.Plain hello"), "a:1 hello");
  EXPECT_EQ(call_from_application("master:1", "B.Plain", "hello"), "b:1 hello");
  EXPECT_EQ(ask(alice, "G.AskForNobody", "A.Where"), "error: invalid_argument")
      << "that handler takes a session";
}

TEST_P(NodeSessionsTest, ACallsDeadlinePasses) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t in_name = alice->send_request("A.Ask", std::string{"B.Never"});
  const std::uint64_t for_nobody = alice->send_request("A.AskForNobody", std::string{"B.Never"});
  advance(nano::limits::call_timeout - milliseconds{100});
  EXPECT_EQ(reply_to(alice, in_name), "error: timeout") << "not answered yet";
  advance(milliseconds{200});
  EXPECT_EQ(reply_to(alice, in_name), "error: timeout");
  EXPECT_EQ(reply_to(alice, for_nobody), "error: timeout");
  EXPECT_TRUE(alice->connected());
}

TEST_P(NodeSessionsTest, AKickOfABackendTellsTheClientWhy) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "B.Where"), "b:1");
  alice->notify("A.Kick", std::string{"cheating"});
  advance(milliseconds{100});
  ASSERT_TRUE(alice->kick());
  EXPECT_NE(alice->kick()->find("cheating"), std::string::npos) << *alice->kick();
  EXPECT_EQ(alice->close_reason(), "kicked");
  EXPECT_EQ(told("gate:1").reasons, Texts{"kicked"});
  EXPECT_EQ(told("a:1").reasons, Texts{"kicked"});
  EXPECT_EQ(told("b:1").reasons, Texts{"kicked"});
}

TEST_P(NodeSessionsTest, ACloseOfABackendLetsWhatWasSaidBeforeArrive) {
  auto alice = cluster_.connect("gate:1");
  for (int i = 0; i < 10; ++i) alice->notify("A.Push", std::to_string(i));
  alice->notify("A.Close", std::string{});
  advance(milliseconds{100});
  EXPECT_TRUE(alice->closed());
  EXPECT_EQ(alice->close_reason(), "closed_by_server");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(alice->expect_push<std::string>("onPush"), std::to_string(i));
}

TEST_P(NodeSessionsTest, TheClientsAddressIsKnownEverywhere) {
  auto alice = cluster_.connect("gate:1");
  const std::string address = ask(alice, "G.Address");
  EXPECT_TRUE(address.starts_with("192.0.2.")) << address;
  EXPECT_EQ(ask(alice, "A.Address"), address);
  EXPECT_EQ(ask(alice, "A.Ask", "B.Address"), address);
}

TEST_P(NodeSessionsTest, OpenedAndClosedAreToldOnceAndOnlyWhereTheSessionIsKnown) {
  auto alice = cluster_.connect("gate:1");
  auto bob = cluster_.connect("gate:2");
  const SessionId id = told("gate:1").opened.at(0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  EXPECT_EQ(told("gate:1").opened, Ids{id});
  EXPECT_EQ(told("a:1").opened, Ids{id});
  EXPECT_TRUE(told("b:1").opened.empty());
  EXPECT_EQ(ask(bob, "B.Where"), "b:1");
  EXPECT_EQ(told("b:1").opened, told("gate:2").opened);
  alice->vanish();
  advance(milliseconds{100});
  for (const char* node : {"gate:1", "a:1"}) {
    EXPECT_EQ(told(node).closed, Ids{id}) << node;
    EXPECT_EQ(told(node).called_back, Ids{id}) << node;
    EXPECT_EQ(told(node).reasons, Texts{"connection_lost"}) << node;
  }
  EXPECT_TRUE(told("b:1").closed.empty());
  EXPECT_TRUE(told("gate:2").closed.empty());
  advance(seconds{30});
  EXPECT_EQ(told("a:1").closed.size(), 1u);
  EXPECT_EQ(cluster_.app("a:1").session_count(), 0u);
}

TEST_P(NodeSessionsTest, AClientThatGoesWhileItsRequestIsOutLeavesNothingBehind) {
  auto alice = cluster_.connect("gate:1");
  alice->send_request("A.Late", std::string{"too late"});
  alice->send_request("A.Hold", std::string{"held"});
  advance(milliseconds{20});
  alice->vanish();
  advance(milliseconds{200});
  desk("a:1", "A").answer_held();
  advance(milliseconds{200});
  EXPECT_EQ(cluster_.app("a:1").session_count(), 0u);
  advance(NodeOptions{}.request_timeout());
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
  EXPECT_EQ(told("a:1").closed.size(), 1u);
}

TEST_P(NodeSessionsTest, AClientThatHalfClosesStillGetsItsAnswers) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t id = alice->send_request("A.Late", std::string{"still here"});
  alice->close();
  advance(milliseconds{300});
  EXPECT_EQ(reply_to(alice, id), "still here");
  EXPECT_EQ(told("a:1").reasons, Texts{"client_closed"});
}

}  // namespace
}  // namespace nano::cluster
