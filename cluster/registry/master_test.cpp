#include "cluster/registry/master_test_fixture.h"

namespace nano::cluster {
namespace {

TEST_F(MasterTest, TellsANewMemberOfTheOthersAndTheOthersOfIt) {
  FakeMember& one = registered("one:1");
  EXPECT_EQ(one.others(), (Texts{"master:1"}));
  EXPECT_EQ(one.response.members(0).label(), "first");
  EXPECT_EQ(one.response.members(0).services(0), "Lobby");
  FakeMember& two = registered("two:1");
  EXPECT_EQ(two.others(), (Texts{"master:1", "one:1"}));
  EXPECT_EQ(one.take_news(), (Texts{"+two:1"}));
  EXPECT_TRUE(two.take_news().empty());
  two.unregister();
  time_.advance(milliseconds{100});
  EXPECT_EQ(one.take_news(), (Texts{"-two:1"}));
  EXPECT_EQ(heard_, (Texts{"+master:1", "+one:1", "+two:1", "-two:1"}));
}

TEST_F(MasterTest, GivesEachOfOurNodesAGateNumberOfItsOwn) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  FakeMember& go = registered("go:1", 0);
  EXPECT_NE(one.response.gatenumber(), 0u);
  EXPECT_NE(one.response.gatenumber(), two.response.gatenumber());
  EXPECT_LE(two.response.gatenumber(), 0x7fffffffu);
  EXPECT_EQ(go.response.gatenumber(), 0u) << "Go nodes number themselves";
}

TEST_F(MasterTest, TakesNoImpossibleGateNumberAndGivesNoneAway) {
  FakeMember& one = member("one:1");
  one.member().gate_number = 0xffffffff;
  one.register_now();
  FakeMember& two = member("two:1");
  two.member().gate_number = 0x70000000;
  two.register_now();
  time_.advance(milliseconds{100});
  EXPECT_LE(one.response.gatenumber(), 0x7fffffffu);
  EXPECT_EQ(two.response.gatenumber(), 0x70000000u);
  two.unregister();
  time_.advance(milliseconds{100});
  EXPECT_NE(registered("three:1").response.gatenumber(), 0x70000000u) << "its sessions may still be known";
}

TEST_F(MasterTest, ThatStartsAnewLeavesTheMembersTheirGateNumbers) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  const std::uint32_t first = one.response.gatenumber();
  const std::uint32_t second = two.response.gatenumber();
  time_.advance(seconds{10});
  start_master();
  two.register_now();
  time_.advance(milliseconds{100});
  FakeMember& three = registered("three:1");
  one.register_now();
  time_.advance(milliseconds{100});
  EXPECT_EQ(one.response.gatenumber(), first);
  EXPECT_EQ(two.response.gatenumber(), second);
  EXPECT_NE(three.response.gatenumber(), first);
  EXPECT_NE(three.response.gatenumber(), second);
}

TEST_F(MasterTest, ThatStartsAnewGivesNoNumberAwayThatAMemberUnknownToItHolds) {
  FakeMember& one = registered("one:1");
  const std::uint32_t second = registered("two:1").response.gatenumber();
  const std::uint32_t third = registered("three:1").response.gatenumber();
  start_master();
  one.register_now();
  time_.advance(milliseconds{100});
  for (int i = 0; i < 100; ++i) {
    const std::uint32_t fresh = registered("fresh:" + std::to_string(i + 1)).response.gatenumber();
    EXPECT_NE(fresh, second);
    EXPECT_NE(fresh, third);
  }
}

TEST_F(MasterTest, ReplacesTheProcessAtAnAddress) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  two.register_now();
  time_.advance(milliseconds{100});
  EXPECT_EQ(one.take_news(), (Texts{"+two:1"})) << "the same process again is no news";
  one.beat_every(time_.scheduler(), seconds{1});
  two.member().incarnation = 999;
  two.register_now();
  time_.advance(milliseconds{3100});
  EXPECT_EQ(two.problem.substr(0, 44), "another process at two:1 was heard just now;");
  EXPECT_TRUE(one.take_news().empty());
  two.register_now();
  time_.advance(milliseconds{100});
  EXPECT_EQ(one.take_news(), (Texts{"-two:1", "+two:1"}));
}

TEST_F(MasterTest, OfTwoLivingProcessesWithOneAddressTheFirstKeepsIt) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.beat_every(time_.scheduler(), seconds{1});
  two.beat_every(time_.scheduler(), seconds{1});
  one.take_news();
  FakeMember& second = member("second:1");
  second.member().address = "two:1";
  for (int attempt = 0; attempt < 20; ++attempt) {
    second.register_now();
    time_.advance(milliseconds{1300});
    EXPECT_FALSE(second.problem.empty());
  }
  EXPECT_TRUE(one.take_news().empty());
  FakeMember& go = member("go:1", 0);
  go.member().address = "two:1";
  go.register_now();
  time_.advance(milliseconds{100});
  EXPECT_FALSE(go.problem.empty());
  EXPECT_TRUE(one.take_news().empty());
}

TEST_F(MasterTest, AGoNodeReplacesAGoNodeAtItsAddressAtOnce) {
  FakeMember& one = registered("one:1");
  FakeMember& old = member("old:1", 0);
  old.member().address = "two:1";
  old.register_now();
  time_.advance(milliseconds{400});
  one.take_news();
  FakeMember& go = member("go:1", 0);
  go.member().address = "two:1";
  go.register_now();
  time_.advance(milliseconds{400});
  EXPECT_EQ(one.take_news(), (Texts{"-two:1", "+two:1"})) << "Go nodes don't say who they are";
}

TEST_F(MasterTest, AProcessWhoseAnswerWasLostKeepsItsGateNumberAndIsNoNews) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.take_news();
  const std::uint32_t number = two.response.gatenumber();
  two.member().gate_number = 0;
  two.register_now();
  time_.advance(milliseconds{100});
  EXPECT_EQ(two.response.gatenumber(), number);
  EXPECT_TRUE(one.take_news().empty());
}

TEST_F(MasterTest, ALateGoodbyeOfAnOldProcessDoesNotRemoveTheNewOne) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.take_news();
  two.unregister(two.member().incarnation - 1);
  time_.advance(milliseconds{100});
  EXPECT_TRUE(one.take_news().empty());
  two.unregister(two.member().incarnation);
  time_.advance(milliseconds{100});
  EXPECT_EQ(one.take_news(), (Texts{"-two:1"}));
}

TEST_F(MasterTest, AMemberThatCannotBeReachedKeepsNobodyWaitingAndIsToldLater) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.beat_every(time_.scheduler(), seconds{1});
  two.beat_every(time_.scheduler(), seconds{1});
  time_.advance(seconds{2});
  one.take_news();
  hub_.cut("one:1", "master:1");
  registered("three:1");
  EXPECT_EQ(two.take_news(), (Texts{"+three:1"}));
  hub_.heal_all();
  time_.advance(seconds{5});
  EXPECT_EQ(one.take_news(), (Texts{"-three:1", "+three:1"})) << "it may have heard it the first time";
}

TEST_F(MasterTest, DoesNotTellOfThoseWhoWentBeforeTheyCouldBeTold) {
  FakeMember& one = registered("one:1");
  one.beat_every(time_.scheduler(), seconds{1});
  time_.advance(seconds{2});
  hub_.cut("one:1", "master:1");
  FakeMember& two = registered("two:1");
  FakeMember& three = registered("three:1");
  three.unregister();
  time_.advance(milliseconds{3100});
  two.member().incarnation = 999;
  two.register_now();
  time_.advance(milliseconds{100});
  hub_.heal_all();
  time_.advance(seconds{5});
  EXPECT_EQ(one.take_news(), (Texts{"-three:1", "-two:1", "+two:1"}));
}

TEST_F(MasterTest, HasABoundForItsMembers) {
  // By heartbeat, which is answered without the list.
  const auto register_go = [this](int number) {
    clusterpb::HeartbeatRequest request;
    request.mutable_memberinfo()->set_serviceaddr("go-" + std::to_string(number) + ":1");
    std::string problem;
    CallReply reply = [&](CallOutcome outcome) { problem = outcome.ok() ? "" : outcome.error().message; };
    master_->on_call(method::heartbeat, request.SerializeAsString(), reply);
    return problem;
  };
  for (int number = 2; number <= 4096; ++number) ASSERT_EQ(register_go(number), "");
  EXPECT_EQ(register_go(4097), "the cluster has 4096 members, which is the most");
  EXPECT_EQ(register_go(4096), "") << "who is on the list already may come again";
}

TEST_F(MasterTest, RefusesGarbageInWordsAndLosesNothing) {
  FakeMember& one = registered("one:1");
  for (const std::string address : {"", "nowhere", "host:", "host:0", "host:70000", ":1", "a b:1"}) {
    FakeMember& bad = member("bad:" + std::to_string(members_.size()));
    bad.member().address = address;
    bad.register_now();
    time_.advance(milliseconds{100});
    EXPECT_EQ(bad.problem, "the service address \"" + address + "\" is not host:port");
  }
  FakeMember& nameless = member("nameless:1");
  nameless.member().services = {""};
  nameless.register_now();
  FakeMember& verbose = member("verbose:1");
  verbose.member().label = std::string(1025, 'x');
  verbose.register_now();
  FakeMember& large = member("large:1");
  for (int i = 0; i < 1025; ++i) large.member().services.push_back("Service" + std::to_string(i));
  large.register_now();
  FakeMember& endless = member("endless:1");
  endless.member().address = std::string(254, 'h') + ":1";
  endless.register_now();
  FakeMember& thief = member("thief:1");
  thief.member().address = "master:1";
  thief.register_now();
  time_.advance(milliseconds{100});
  EXPECT_EQ(nameless.problem, "member nameless:1 has a service whose name has no bytes");
  EXPECT_EQ(verbose.problem, "member verbose:1 has a label of more than 1024 bytes");
  EXPECT_EQ(large.problem, "member large:1 has more than 1024 services");
  EXPECT_EQ(endless.problem, "the service address has more than 255 bytes");
  EXPECT_EQ(thief.problem, "the address master:1 is the master's own; give the node another one");
  EXPECT_TRUE(one.take_news().empty());
  EXPECT_EQ(master_->members().size(), 2u);
}

TEST_F(MasterTest, AnswersTheNewcomerBeforeItTellsTheOthers) {
  clusterpb::RegisterRequest request;
  request.mutable_memberinfo()->set_serviceaddr("one:1");
  CallReply reply = [this](CallOutcome) { heard_.push_back("answered"); };
  master_->on_call(method::register_member, request.SerializeAsString(), reply);
  EXPECT_EQ(heard_, (Texts{"+master:1", "answered", "+one:1"}));
}

TEST_F(MasterTest, DoesNotKeepNewsWithoutBoundForAMemberThatDoesNotTakeIt) {
  registered("one:1").stop_listening();
  CallReply reply = [](CallOutcome outcome) { EXPECT_TRUE(outcome.ok()); };
  for (std::size_t i = 0; i < limits::changes_kept; ++i) {
    clusterpb::HeartbeatRequest hello;
    clusterpb::UnregisterRequest goodbye;
    hello.mutable_memberinfo()->set_serviceaddr("go-" + std::to_string(i) + ":1");
    goodbye.set_serviceaddr(hello.memberinfo().serviceaddr());
    master_->on_call(method::heartbeat, hello.SerializeAsString(), reply);
    master_->on_call(method::unregister_member, goodbye.SerializeAsString(), reply);
  }
  time_.advance(seconds{2});
  EXPECT_EQ(master_->members().size(), 1u);
  EXPECT_TRUE(
      time_.log().contains("cluster member gone address=one:1 reason=\"it takes the news too slowly\""));
}

}  // namespace
}  // namespace nano::cluster
