#include "cluster/registry/known_members.h"

#include <gtest/gtest.h>

#include "cluster/network/limits.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {
namespace {

using std::chrono::seconds;
using Texts = std::vector<std::string>;

class KnownMembersTest : public ::testing::Test, public RegistryEvents {
 protected:
  KnownMembersTest() { known_.start("self:1", *this); }

  void on_joined(std::uint32_t) override {}
  void on_member(const Member& member, bool present) override {
    changes_.push_back((present ? "+" : "-") + member.address);
    if (stop_when_told_) known_.stop();
  }
  bool is_alive(const Member& member) const override { return alive_.contains(member.address); }

  void put(const std::string& address, std::uint64_t incarnation = 1) {
    known_.put(Member{.address = address, .link_version = 1, .incarnation = incarnation});
  }
  Texts take_changes() { return std::exchange(changes_, {}); }

  testing::VirtualTime time_;
  KnownMembers known_{time_.scheduler()};
  std::set<std::string> alive_;
  bool stop_when_told_ = false;
  Texts changes_;
};

TEST_F(KnownMembersTest, TellsWhoComesAndGoesAndOfEachProcessAtAnAddress) {
  put("one:1");
  put("one:1");
  put("self:1");
  known_.remove("two:1");
  EXPECT_EQ(take_changes(), (Texts{"+one:1"}));
  put("one:1", 2);
  EXPECT_EQ(take_changes(), (Texts{"-one:1", "+one:1"}));
  known_.remove("one:1");
  EXPECT_EQ(take_changes(), (Texts{"-one:1"}));
}

TEST_F(KnownMembersTest, TellsNothingMoreWhenItWasStopped) {
  put("one:1");
  put("two:1");
  take_changes();
  known_.miss_others({}, seconds{5});
  stop_when_told_ = true;
  put("one:1", 2);
  EXPECT_EQ(take_changes(), (Texts{"-one:1"}));
  put("three:1");
  known_.remove("two:1");
  time_.advance(seconds{60});
  EXPECT_TRUE(take_changes().empty());
}

TEST_F(KnownMembersTest, WhoIsMissingIsDroppedAfterATimeFromTheFirstListThatLacksIt) {
  for (const char* address : {"one:1", "two:1", "three:1"}) put(address);
  take_changes();
  known_.miss_others({"one:1"}, seconds{5});
  time_.advance(seconds{3});
  time_.scheduler().run_once();  // a turn has one time: that of its beginning
  put("three:1");
  known_.miss_others({"one:1"}, seconds{5});
  time_.advance(seconds{1});
  EXPECT_TRUE(take_changes().empty());
  time_.advance(seconds{2});
  EXPECT_EQ(take_changes(), (Texts{"-two:1"}));
  time_.advance(seconds{3});
  EXPECT_EQ(take_changes(), (Texts{"-three:1"}));
  time_.advance(seconds{60});
  EXPECT_TRUE(take_changes().empty());
}

TEST_F(KnownMembersTest, AnotherRegistryHasTheWholeTime) {
  put("one:1");
  take_changes();
  known_.miss_others({}, seconds{5});
  time_.advance(seconds{4});
  known_.miss_nobody();
  known_.miss_others({}, seconds{5});
  time_.advance(seconds{4});
  EXPECT_TRUE(take_changes().empty());
  time_.advance(seconds{2});
  EXPECT_EQ(take_changes(), (Texts{"-one:1"}));
}

TEST_F(KnownMembersTest, WhoIsMissingButAliveIsKeptUntilItIsNot) {
  put("one:1");
  put("two:1");
  take_changes();
  alive_ = {"one:1"};
  known_.miss_others({}, seconds{5});
  time_.advance(seconds{60});
  EXPECT_EQ(take_changes(), (Texts{"-two:1"}));
  alive_ = {};
  time_.advance(seconds{6});
  EXPECT_EQ(take_changes(), (Texts{"-one:1"}));
}

TEST_F(KnownMembersTest, AMemberThatTheRegistryTellsToBeGoneIsGoneThoughItIsAlive) {
  put("one:1");
  take_changes();
  alive_ = {"one:1"};
  known_.remove("one:1");
  EXPECT_EQ(take_changes(), (Texts{"-one:1"}));
}

TEST_F(KnownMembersTest, HasABound) {
  for (std::size_t i = 0; i <= limits::members; ++i) put("one:" + std::to_string(i + 1));
  EXPECT_EQ(changes_.size(), limits::members);
}

}  // namespace
}  // namespace nano::cluster
