// Nodes that stop in peace, die, freeze, and come again.
#include <random>

#include <gtest/gtest.h>

#include "cluster/node/node_test_fixture.h"

namespace nano::cluster {
namespace {

using Texts = std::vector<std::string>;

class NodeFailureTest : public NodeTestFixture {};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeFailureTest, ::testing::Values(1, 2, 3));

TEST_P(NodeFailureTest, ABackendThatStopsAnswersOrFailsWhatItWasAsked) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t late = alice->send_request("A.Late", std::string{"late"});
  const std::uint64_t never = alice->send_request("A.Never", std::string{});
  const std::uint64_t held = alice->send_request("A.Hold", std::string{});
  advance(milliseconds{20});
  cluster_.stop("a:1");
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(alice, late), "late");
  EXPECT_EQ(reply_to(alice, never), "error: unavailable");
  EXPECT_EQ(reply_to(alice, held), "error: unavailable");
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
  EXPECT_EQ(ask(alice, "A.Where"), "error: unavailable");
  EXPECT_EQ(ask(alice, "Both.Where"), "b:1");
  EXPECT_TRUE(alice->connected());
}

TEST_P(NodeFailureTest, ABackendThatStopsEndsItsSessionsAndTellsOnce) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  const Told& told_at_a = told("a:1");
  cluster_.stop("a:1");
  EXPECT_EQ(told_at_a.closed, told_at_a.opened);
  EXPECT_EQ(told_at_a.reasons, Texts{"shutdown"});
  EXPECT_TRUE(told("gate:1").closed.empty());
}

TEST_P(NodeFailureTest, AGateThatStopsEndsItsSessionsOnTheBackends) {
  auto alice = cluster_.connect("gate:2");
  auto bob = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  EXPECT_EQ(ask(bob, "A.Where"), "a:1");
  alice->send_request("A.Never", std::string{});
  advance(milliseconds{10});
  cluster_.stop("gate:2");
  advance(milliseconds{100});
  EXPECT_TRUE(alice->closed());
  EXPECT_EQ(told("a:1").closed, told("gate:2").opened);
  EXPECT_EQ(told("a:1").reasons, Texts{"shutdown"});
  EXPECT_EQ(ask(bob, "A.Where"), "a:1");
  EXPECT_EQ(cluster_.app("a:1").session_count(), 1u);
}

TEST_P(NodeFailureTest, AGateThatDiesEndsItsSessionsOnTheBackends) {
  auto bob = cluster_.connect("gate:1");
  EXPECT_EQ(ask(bob, "A.Join"), "1");
  {
    auto alice = cluster_.connect("gate:2");
    EXPECT_EQ(ask(alice, "A.Join"), "2");
    alice->send_request("A.Ask", std::string{"B.Never"});
    advance(milliseconds{50});
  }
  cluster_.kill("gate:2");
  advance(seconds{20});
  EXPECT_EQ(told("a:1").closed, told("gate:2").opened);
  EXPECT_EQ(desk("a:1", "A").group.count(), 1u);
  EXPECT_EQ(cluster_.app("b:1").session_count(), 0u);
  EXPECT_EQ(cluster_.node("a:1").pending_requests(), 0u);
  EXPECT_EQ(ask(bob, "A.Where"), "a:1");
}

TEST_P(NodeFailureTest, RequestsToABackendThatDiesFailAtOnce) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t direct = alice->send_request("B.Never", std::string{});
  const std::uint64_t through = alice->send_request("A.Ask", std::string{"B.Never"});
  const std::uint64_t for_nobody = alice->send_request("A.AskForNobody", std::string{"B.Never"});
  advance(milliseconds{50});
  cluster_.kill("b:1");
  advance(seconds{1});
  for (const std::uint64_t id : {direct, through, for_nobody}) {
    EXPECT_EQ(reply_to(alice, id), "error: unavailable");
  }
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 0u);
  EXPECT_EQ(cluster_.node("a:1").pending_requests(), 0u);
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
}

TEST_P(NodeFailureTest, AShortPauseOfABackendOnlyDelays) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  const std::uint64_t id = alice->send_request("A.Echo", std::string{"patience"});
  cluster_.freeze("a:1");
  alice->notify("A.Note", std::string{"meanwhile"});
  advance(seconds{2});
  EXPECT_EQ(ask(alice, "B.Where"), "b:1") << "others do not suffer";
  cluster_.thaw("a:1");
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(alice, id), "patience");
  EXPECT_EQ(desk("a:1", "A").notes, Texts{"meanwhile"});
  EXPECT_EQ(told("a:1").opened.size(), 1u);
  EXPECT_TRUE(told("gate:1").lost.empty());
}

TEST_P(NodeFailureTest, ALongPauseOfABackendFailsItsRequestsAndIsForgivenAfterwards) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  const std::uint64_t id = alice->send_request("A.Echo", std::string{"patience"});
  cluster_.freeze("a:1");
  advance(seconds{8});
  EXPECT_EQ(reply_to(alice, id), "error: unavailable");
  EXPECT_EQ(ask(alice, "A.Where"), "error: unavailable");
  cluster_.thaw("a:1");
  advance(seconds{12});
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  EXPECT_EQ(told("a:1").opened.size(), told("a:1").closed.size() + 1);
}

TEST_P(NodeFailureTest, AStreamThatBreaksLosesNothing) {
  auto alice = cluster_.connect("gate:1");
  Texts expected;
  for (int i = 0; i < 200; ++i) {
    alice->notify("A.Note", std::to_string(i));
    alice->notify("A.Push", std::to_string(i));
    expected.push_back(std::to_string(i));
    if (i % 20 == 19) cluster_.network().reset_streams("gate:1", "a:1");
    if (i % 3 == 0) advance(milliseconds{1});
  }
  advance(seconds{3});
  EXPECT_EQ(desk("a:1", "A").notes, expected);
  for (const std::string& number : expected) EXPECT_EQ(alice->expect_push<std::string>("onPush"), number);
  EXPECT_EQ(told("a:1").opened.size(), 1u);
  EXPECT_TRUE(told("a:1").closed.empty());
}

TEST_P(NodeFailureTest, AMemberThatTheMasterLostForAWhileIsReachedAsSoonAsItIsBack) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  cluster_.network().cut("a:1", "master:1");
  advance(seconds{7});
  EXPECT_EQ(ask(alice, "A.Where"), "error: unavailable");
  cluster_.network().heal_all();
  advance(seconds{4});
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  EXPECT_EQ(told("a:1").opened.size(), told("a:1").closed.size() + 1);
}

TEST_P(NodeFailureTest, WhileTheMasterIsAwayTrafficGoesOnAndItFindsAllAgain) {
  auto alice = cluster_.connect("gate:1");
  auto bob = cluster_.connect("gate:2");
  EXPECT_EQ(ask(alice, "A.Join"), "1");
  EXPECT_EQ(ask(bob, "A.Join"), "2");
  const auto number_of = [this](const char* gate) { return cluster_.node(gate).self().gate_number; };
  const std::uint32_t numbers[] = {number_of("gate:1"), number_of("gate:2")};
  EXPECT_NE(numbers[0], numbers[1]);
  cluster_.kill("master:1");
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(ask(alice, "A.Echo", "on"), "on");
    EXPECT_EQ(ask(bob, "A.Ask", "B.Echo on"), "on");
  }
  cluster_.add_master("master:1");
  for (int i = 0; i < 80; ++i) EXPECT_EQ(ask(alice, "A.Echo", "on"), "on");
  EXPECT_EQ(cluster_.node("master:1").members().size(), 4u);
  EXPECT_EQ(cluster_.node("gate:1").members().size(), 4u);
  EXPECT_EQ(number_of("gate:1"), numbers[0]);
  EXPECT_EQ(number_of("gate:2"), numbers[1]);
  EXPECT_EQ(desk("a:1", "A").group.count(), 2u);
  add("gate:3", {});
  advance(seconds{5});
  auto carol = cluster_.connect("gate:3");
  EXPECT_EQ(ask(carol, "A.Join"), "3");
  EXPECT_NE(number_of("gate:3"), numbers[0]);
  EXPECT_NE(number_of("gate:3"), numbers[1]);
}

TEST_P(NodeFailureTest, AMasterThatStopsInPeaceDisturbsNobody) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  cluster_.stop("master:1");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(alice, "A.Echo", "on"), "on");
  cluster_.add_master("master:1");
  for (int i = 0; i < 80; ++i) EXPECT_EQ(ask(alice, "A.Echo", "on"), "on");
  EXPECT_EQ(cluster_.node("master:1").members().size(), 4u);
  EXPECT_TRUE(told("gate:1").lost.empty());
  EXPECT_EQ(told("a:1").opened.size(), 1u);
}

TEST_P(NodeFailureTest, WhatHappensBetweenNodesLeavesTheApplicationsRandomNumbersAsTheyAre) {
  const std::mt19937_64 numbers = cluster_.app("gate:1").random();
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "Both.Where"), ask(alice, "Both.Where"));
  cluster_.network().reset_streams("gate:1", "a:1");
  cluster_.network().reset_streams("gate:1", "b:1");
  advance(seconds{2});
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  cluster_.kill("a:1");
  advance(seconds{60});
  EXPECT_EQ(ask(alice, "Both.Where"), "b:1");
  EXPECT_EQ(cluster_.app("gate:1").random(), numbers);
}

}  // namespace
}  // namespace nano::cluster
