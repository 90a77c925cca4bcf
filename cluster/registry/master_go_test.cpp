// Nodes of Go Nano as members: they register once, and end when they are told of a member twice.
#include "cluster/registry/master_test_fixture.h"

namespace nano::cluster {
namespace {

constexpr std::uint32_t no_link = 0;

TEST_F(MasterTest, AGoNodeWithoutHeartbeatsStaysAsLongAsItCanBeCalled) {
  FakeMember& node = registered("go:1", no_link);
  time_.advance(seconds{600});
  EXPECT_GE(node.probes, 500);
  EXPECT_EQ(master_->members().size(), 2u);
  EXPECT_TRUE(node.take_news().empty());
}

TEST_F(MasterTest, AHeartbeatOfAnUnknownGoNodeRegistersItAndItIsToldOfTheOthers) {
  FakeMember& one = registered("one:1");
  FakeMember& go = member("go:1", 0);
  go.heartbeat();
  time_.advance(milliseconds{100});
  EXPECT_EQ(go.problem, "");
  EXPECT_EQ(one.take_news(), (Texts{"+go:1"}));
  EXPECT_EQ(go.take_news(), (Texts{"-master:1", "+master:1", "-one:1", "+one:1"}))
      << "which it may know from an earlier master, and must not have twice";
}

TEST_F(MasterTest, AGoNodeThatIsKilledIsMissedWithoutNewsForIt) {
  registered("go:1", no_link);
  FakeMember& one = registered("one:1");
  one.beat_every(time_.scheduler(), seconds{1});
  members_.front()->stop_listening();
  time_.advance(seconds{4});
  EXPECT_TRUE(one.take_news().empty());
  time_.advance(seconds{4});
  EXPECT_EQ(one.take_news(), (Texts{"-go:1"}));
  EXPECT_TRUE(time_.log().contains(
      "cluster member gone address=go:1 reason=\"the master cannot reach it at its address\""));
}

TEST_F(MasterTest, AGoNodeThatCanBeCalledAgainIsAMemberAgainAndHearsWhatItMissed) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  FakeMember& node = registered("go:1", no_link);
  one.beat_every(time_.scheduler(), seconds{1});
  two.beat_every(time_.scheduler(), seconds{1});
  hub_.cut("go:1", "master:1");
  time_.advance(seconds{20});
  two.unregister();
  two.beat_every(time_.scheduler(), seconds{1000});
  time_.advance(seconds{20});
  EXPECT_EQ(one.take_news(), (Texts{"+two:1", "+go:1", "-go:1", "-two:1"}));
  hub_.heal_all();
  time_.advance(seconds{5});
  EXPECT_EQ(one.take_news(), (Texts{"+go:1"}));
  EXPECT_EQ(node.take_news(), (Texts{"-two:1"}));
}

TEST_F(MasterTest, AGoNodeThatIsGoneForLongIsNotSoughtAnyMore) {
  FakeMember& node = registered("go:1", no_link);
  hub_.cut("go:1", "master:1");
  time_.advance(seconds{700});
  hub_.heal_all();
  const int probes = node.probes;
  time_.advance(seconds{20});
  EXPECT_EQ(node.probes, probes);
  EXPECT_EQ(master_->members().size(), 1u);
}

TEST_F(MasterTest, AGoNodeThatSaysGoodbyeIsNotSought) {
  FakeMember& node = registered("go:1", no_link);
  node.unregister();
  time_.advance(seconds{1});
  const int probes = node.probes;
  time_.advance(seconds{20});
  EXPECT_EQ(node.probes, probes);

  node.register_now();
  time_.advance(seconds{1});
  hub_.cut("go:1", "master:1");
  time_.advance(seconds{20});
  clusterpb::UnregisterRequest goodbye;
  goodbye.set_serviceaddr("go:1");
  CallReply reply = [](CallOutcome outcome) { EXPECT_TRUE(outcome.ok()); };
  master_->on_call(method::unregister_member, goodbye.SerializeAsString(), reply);
  hub_.heal_all();
  time_.advance(seconds{20});
  EXPECT_EQ(master_->members().size(), 1u) << "nor when it was sought already";
}

TEST_F(MasterTest, ThatStartsAnewLearnsOfGoNodesFromMembersAndTellsThemAnew) {
  FakeMember& first = registered("go:1", no_link);
  FakeMember& second = registered("go:2", no_link);
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.beat_every(time_.scheduler(), seconds{1});
  two.beat_every(time_.scheduler(), seconds{1});
  time_.advance(seconds{1});
  for (FakeMember* each : {&first, &second, &one, &two}) each->take_news();
  start_master();
  const Texts known{"go:1", "go:2", "gone:1", "master:1", "one:1", "nonsense"};
  one.register_now(known);
  time_.advance(milliseconds{100});
  two.register_now(known);
  time_.advance(seconds{3});
  EXPECT_EQ(one.take_news(), (Texts{"+two:1", "+go:1", "+go:2"}));
  EXPECT_EQ(two.take_news(), (Texts{"+go:1", "+go:2"}));
  // They know of each other from before, and must not hear of one twice.
  EXPECT_EQ(first.take_news(),
            (Texts{"-master:1", "+master:1", "-one:1", "+one:1", "-two:1", "+two:1", "-go:2", "+go:2"}));
  EXPECT_EQ(second.take_news(),
            (Texts{"-master:1", "+master:1", "-one:1", "+one:1", "-two:1", "+two:1", "-go:1", "+go:1"}));
}

TEST_F(MasterTest, AGoProcessThatTakesThePlaceOfAnotherIsToldOfAllByNews) {
  FakeMember& node = registered("go:1", no_link);
  FakeMember& one = registered("one:1");
  one.beat_every(time_.scheduler(), seconds{1});
  time_.advance(seconds{1});
  one.take_news();
  node.take_news();
  node.register_now();
  time_.advance(seconds{1});
  EXPECT_TRUE(node.others().empty()) << "it may have heard news already, and would have members twice";
  EXPECT_EQ(node.take_news(), (Texts{"-master:1", "+master:1", "-one:1", "+one:1"}));
  EXPECT_EQ(one.take_news(), (Texts{"-go:1", "+go:1"}));
}

TEST_F(MasterTest, AGoNodeIsToldNothingBeforeItHasReadTheAnswer) {
  FakeMember& node = registered("go:1", no_link);
  registered("one:1");
  EXPECT_TRUE(node.take_news().empty());
  time_.advance(milliseconds{300});
  EXPECT_EQ(node.take_news(), (Texts{"+one:1"}));
}

TEST_F(MasterTest, AGoNodeThatMayHaveHeardOfAMemberIsToldThatItWentBeforeItIsToldAgain) {
  FakeMember& node = registered("go:1", no_link);
  time_.advance(seconds{1});
  node.answers = false;
  registered("one:1").beat_every(time_.scheduler(), seconds{1});
  time_.advance(milliseconds{3500});
  node.answers = true;
  time_.advance(seconds{2});
  EXPECT_EQ(node.take_news(), (Texts{"+one:1", "-one:1", "+one:1"}));
  EXPECT_EQ(master_->members().size(), 3u);
}

TEST_F(MasterTest, HandsNoNodesEntryForGoMastersOn) {
  FakeMember& one = member("one:1");
  one.member().services = {"nano-link:1:ff", "Room"};
  one.register_now();
  time_.advance(milliseconds{100});
  FakeMember& node = registered("go:1", no_link);
  ASSERT_EQ(node.others(), (Texts{"master:1", "one:1"}));
  ASSERT_EQ(node.response.members(1).services_size(), 1);
  EXPECT_EQ(node.response.members(1).services(0), "Room");
}

}  // namespace
}  // namespace nano::cluster
