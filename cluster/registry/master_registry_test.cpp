#include "cluster/registry/master_registry_test_fixture.h"

namespace nano::cluster {
namespace {

TEST_F(MasterRegistryTest, NodesLearnOfEachOther) {
  start_master();
  TestNode& one = node("one:1");
  time_.advance(milliseconds{100});
  TestNode& two = node("two:1");
  time_.advance(milliseconds{100});
  EXPECT_EQ(one.take_changes(), (Texts{"+master:1", "+two:1"}));
  EXPECT_EQ(two.take_changes(), (Texts{"+master:1", "+one:1"}));
  ASSERT_EQ(one.gate_numbers.size(), 1u);
  ASSERT_EQ(two.gate_numbers.size(), 1u);
  EXPECT_NE(one.gate_numbers[0], two.gate_numbers[0]);
  time_.advance(seconds{120});
  EXPECT_TRUE(one.take_changes().empty()) << "heartbeats keep all where they are";
}

TEST_F(MasterRegistryTest, ANodeThatComesBeforeTheMasterTriesAgain) {
  TestNode& one = node("one:1");
  time_.advance(seconds{10});
  EXPECT_TRUE(one.gate_numbers.empty());
  EXPECT_TRUE(time_.log().contains("the master cannot be reached; trying again master=master:1"));
  start_master();
  time_.advance(seconds{4});
  EXPECT_EQ(one.gate_numbers.size(), 1u);
}

TEST_F(MasterRegistryTest, AMasterThatIsGoneAndComesAgainCostsNoMemberItsPlace) {
  auto [one, two] = start_with_two_nodes();
  stop_master();
  time_.advance(seconds{60});
  EXPECT_TRUE(one.take_changes().empty()) << "links need no master";
  start_master();
  time_.advance(seconds{30});
  EXPECT_TRUE(one.take_changes().empty());
  EXPECT_EQ(master_->member_count(), 3u);
  EXPECT_EQ(one.gate_numbers.size(), 1u) << "it kept its number";
  EXPECT_EQ(two.gate_numbers.size(), 1u);
}

TEST_F(MasterRegistryTest, AMemberThatDiedWithTheMasterIsMissedAfterATime) {
  TestNode& one = start_with_two_nodes().first;
  stop_master();
  nodes_.pop_back();
  time_.advance(seconds{5});
  start_master();
  time_.advance(seconds{15});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
}

TEST_F(MasterRegistryTest, ANodeThatTheMasterMissedComesBackWhenTheWayIsFree) {
  auto [one, two] = start_with_two_nodes();
  hub_.cut("two:1", "master:1");
  time_.advance(seconds{20});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
  hub_.heal_all();
  time_.advance(seconds{20});
  EXPECT_EQ(one.take_changes(), (Texts{"+two:1"}));
  EXPECT_EQ(two.gate_numbers.size(), 1u);
  EXPECT_EQ(two.missed, 1);
  EXPECT_EQ(one.missed, 0);
}

TEST_F(MasterRegistryTest, ANodeThatRestartsIsAnotherMember) {
  TestNode& one = start_with_two_nodes().first;
  nodes_.pop_back();
  node("two:1");
  time_.advance(seconds{5});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1", "+two:1"}));
}

TEST_F(MasterRegistryTest, LeavingIsToldAtOnce) {
  auto [one, two] = start_with_two_nodes();
  bool left = false;
  two.registry().leave([&] { left = true; });
  time_.advance(milliseconds{100});
  EXPECT_TRUE(left);
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
  time_.advance(seconds{60});
  EXPECT_TRUE(one.take_changes().empty()) << "it does not come back by itself";
}

TEST_F(MasterRegistryTest, LeavingWithoutAMasterIsBounded) {
  start_master();
  TestNode& one = node("one:1");
  time_.advance(seconds{5});
  hub_.cut("one:1", "master:1");
  bool left = false;
  one.registry().leave([&] { left = true; });
  time_.advance(seconds{2});
  EXPECT_TRUE(left);
}

TEST_F(MasterRegistryTest, NewsThatOvertakesTheAnswerToTheRegistrationIsNotLost) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = node("one:1");
  time_.advance(milliseconds{10});
  master.tell_came("old:1", 77, 4);
  time_.advance(milliseconds{10});
  master.tell_came("new:1", 77, 6);
  time_.advance(milliseconds{10});
  EXPECT_TRUE(one.take_changes().empty());
  master.answer(77, 4, {"two:1"});
  time_.advance(milliseconds{10});
  EXPECT_EQ(one.take_changes(), (Texts{"+two:1", "+new:1"})) << "the other one had gone again by then";
}

TEST_F(MasterRegistryTest, NewsThatIsOlderThanTheAnswerOrOfAnotherMasterIsNone) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = node("one:1");
  time_.advance(milliseconds{10});
  master.answer(77, 8, {"two:1"});
  time_.advance(milliseconds{10});
  one.take_changes();
  master.tell_went("two:1", 77, 6);
  master.tell_went("two:1", 78, 10);
  time_.advance(milliseconds{10});
  EXPECT_TRUE(one.take_changes().empty());
  master.tell_went("two:1", 77, 10);
  time_.advance(milliseconds{10});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
  master.tell_came("two:1", 77, 8);
  time_.advance(milliseconds{10});
  EXPECT_TRUE(one.take_changes().empty()) << "it arrived late";
}

TEST_F(MasterRegistryTest, LeavingWhileTheRegistrationIsOpenLeavesNoGhost) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = node("one:1");
  time_.advance(milliseconds{10});
  one.registry().leave([&] { one.left = true; });
  time_.advance(milliseconds{10});
  EXPECT_EQ(master.calls.size(), 1u) << "a goodbye now could arrive before the registration";
  master.answer(77, 2, {"two:1"});
  time_.advance(milliseconds{10});
  EXPECT_EQ(master.unregistered, 101u) << "its incarnation";
  EXPECT_TRUE(one.left);
  EXPECT_TRUE(one.gate_numbers.empty());
  EXPECT_TRUE(one.take_changes().empty());
}

TEST_F(MasterRegistryTest, ANodeMayLeaveAsSoonAsItHasJoined) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = node("one:1");
  one.leave_when_joined = true;
  time_.advance(milliseconds{10});
  master.answer(77, 2, {"two:1"});
  time_.advance(seconds{60});
  EXPECT_TRUE(one.left);
  EXPECT_TRUE(one.take_changes().empty());
  EXPECT_EQ(master.calls,
            (Texts{std::string{method::register_member}, std::string{method::unregister_member}}));
}

TEST_F(MasterRegistryTest, AMemberThatTheNextMasterDoesNotNameStaysAsLongAsItIsLinked) {
  TestNode& one = start_with_two_nodes().first;
  one.linked_with = "two:1";
  stop_master();
  nodes_.pop_back();
  time_.advance(seconds{5});
  start_master();
  time_.advance(seconds{60});
  EXPECT_TRUE(one.take_changes().empty());
  one.linked_with = "";
  time_.advance(seconds{6});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
}

TEST_F(MasterRegistryTest, SaysWhyAMasterOfOursRefusesItAlsoAfterItWasAMember) {
  ScriptedMaster master{hub_, time_.scheduler()};
  node("one:1");
  time_.advance(milliseconds{10});
  master.answer(77, 2, {});
  time_.advance(milliseconds{10});
  master.knows_the_node = false;
  time_.advance(seconds{4});
  EXPECT_EQ(master.calls.back(), method::register_member);
  master.refuse("another process was heard just now");
  time_.advance(milliseconds{10});
  EXPECT_TRUE(time_.log().contains(
      "refuses this node; trying again master=master:1 error=\"another process was heard just now\""));
}

}  // namespace
}  // namespace nano::cluster
