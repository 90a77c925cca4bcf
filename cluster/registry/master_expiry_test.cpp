#include "cluster/registry/master_test_fixture.h"

namespace nano::cluster {
namespace {

TEST_F(MasterTest, MissesANodeOfOursThatDiesBeforeItsFirstHeartbeat) {
  FakeMember& one = registered("one:1");
  one.beat_every(time_.scheduler(), seconds{1});
  registered("two:1");
  members_.pop_back();
  time_.advance(seconds{7});
  EXPECT_EQ(one.take_news(), (Texts{"+two:1", "-two:1"}));
}

TEST_F(MasterTest, MissesAMemberThatFallsSilent) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.beat_every(time_.scheduler(), seconds{1});
  two.beat_every(time_.scheduler(), seconds{1});
  time_.advance(seconds{60});
  EXPECT_EQ(one.take_news(), (Texts{"+two:1"})) << "who sends heartbeats stays";
  hub_.cut("two:1", "master:1");
  time_.advance(seconds{4});
  EXPECT_TRUE(one.take_news().empty());
  time_.advance(seconds{3});
  EXPECT_EQ(one.take_news(), (Texts{"-two:1"}));
  EXPECT_TRUE(time_.log().contains("cluster member gone address=two:1 reason=\"no heartbeat\""));

  hub_.heal_all();
  time_.advance(seconds{2});
  EXPECT_EQ(two.problem, "this master does not know the member; register");
}

TEST_F(MasterTest, TakesAMemberOffTheListThatBeatsButCannotBeReachedOnceAMinute) {
  FakeMember& one = registered("one:1");
  FakeMember& two = registered("two:1");
  one.beat_every(time_.scheduler(), seconds{1});
  two.beat_every(time_.scheduler(), seconds{1});
  one.take_news();
  two.stop_listening();
  for (int round = 0; round < 3; ++round) {
    registered("other:" + std::to_string(round + 1)).unregister();
    time_.advance(seconds{59});
    one.take_news();
    EXPECT_EQ(two.problem, "") << "it is still a member";
    time_.advance(seconds{4});
    EXPECT_EQ(one.take_news(), (Texts{"-two:1"}));
    two.register_now();
    time_.advance(seconds{2});
    EXPECT_EQ(one.take_news(), (Texts{"+two:1"}));
  }
  EXPECT_TRUE(time_.log().contains(
      "cluster member gone address=two:1 reason=\"the master cannot reach it at its address\""));
}

TEST(Master, ThatWasStoppedForAWhileMissesNobodyForThat) {
  ManualClock clock;
  ManualDriver driver;
  InlineWorkers workers;
  const nano::testing::LogCapture log;
  Scheduler scheduler{clock, driver, workers, log.log()};
  testing::MemoryNetwork hub{7};
  const auto network = hub.join(scheduler, "master:1");
  Master master{scheduler, *network, MasterOptions{}};
  master.add_self(Member{.address = "master:1", .link_version = 1, .incarnation = 1}, nullptr);
  const std::string request = [] {
    clusterpb::RegisterRequest message;
    fill(Member{.address = "one:1", .link_version = 1, .incarnation = 2}, *message.mutable_memberinfo());
    return message.SerializeAsString();
  }();
  CallReply reply = [](CallOutcome) {};
  master.on_call(method::register_member, request, reply);
  clock.advance(seconds{60});
  scheduler.run_ready();
  EXPECT_EQ(master.members().size(), 2u);
  nano::testing::advance(clock, scheduler, seconds{6}, [&] { scheduler.run_ready(); });
  EXPECT_EQ(master.members().size(), 1u) << "but for its silence since then";
}

}  // namespace
}  // namespace nano::cluster
