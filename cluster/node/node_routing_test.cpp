// Which node handles a message, and what reaches a user wherever he is.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "cluster/node/node_test_fixture.h"

namespace nano::cluster {
namespace {

using Texts = std::vector<std::string>;

class NodeRoutingTest : public NodeTestFixture {
 protected:
  /// A gate that routes as told, and members of labels for it to choose from.
  void add_gate(const std::string& service, const Routing& routing) {
    add("gate:3", {}, "", [&](Application&, Node& node) { node.set_routing(service, routing); });
    advance(seconds{1});
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeRoutingTest, ::testing::Values(1, 2, 3));

TEST_P(NodeRoutingTest, ASessionStaysWithTheMemberThatItMetFirst) {
  std::set<std::string> chosen;
  for (int i = 0; i < 12; ++i) {
    auto client = cluster_.connect(i % 2 ? "gate:1" : "gate:2");
    const std::string first = ask(client, "Both.Where");
    chosen.insert(first);
    for (int again = 0; again < 4; ++again) EXPECT_EQ(ask(client, "Both.Where"), first);
  }
  EXPECT_EQ(chosen, (std::set<std::string>{"a:1", "b:1"})) << "chosen at random";
}

TEST_P(NodeRoutingTest, UsersMeetAtOneMemberWhateverTheirGateIs) {
  add_gate("Both", Routing::by_uid());
  cluster_.node("gate:1").set_routing("Both", Routing::by_uid());
  std::set<std::string> chosen;
  for (int uid = 1; uid <= 12; ++uid) {
    auto here = cluster_.connect("gate:1");
    auto there = cluster_.connect("gate:3");
    EXPECT_EQ(ask(here, "A.Bind", std::to_string(uid)), std::to_string(uid));
    EXPECT_EQ(ask(there, "B.Bind", std::to_string(uid)), std::to_string(uid));
    const std::string member = ask(here, "Both.Where");
    EXPECT_EQ(ask(there, "Both.Where"), member) << uid;
    chosen.insert(member);
  }
  EXPECT_EQ(chosen.size(), 2u);
}

TEST_P(NodeRoutingTest, TheApplicationChoosesByLabel) {
  add("eu:1", {"Play"}, "eu");
  add("us:1", {"Play"}, "us");
  add_gate("Play", Routing::by([](Session& session, std::string_view service,
                                  const std::vector<const Member*>& candidates) -> const Member* {
             EXPECT_EQ(service, "Play");
             const std::string wanted = session.shared<std::string>("region").value_or("");
             for (const Member* member : candidates) {
               if (member->label == wanted) return member;
             }
             return nullptr;
           }));
  auto alice = cluster_.connect("gate:3");
  EXPECT_EQ(ask(alice, "Play.Where"), "error: unavailable");
  EXPECT_EQ(ask(alice, "A.Share", "region us"), "us");
  EXPECT_EQ(ask(alice, "Play.Where"), "us:1");
  EXPECT_EQ(ask(alice, "A.Share", "region eu"), "eu");
  EXPECT_EQ(ask(alice, "Play.Where"), "us:1") << "the choice holds";
  EXPECT_EQ(ask(alice, "A.Ask", "Play.Where"), "us:1") << "also for what is said in the session's name";
}

TEST_P(NodeRoutingTest, AMemberThatLeavesIsForgottenAndItsSessionsAreTold) {
  auto alice = cluster_.connect("gate:1");
  const std::string first = ask(alice, "Both.Where");
  const std::string other = first == "a:1" ? "b:1" : "a:1";
  cluster_.stop(first);
  advance(milliseconds{100});
  EXPECT_EQ(told("gate:1").lost, Texts{"Both"});
  EXPECT_TRUE(told("gate:2").lost.empty());
  EXPECT_EQ(ask(alice, "Both.Where"), other);
  EXPECT_EQ(ask(alice, first == "a:1" ? "A.Where" : "B.Where"), "error: unavailable");
  EXPECT_EQ(told("gate:1").lost.size(), 1u);
}

TEST_P(NodeRoutingTest, AMemberThatDiesIsForgottenAndItsSessionsAreTold) {
  auto alice = cluster_.connect("gate:1");
  const std::string first = ask(alice, "Both.Where");
  cluster_.kill(first);
  advance(seconds{8});
  EXPECT_EQ(told("gate:1").lost, Texts{"Both"});
  EXPECT_EQ(ask(alice, "Both.Where"), first == "a:1" ? "b:1" : "a:1");
}

TEST_P(NodeRoutingTest, ADeadMemberThatIsStillOnTheListGetsNoNewSessions) {
  auto alice = cluster_.connect("gate:1");
  const std::string first = ask(alice, "Both.Where");
  const std::string other = first == "a:1" ? "b:1" : "a:1";
  cluster_.kill("master:1");
  cluster_.kill(first);
  for (const seconds later : {seconds{1}, seconds{3}, seconds{20}}) {
    advance(later);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(ask(cluster_.connect("gate:1"), "Both.Where"), other);
  }
}

TEST_P(NodeRoutingTest, ASessionWhoseFirstMessageWentToADeadMemberGoesToAnother) {
  cluster_.kill("master:1");
  cluster_.kill("a:1");  // to which no gate has ever spoken
  std::vector<ClientPtr> clients;
  int unavailable = 0;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(cluster_.connect("gate:1"));
    unavailable += ask(clients.back(), "Both.Where") != "b:1";
  }
  EXPECT_LE(unavailable, 1);
  for (const ClientPtr& client : clients) EXPECT_EQ(ask(client, "Both.Where"), "b:1");
}

TEST_P(NodeRoutingTest, AMemberThatComesAgainAtItsAddressKeepsThoseWhoChooseItThen) {
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  cluster_.kill("a:1");
  add("a:1", {"A", "Both"});
  add("a:2", {"A", "Both"});
  advance(seconds{10});
  const std::string first = ask(alice, "A.Where");
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(ask(alice, "A.Where"), first);
  }
  EXPECT_EQ(told("gate:1").lost, Texts{"A"});
}

TEST_P(NodeRoutingTest, AThousandMessagesAreHandledInTheOrderSent) {
  auto alice = cluster_.connect("gate:1");
  std::vector<std::pair<std::uint64_t, std::string>> asked;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i);
    switch (i % 3) {
      case 0: alice->notify("A.Note", number); break;
      case 1: alice->send_request("A.Note", number); break;
      default: asked.emplace_back(alice->send_request("A.Late", number), number); break;
    }
    if (i % 37 == 0) advance(milliseconds{1});
  }
  advance(seconds{1});
  Texts expected;
  for (int i = 0; i < 1000; ++i) {
    if (i % 3 != 2) expected.push_back(std::to_string(i));
  }
  EXPECT_EQ(desk("a:1", "A").notes, expected);
  for (const auto& [id, number] : asked) {
    EXPECT_EQ(reply_to(alice, id), number);
    EXPECT_EQ(alice->expect_push<std::string>("onLate"), number);
  }
}

TEST_P(NodeRoutingTest, AUserIsReachedFromAnyNode) {
  auto here = cluster_.connect("gate:1");
  auto there = cluster_.connect("gate:2");
  auto other = cluster_.connect("gate:2");
  EXPECT_EQ(ask(here, "A.Bind", "5"), "5");
  EXPECT_EQ(ask(there, "B.Bind", "5"), "5");
  EXPECT_EQ(ask(other, "B.Bind", "6"), "6");
  const Texts nodes = {"a:1", "b:1", "gate:1", "gate:2", "master:1"};
  for (const std::string& node : nodes) cluster_.node(node).push_to_user(5, "onUser", node);
  advance(milliseconds{100});
  for (const ClientPtr& client : {here, there}) {
    Texts from;
    while (auto push = client->next_push()) from.push_back(push->payload);
    std::sort(from.begin(), from.end());
    EXPECT_EQ(from.size(), nodes.size()) << "once from each";
    EXPECT_EQ(std::unique(from.begin(), from.end()), from.end());
  }
  EXPECT_FALSE(other->next_push());
  cluster_.node("b:1").kick_user(5, "enough");
  advance(milliseconds{100});
  EXPECT_EQ(here->close_reason(), "kicked");
  EXPECT_EQ(there->close_reason(), "kicked");
  EXPECT_TRUE(other->connected());
}

TEST_P(NodeRoutingTest, OfTwoSessionsWithOneIdTheSecondIsRefusedWhereTheyMeet) {
  cluster_.app("gate:1").host().sessions.set_gate_number(77);
  cluster_.app("gate:2").host().sessions.set_gate_number(77);
  auto alice = cluster_.connect("gate:1");
  auto bob = cluster_.connect("gate:2");
  ASSERT_EQ(told("gate:1").opened, told("gate:2").opened) << "else the test shows nothing";
  EXPECT_EQ(ask(alice, "A.Where"), "a:1");
  EXPECT_EQ(ask(bob, "A.Where"), "error: unavailable");
  EXPECT_EQ(ask(bob, "B.Where"), "b:1") << "where the other one is not known";
  bob->vanish();
  advance(milliseconds{100});
  EXPECT_EQ(ask(alice, "A.Where"), "a:1") << "the end of the second one is not that of the first";
  EXPECT_EQ(told("a:1").opened.size(), 1u);
  EXPECT_TRUE(told("a:1").closed.empty());
  EXPECT_TRUE(cluster_.world("a:1").log().contains("two gates have a session of the same id"));
}

}  // namespace
}  // namespace nano::cluster
