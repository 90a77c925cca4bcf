// Nodes of Go Nano that serve sessions of ours, played by the test: those that say what they cannot, hang, or
// are gone for a while.
#include <gtest/gtest.h>

#include "cluster/interop/go_peer_for_tests.h"
#include "cluster/network/limits.h"

namespace nano::cluster {
namespace {

class NodeGoBackendTest : public NodeGoTestFixture {
 protected:
  NodeGoBackendTest() {
    go_->register_with("master:1");
    advance(seconds{1});
  }
  std::uint64_t request(const ClientPtr& client) { return client->send_request("Go.Take", std::string{"x"}); }
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeGoBackendTest, ::testing::Values(1, 2, 3));

TEST_P(NodeGoBackendTest, AHandlerThatAGoBackendDoesNotHaveIsAnUnknownRoute) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "Go.Nope"), "error: unknown_route");
  EXPECT_EQ(ask(alice, "Go.Take"), "error: timeout") << "it is taken, and not answered";
}

TEST_P(NodeGoBackendTest, ARouteThatIsNotUtf8IsUnknownThere) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "Go.\xff"), "error: unknown_route");
  alice->notify("Go.\xff", std::string{});
  advance(milliseconds{100});
  EXPECT_TRUE(go_->notifies.empty());
}

TEST_P(NodeGoBackendTest, ThatANotifyFoundItGoneDoesNotKeepRequestsFromIt) {
  auto alice = cluster_.connect("gate:1");
  go_.reset();
  alice->notify("Go.Note", std::string{});
  advance(seconds{1});
  EXPECT_EQ(ask(alice, "Go.Take"), "error: unavailable");
  start_go();
  advance(seconds{1});
  request(alice);
  advance(milliseconds{100});
  EXPECT_EQ(go_->requests.size(), 1u);
}

TEST_P(NodeGoBackendTest, WhatItHearsOfOthersDoesNotMakeItUnreachable) {
  auto alice = cluster_.connect("gate:1");
  go_->hears_of_failures = true;
  EXPECT_EQ(ask(alice, "Go.Take"), "error: unavailable");
  EXPECT_TRUE(told("gate:1").lost.empty());
  go_->hears_of_failures = false;
  request(alice);
  advance(milliseconds{100});
  EXPECT_EQ(go_->requests.size(), 1u);
}

TEST_P(NodeGoBackendTest, OneThatHangsIsFoundOut) {
  auto alice = cluster_.connect("gate:1");
  alice->notify("Go.Note", std::string{});
  advance(milliseconds{100});
  EXPECT_EQ(go_->notifies.size(), 1u);
  go_->hangs = true;
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(request(alice));
  advance(limits::go_backend_silence - seconds{1});
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 10u);
  advance(seconds{4});
  for (const std::uint64_t id : ids) EXPECT_EQ(reply_to(alice, id), "error: unavailable");
  EXPECT_EQ(told("gate:1").lost, std::vector<std::string>{"Go"});
  go_->wake_up();
  advance(seconds{6});
  EXPECT_EQ(go_->requests.size(), 2u) << "the others left the queue when they were given up";
  request(alice);
  advance(milliseconds{100});
  EXPECT_EQ(go_->requests.size(), 3u);
}

TEST_P(NodeGoBackendTest, AGateThatWasHeldUpItselfGoesOnWaiting) {
  auto alice = cluster_.connect("gate:1");
  go_->hangs = true;  // for the gate, what comes while it is held up is as good as not sent
  const std::uint64_t id = request(alice);
  advance(milliseconds{700});                        // it has asked whether the node is there
  const std::string all[] = {"gate:1", "master:1"};  // else the master would take the gate off its list
  for (const std::string& address : all) cluster_.freeze(address);
  advance(seconds{6});
  for (const std::string& address : all) cluster_.thaw(address);
  advance(milliseconds{1});
  go_->wake_up();
  advance(seconds{2});
  EXPECT_EQ(cluster_.node("gate:1").pending_requests(), 1u);
  EXPECT_TRUE(told("gate:1").lost.empty());
  go_->respond("gate:1", "late");
  advance(milliseconds{100});
  EXPECT_EQ(reply_to(alice, id), "late");
}

TEST_P(NodeGoBackendTest, WhatAClientSaidLastArrivesBeforeItsEnd) {
  auto alice = cluster_.connect("gate:1");
  for (int i = 0; i < 10; ++i) alice->notify("Go.Note", std::string{});
  alice->vanish();
  advance(milliseconds{100});
  EXPECT_EQ(go_->notifies.size(), 10u);
  EXPECT_EQ(go_->closed.size(), 1u);
}

TEST_P(NodeGoBackendTest, RequestsOfClosedSessionsLeaveTheQueueToOneThatHangs) {
  go_->hangs = true;
  std::vector<ClientPtr> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(cluster_.connect("gate:1"));
    for (int k = 0; k < 500; ++k) request(clients.back());
  }
  advance(milliseconds{100});
  for (const ClientPtr& client : clients) client->vanish();
  advance(seconds{1});
  go_->wake_up();
  advance(milliseconds{100});
  EXPECT_EQ(go_->requests.size(), 20u) << "those that were under way";
  EXPECT_EQ(go_->closed.size(), 20u) << "and what comes after them does not wait";
}

TEST_P(NodeGoBackendTest, WhatWasQueuedForALostConnectionIsNotSentAnew) {
  auto alice = cluster_.connect("gate:1");
  go_->hangs = true;
  for (int i = 0; i < 10; ++i) alice->notify("Go.Note", std::string{});
  advance(milliseconds{100});
  cluster_.network().cut("gate:1", "master:1");
  advance(limits::member_expiry + seconds{2});
  cluster_.network().heal_all();
  advance(seconds{2});
  go_->wake_up();
  advance(milliseconds{100});
  EXPECT_LE(go_->notifies.size(), 2u);
  EXPECT_EQ(go_->closed.size(), 1u);
}

}  // namespace
}  // namespace nano::cluster
