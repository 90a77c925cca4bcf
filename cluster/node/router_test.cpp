#include "cluster/node/router.h"

#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "nano/testing/world.h"

namespace nano::cluster {
namespace {

using Texts = std::vector<std::string>;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() { world_.start(); }

  Session& session(std::int64_t uid = 0) {
    clients_.push_back(world_.connect());
    Session& made = *world_.app().find_session(++sessions_);
    if (uid > 0) made.bind(uid);
    return made;
  }
  void add(const std::string& address, std::vector<std::string> services, std::string label = "") {
    router_.add(Member{.address = address, .label = std::move(label), .services = std::move(services)});
  }
  std::string routed(Session& session, std::string_view service) {
    const Member* member = router_.route(session, service);
    return member ? member->address : "nobody";
  }

  nano::testing::World world_;
  std::vector<std::shared_ptr<nano::testing::Client>> clients_;
  SessionId sessions_ = 0;
  std::mt19937_64 random_{5};
  std::set<std::string> unusable_;
  Router router_{random_, [this](const Member& member) { return !unusable_.contains(member.address); }};
};

TEST_F(RouterTest, ChoosesAmongThoseThatOfferTheServiceAndKeepsTheChoice) {
  add("a:1", {"Chat", "Room"});
  add("b:1", {"Room"});
  std::set<std::string> used;
  for (int i = 0; i < 40; ++i) {
    Session& guest = session();
    const std::string first = routed(guest, "Room");
    used.insert(first);
    for (int again = 0; again < 5; ++again) EXPECT_EQ(routed(guest, "Room"), first);
    EXPECT_EQ(routed(guest, "Chat"), "a:1");
    EXPECT_EQ(routed(guest, "Bank"), "nobody");
  }
  EXPECT_EQ(used, (std::set<std::string>{"a:1", "b:1"}));
}

TEST_F(RouterTest, RoutesAnewWhenTheMemberHasLeft) {
  add("a:1", {"Room"});
  Session& guest = session();
  EXPECT_EQ(routed(guest, "Room"), "a:1");
  add("b:1", {"Room"});
  EXPECT_EQ(routed(guest, "Room"), "a:1");
  router_.remove("a:1");
  const auto lost = router_.forget_choices("a:1");
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].session, guest.id());
  EXPECT_EQ(lost[0].service, "Room");
  EXPECT_TRUE(router_.forget_choices("a:1").empty());
  EXPECT_EQ(routed(guest, "Room"), "b:1");
  router_.remove("b:1");
  EXPECT_EQ(routed(guest, "Room"), "nobody");
}

TEST_F(RouterTest, ChoosesOneThatCanBeReachedWhileThereIsOne) {
  add("a:1", {"Room"});
  add("b:1", {"Room"});
  unusable_ = {"a:1"};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(routed(session(), "Room"), "b:1");
  unusable_ = {"a:1", "b:1"};
  std::vector<Session*> guests;
  for (int i = 0; i < 20; ++i) {
    guests.push_back(&session());
    EXPECT_NE(routed(*guests.back(), "Room"), "nobody");
  }
  unusable_ = {"a:1"};
  for (Session* guest : guests) EXPECT_EQ(routed(*guest, "Room"), "b:1") << "that was no choice to keep";
}

TEST_F(RouterTest, RemembersWhichServicesThereWere) {
  add("a:1", {"Room"});
  router_.remove("a:1");
  EXPECT_TRUE(router_.knows("Room"));
  EXPECT_FALSE(router_.knows("Bank"));
}

TEST_F(RouterTest, SendsAUsersSessionsToOneMemberAndMovesFewWhenMembersChange) {
  router_.set_routing("Room", Routing::by_uid());
  for (const char* address : {"a:1", "b:1", "c:1", "d:1"}) add(address, {"Room"});
  std::map<std::int64_t, std::string> before;
  std::map<std::string, int> load;
  for (std::int64_t uid = 1; uid <= 400; ++uid) {
    before[uid] = routed(session(uid), "Room");
    ++load[before[uid]];
    EXPECT_EQ(routed(session(uid), "Room"), before[uid]) << "the user's other session";
  }
  for (const auto& [address, users] : load) {
    EXPECT_GT(users, 60) << address;
    EXPECT_LT(users, 140) << address;
  }
  router_.remove("b:1");
  for (std::int64_t uid = 1; uid <= 400; ++uid) {
    const std::string now = routed(session(uid), "Room");
    if (before[uid] == "b:1") continue;
    EXPECT_EQ(now, before[uid]) << uid;
  }
}

TEST_F(RouterTest, AsksTheApplication) {
  add("a:1", {"Room"}, "europe");
  add("b:1", {"Room"}, "asia");
  router_.set_routing("Room", Routing::by([](Session& of, std::string_view service, const auto& members) {
                        EXPECT_EQ(service, "Room");
                        const std::string* wanted = of.get<std::string>("region");
                        for (const Member* member : members) {
                          if (wanted && member->label == *wanted) return member;
                        }
                        return static_cast<const Member*>(nullptr);
                      }));
  Session& guest = session();
  EXPECT_EQ(routed(guest, "Room"), "nobody");
  guest.set("region", std::string{"asia"});
  EXPECT_EQ(routed(guest, "Room"), "b:1") << "that nobody was found is not remembered";
  guest.set("region", std::string{"europe"});
  EXPECT_EQ(routed(guest, "Room"), "b:1");
  router_.forget(guest.id());
  EXPECT_EQ(routed(guest, "Room"), "a:1");
}

TEST_F(RouterTest, AFunctionThatBreaksItsPromisesChoosesNobody) {
  add("a:1", {"Room"});
  const Member stranger{.address = "b:1"};
  router_.set_routing("Room",
                      Routing::by([&](Session&, std::string_view, const auto&) { return &stranger; }));
  EXPECT_EQ(routed(session(), "Room"), "nobody");
  router_.set_routing("Room", Routing::by([](Session&, std::string_view, const auto&) -> const Member* {
                        throw std::runtime_error("broken");
                      }));
  EXPECT_EQ(routed(session(), "Room"), "nobody");
  router_.set_routing("Room", Routing::by(nullptr));
  EXPECT_EQ(routed(session(), "Room"), "nobody");
  EXPECT_TRUE(world_.log().contains("routing function failed"));
}

TEST_F(RouterTest, FindsAnyMemberForACallWithoutASession) {
  EXPECT_EQ(router_.any("Room"), nullptr);
  add("a:1", {"Room"});
  EXPECT_EQ(router_.any("Room")->address, "a:1");
  EXPECT_EQ(router_.find("a:1")->services, Texts{"Room"});
  EXPECT_EQ(router_.find("b:1"), nullptr);
}

}  // namespace
}  // namespace nano::cluster
