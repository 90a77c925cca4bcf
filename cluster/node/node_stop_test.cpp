// Nodes that stop in peace finish what was begun, as gates and as backends.
#include <gtest/gtest.h>

#include "cluster/network/limits.h"
#include "cluster/node/node_test_fixture.h"

namespace nano::cluster {
namespace {

using Texts = std::vector<std::string>;

class NodeStopTest : public NodeTestFixture {
 protected:
  /// As cluster_.stop(), but the node is still there afterwards, and its clients may be asked what they got.
  Duration stop(const std::string& address) {
    const TimePoint begin = cluster_.clock().now();
    cluster_.app(address).stop();
    while (!cluster_.app(address).stopped()) advance(milliseconds{10});
    return cluster_.clock().now() - begin;
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeStopTest, ::testing::Values(1, 2, 3));

TEST_P(NodeStopTest, AGateAnswersWhatItsClientsAskedAndThenClosesThem) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t here = alice->send_request("G.Late", std::string{"here"});
  const std::uint64_t there = alice->send_request("A.Late", std::string{"there"});
  const std::uint64_t between = alice->send_request("A.Ask", std::string{"B.Late between"});
  advance(milliseconds{1});
  stop("gate:1");
  EXPECT_EQ(reply_to(alice, here), "here");
  EXPECT_EQ(reply_to(alice, there), "there");
  EXPECT_EQ(reply_to(alice, between), "between") << "the gate sends on what backends say to each other";
  EXPECT_EQ(alice->close_reason(), "shutdown");
}

TEST_P(NodeStopTest, AGatesRequestsThatNobodyAnswersGetAnErrorBeforeItsClientsAreClosed) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t never = alice->send_request("A.Never", std::string{});
  advance(milliseconds{1});
  EXPECT_LE(stop("gate:1"), nano::limits::shutdown_timeout);
  EXPECT_EQ(reply_to(alice, never), "error: unavailable");
  EXPECT_EQ(alice->close_reason(), "shutdown");
}

TEST_P(NodeStopTest, OnceItHasLeftAGateRefusesWhatItsClientsAsk) {
  auto alice = cluster_.connect("gate:1");
  alice->send_request("A.Never", std::string{});
  advance(milliseconds{1});
  cluster_.app("gate:1").stop();
  advance(seconds{1});
  EXPECT_EQ(ask(alice, "G.Where"), "error: unavailable");
  EXPECT_EQ(ask(alice, "A.Where"), "error: unavailable");
  EXPECT_TRUE(alice->connected());
}

TEST_P(NodeStopTest, WhatABackendsClosedCallbacksStartEnds) {
  int saved = 0;
  add("c:1", {"C"}, "", [&saved](Application& app, Node&) {
    const auto closed = [&app, &saved](Session&) {
      app.scheduler().spawn([](Application& server, int& count) -> Task<void> {
        co_await server.scheduler().sleep(milliseconds{100});
        ++count;
      }(app, saved));
    };
    app.on_session_closed(closed).detach();
  });
  advance(seconds{1});
  std::vector<ClientPtr> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(cluster_.connect(i % 2 == 0 ? "gate:1" : "gate:2"));
    EXPECT_EQ(ask(clients.back(), "C.Where"), "c:1");
  }
  stop("c:1");
  EXPECT_EQ(saved, 20);
  for (const ClientPtr& client : clients) EXPECT_TRUE(client->connected());
}

TEST_P(NodeStopTest, ANodeThatHasNotJoinedYetStopsAsWell) {
  cluster_.freeze("master:1");
  add("late:1", {"Late"});
  advance(milliseconds{10});
  EXPECT_LE(stop("late:1"), nano::limits::shutdown_timeout);
}

TEST_P(NodeStopTest, ANodeThatIsKilledWhileItStopsIsGone) {
  auto alice = cluster_.connect("gate:1");
  alice->send_request("A.Never", std::string{});
  advance(milliseconds{1});
  cluster_.app("gate:1").stop();
  advance(seconds{1});
  alice.reset();
  cluster_.kill("gate:1");
  advance(limits::link_memory + seconds{5});  // it has left the list already, so nobody asks whether it lives
  EXPECT_EQ(cluster_.app("a:1").session_count(), 0u);
}

}  // namespace
}  // namespace nano::cluster
