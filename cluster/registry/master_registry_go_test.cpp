// Our nodes and those of Go Nano: under a master of theirs, and under one of ours that starts anew.
#include <algorithm>

#include "cluster/registry/master_registry_test_fixture.h"

namespace nano::cluster {
namespace {

TEST_F(MasterRegistryTest, GetsAlongWithAMasterOfGoNanoWithoutHeartbeats) {
  start_master(true);
  TestNode& one = node("one:1");
  TestNode& two = node("two:1");
  time_.advance(seconds{60});
  EXPECT_EQ(one.take_changes(), (Texts{"+master:1", "+two:1"}));
  nodes_.pop_back();
  node("two:1");  // which the master still knows, and refuses until it was taken off the list
  time_.advance(seconds{10});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1", "+two:1"}));
  stop_master();
  time_.advance(seconds{10});
  start_master(true);
  time_.advance(seconds{20});
  EXPECT_EQ(master_->member_count(), 3u);
  EXPECT_TRUE(one.take_changes().empty());
  (void)two;
}

/// Two such calls at a time end Go Nano's master: each takes a member off the list by its place there.
TEST_F(MasterRegistryTest, AGoMasterIsNotAskedAgainToForgetTheNodeBeforeItHas) {
  const std::string registers{method::register_member};
  const std::string unregisters{method::unregister_member};
  ScriptedMaster master{hub_, time_.scheduler()};
  master.tells_members_slowly = true;
  node("one:1");
  time_.advance(milliseconds{10});
  master.refuse("address one:1 has registered");
  time_.advance(seconds{30});
  EXPECT_EQ(master.calls, (Texts{registers, unregisters}));
  master.has_unregistered();
  time_.advance(seconds{4});
  EXPECT_EQ(master.calls, (Texts{registers, unregisters, registers}));
}

TEST_F(MasterRegistryTest, AGoMasterThatBreaksOffForgettingTheNodeMayStillBeAtIt) {
  ScriptedMaster master{hub_, time_.scheduler()};
  master.tells_members_slowly = true;
  node("one:1");
  time_.advance(milliseconds{10});
  const auto refuse = [&] {
    master.refuse("address one:1 has registered");
    time_.advance(seconds{4});
  };
  refuse();
  master.breaks_off();
  time_.advance(seconds{4});
  for (int i = 0; i < 10; ++i) refuse();
  EXPECT_EQ(std::ranges::count(master.calls, method::unregister_member), 1);
  for (int i = 0; i < 10; ++i) refuse();
  EXPECT_EQ(std::ranges::count(master.calls, method::unregister_member), 2);
}

TEST_F(MasterRegistryTest, LeavingWhileAGoMasterForgetsTheNodeAsksItNothingMore) {
  ScriptedMaster master{hub_, time_.scheduler()};
  master.tells_members_slowly = true;
  TestNode& one = node("one:1");
  time_.advance(milliseconds{10});
  master.refuse("address one:1 has registered");
  time_.advance(milliseconds{10});
  one.registry().leave([&] { one.left = true; });
  time_.advance(milliseconds{10});
  EXPECT_FALSE(one.left);
  master.has_unregistered();
  time_.advance(milliseconds{10});
  EXPECT_TRUE(one.left);
  EXPECT_EQ(master.calls.size(), 2u);
}

TEST_F(MasterRegistryTest, NewsOfAGoMasterHasNoRevisionAndIsBelievedAsItComes) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = node("one:1");
  time_.advance(milliseconds{10});
  master.tell_came("two:1", 0, 0);
  time_.advance(milliseconds{10});
  master.answer(0, 0, {});
  time_.advance(milliseconds{10});
  master.tell_went("two:1", 0, 0);
  time_.advance(milliseconds{10});
  EXPECT_EQ(one.take_changes(), (Texts{"+two:1", "-two:1"}));
}

TEST_F(MasterRegistryTest, TellsTheNextMasterOfTheMembersOfGoNano) {
  ScriptedMaster master{hub_, time_.scheduler()};
  node("one:1");
  time_.advance(milliseconds{10});
  EXPECT_EQ(master.registration.gomembers_size(), 0);
  EXPECT_EQ(master.registration.memberinfo().services(1), "nano-link:1:65") << "for masters of Go Nano";
  master.answer(77, 2, {"go:1", "go:2"});
  time_.advance(milliseconds{10});
  master.tell_came("go:3", 77, 4);
  master.knows_the_node = false;
  time_.advance(seconds{4});
  ASSERT_EQ(master.registration.gomembers_size(), 3);
  EXPECT_EQ(master.registration.gomembers(2).serviceaddr(), "go:3");
}

}  // namespace
}  // namespace nano::cluster
