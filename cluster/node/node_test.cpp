#include "cluster/node/node.h"

#include <gtest/gtest.h>

#include "cluster/testing/cluster_world.h"
#include "nano/session/group.h"

namespace nano::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ClusterWorld;
using Texts = std::vector<std::string>;

class Room final : public Component {
 public:
  static void routes(Routes<Room>& on) {
    on.add<&Room::echo>("Echo");
    on.add<&Room::fail>("Fail");
    on.add<&Room::join>("Join");
    on.add<&Room::say>("Say");
    on.add<&Room::late>("Late");
  }
  std::string echo(const std::string& text) { return text; }
  Result<std::string> fail(const std::string& text) { return Error{"room_full", text}; }
  std::string join(Session& session, const std::string& name) {
    session.bind(std::stoll(name));
    members_.add(session);
    return session.remote_address();
  }
  void say(Session&, const std::string& text) { members_.broadcast("onSay", text); }
  Task<std::string> late(std::string text) {
    co_await sleep(milliseconds{100});
    co_return text;
  }
  std::size_t count() const { return members_.count(); }

 private:
  Group members_;
};

class NodeTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  NodeTest() : cluster_(GetParam()) {
    cluster_.add_master("master:1");
    cluster_.add("room:1", [this](Application& app, Node&) { room_ = &app.add<Room>(); });
    cluster_.add("gate:1");
    cluster_.add("gate:2");
    cluster_.advance(seconds{1});
  }

  ClusterWorld cluster_;
  Room* room_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeTest, ::testing::Values(1, 2, 3));

TEST_P(NodeTest, ARequestIsAnsweredByTheNodeThatOffersTheService) {
  auto alice = cluster_.connect("gate:1");
  const auto reply = cluster_.request<std::string>(*alice, "Room.Echo", std::string{"hello"});
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(*reply, "hello");
  const auto late = cluster_.request<std::string>(*alice, "Room.Late", std::string{"later"});
  ASSERT_TRUE(late.ok()) << late.error().message;
  EXPECT_EQ(*late, "later");
}

TEST_P(NodeTest, AHandlersErrorReachesTheClient) {
  auto alice = cluster_.connect("gate:1");
  const auto reply = cluster_.request<std::string>(*alice, "Room.Fail", std::string{"The room is full."});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error(), (Error{"room_full", "The room is full."}));
  EXPECT_EQ(cluster_.request<std::string>(*alice, "Room.Nothing", std::string{}).error().code,
            "unknown_route");
  EXPECT_EQ(cluster_.request<std::string>(*alice, "Bank.Pay", std::string{}).error().code, "unknown_route");
}

TEST_P(NodeTest, AGroupOnABackendReachesTheClientsOfAllGates) {
  std::vector<std::shared_ptr<nano::testing::Client>> guests;
  for (int i = 0; i < 6; ++i) {
    guests.push_back(cluster_.connect(i % 2 ? "gate:1" : "gate:2"));
    const auto address = cluster_.request<std::string>(*guests.back(), "Room.Join", std::to_string(i + 1));
    ASSERT_TRUE(address.ok()) << address.error().message;
    EXPECT_TRUE(address->starts_with("192.0.2.")) << *address;
  }
  EXPECT_EQ(room_->count(), 6u);
  for (int i = 0; i < 10; ++i) guests[0]->notify("Room.Say", "hello " + std::to_string(i));
  cluster_.advance(milliseconds{100});
  for (auto& guest : guests) {
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(guest->expect_push<std::string>("onSay"), "hello " + std::to_string(i));
    EXPECT_FALSE(guest->next_push());
  }
  guests[3]->close();
  cluster_.advance(milliseconds{100});
  EXPECT_EQ(room_->count(), 5u);
}

TEST_P(NodeTest, ABackendThatDiesAnswersNobodyAndIsReplacedByAnother) {
  auto alice = cluster_.connect("gate:1");
  const std::uint64_t id = alice->send_request("Room.Late", std::string{"later"});
  cluster_.advance(milliseconds{20});
  cluster_.kill("room:1");
  cluster_.advance(milliseconds{200});
  EXPECT_EQ(alice->take_reply<std::string>(id).error().code, "unavailable");
  cluster_.add("room:2", [](Application& app, Node&) { app.add<Room>(); });
  cluster_.advance(seconds{8});
  const auto reply = cluster_.request<std::string>(*alice, "Room.Echo", std::string{"again"});
  ASSERT_TRUE(reply.ok()) << reply.error().message;
}

TEST_P(NodeTest, WhoHasKilledABackendIsServedByAnotherBeforeTheRegistryKnows) {
  cluster_.add("room:2", [](Application& app, Node&) { app.add<Room>(); });
  cluster_.advance(seconds{1});
  std::vector<std::shared_ptr<nano::testing::Client>> guests;
  for (int i = 0; i < 6; ++i) {
    guests.push_back(cluster_.connect("gate:1"));
    ASSERT_TRUE(cluster_.request<std::string>(*guests.back(), "Room.Echo", std::string{"1"}).ok());
  }
  cluster_.kill("room:1");
  cluster_.advance(milliseconds{100});
  EXPECT_EQ(cluster_.node("gate:1").members().size(), 4u) << "the registry has not noticed yet";
  for (auto& guest : guests) {
    EXPECT_TRUE(cluster_.request<std::string>(*guest, "Room.Echo", std::string{"2"}).ok());
  }
}

TEST_P(NodeTest, AKilledGatesSessionsEndOnTheBackendsAtOnce) {
  auto alice = cluster_.connect("gate:1");
  auto bob = cluster_.connect("gate:2");
  ASSERT_TRUE(cluster_.request<std::string>(*alice, "Room.Join", std::string{"1"}).ok());
  ASSERT_TRUE(cluster_.request<std::string>(*bob, "Room.Join", std::string{"2"}).ok());
  EXPECT_EQ(room_->count(), 2u);
  alice.reset();
  cluster_.kill("gate:1");
  cluster_.advance(milliseconds{100});
  EXPECT_EQ(room_->count(), 1u);
}

TEST_P(NodeTest, ABackendThatStopsInPeaceIsForgottenAtOnce) {
  auto alice = cluster_.connect("gate:1");
  ASSERT_TRUE(cluster_.request<std::string>(*alice, "Room.Echo", std::string{"1"}).ok());
  cluster_.add("room:2", [](Application& app, Node&) { app.add<Room>(); });
  cluster_.advance(seconds{1});
  cluster_.stop("room:1");
  cluster_.advance(milliseconds{100});
  const auto reply = cluster_.request<std::string>(*alice, "Room.Echo", std::string{"2"});
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_TRUE(alice->connected());
}

TEST_P(NodeTest, ABackendThatTheNextMasterDoesNotHearOfServesOnOverItsLinks) {
  auto alice = cluster_.connect("gate:1");
  ASSERT_TRUE(cluster_.request<std::string>(*alice, "Room.Join", std::string{"1"}).ok());
  cluster_.kill("master:1");
  cluster_.network().cut("room:1", "master:1");
  cluster_.add_master("master:1");
  cluster_.advance(seconds{60});
  alice->notify("Room.Say", std::string{"still here"});
  cluster_.advance(milliseconds{100});
  EXPECT_EQ(alice->expect_push<std::string>("onSay"), "still here");
}

}  // namespace
}  // namespace nano::cluster
