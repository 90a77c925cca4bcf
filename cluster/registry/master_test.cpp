#include "cluster/registry/master.h"

#include <gtest/gtest.h>

#include "cluster/registry/messages.h"
#include "cluster/testing/memory_network.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

/// A member that does what Go Nano's nodes do, and notes the news it gets.
class FakeMember final : public Service {
 public:
  FakeMember(testing::MemoryNetwork& hub, Scheduler& scheduler, Member member)
      : member_(std::move(member)), network_(hub.join(scheduler, member_.address)) {
    network_->listen(member_.address, *this);
    master_ = network_->connect("master:1");
  }

  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (method == method::new_member) {
      news.push_back("+" + parse<clusterpb::NewMemberRequest>(request)->memberinfo().serviceaddr());
      return reply(std::string{});
    }
    news.push_back("-" + parse<clusterpb::DelMemberRequest>(request)->serviceaddr());
    reply(std::string{});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }

  void register_now() {
    clusterpb::RegisterRequest request;
    fill(member_, *request.mutable_memberinfo());
    master_->call(method::register_member, request.SerializeAsString(), seconds{1},
                  [this](CallOutcome outcome) {
                    problem = outcome.ok() ? "" : outcome.error().message;
                    if (!outcome.ok()) return;
                    response = *parse<clusterpb::RegisterResponse>(outcome.response());
                    member_.gate_number = response.gatenumber();
                  });
  }
  void heartbeat() {
    clusterpb::HeartbeatRequest request;
    fill(member_, *request.mutable_memberinfo());
    master_->call(method::heartbeat, request.SerializeAsString(), seconds{1},
                  [this](CallOutcome outcome) { problem = outcome.ok() ? "" : outcome.error().message; });
  }
  void beat_every(Scheduler& scheduler, Duration interval) {
    beats_ = scheduler.every(interval, [this] { heartbeat(); });
  }
  void unregister(std::uint64_t incarnation = 0) {
    clusterpb::UnregisterRequest request;
    request.set_incarnation(incarnation);
    request.set_serviceaddr(member_.address);
    master_->call(method::unregister_member, request.SerializeAsString(), seconds{1}, [](CallOutcome) {});
  }
  Texts others() const {
    Texts addresses;
    for (const auto& info : response.members()) addresses.push_back(info.serviceaddr());
    return addresses;
  }
  void stop_listening() { network_->stop(); }
  Texts take_news() { return std::exchange(news, {}); }
  Member& member() { return member_; }

  Texts news;
  clusterpb::RegisterResponse response;
  std::string problem = "no answer";

 private:
  Member member_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Channel> master_;
  Timer beats_;
};

class MasterTest : public ::testing::Test, public Service {
 protected:
  MasterTest() : hub_(7), network_(hub_.join(time_.scheduler(), "master:1")) { start_master(); }

  void start_master() {
    network_->stop();
    network_->listen("master:1", *this);
    master_ = std::make_unique<Master>(time_.scheduler(), *network_, MasterOptions{});
    Member self{.address = "master:1", .services = {"Lobby"}, .link_version = 1, .incarnation = ++runs_};
    self.label = "first";
    master_->add_self(self, [this](const Member& member, bool present) {
      heard_.push_back((present ? "+" : "-") + member.address);
    });
  }
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    EXPECT_TRUE(master_->on_call(method, request, reply)) << method;
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }

  FakeMember& member(const std::string& address, std::uint32_t link_version = 1) {
    members_.push_back(
        std::make_unique<FakeMember>(hub_, time_.scheduler(),
                                     Member{.address = address,
                                            .services = {"Room"},
                                            .link_version = link_version,
                                            .incarnation = link_version ? ++incarnations_ : 0}));
    return *members_.back();
  }
  FakeMember& registered(const std::string& address, std::uint32_t link_version = 1) {
    FakeMember& made = member(address, link_version);
    made.register_now();
    time_.advance(milliseconds{100});
    EXPECT_EQ(made.problem, "");
    return made;
  }

  testing::VirtualTime time_;
  testing::MemoryNetwork hub_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Master> master_;
  Texts heard_;
  std::uint64_t runs_ = 0;
  std::uint64_t incarnations_ = 100;
  std::vector<std::unique_ptr<FakeMember>> members_;
};

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

TEST_F(MasterTest, MissesANodeOfOursThatDiesBeforeItsFirstHeartbeat) {
  FakeMember& one = registered("one:1");
  one.beat_every(time_.scheduler(), seconds{1});
  registered("two:1");
  members_.pop_back();
  time_.advance(seconds{7});
  EXPECT_EQ(one.take_news(), (Texts{"+two:1", "-two:1"}));
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
  EXPECT_EQ(one.take_news(), (Texts{"+three:1"}));
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

TEST_F(MasterTest, MissesANodeWithoutHeartbeatsWhenItCannotBeToldNews) {
  registered("go:1", 0);
  time_.advance(seconds{60});
  members_.clear();
  FakeMember& one = registered("one:1");
  one.beat_every(time_.scheduler(), seconds{1});
  EXPECT_EQ(one.others(), (Texts{"go:1", "master:1"}));
  time_.advance(seconds{10});
  EXPECT_EQ(one.take_news(), (Texts{"-go:1"}));
}

TEST_F(MasterTest, AGoNodeThatSendsHeartbeatsMayMissAFew) {
  FakeMember& go = registered("go:1", 0);
  time_.advance(seconds{600});
  EXPECT_EQ(master_->members().size(), 2u) << "the older Go version sends none";
  go.heartbeat();
  time_.advance(seconds{119});
  EXPECT_EQ(master_->members().size(), 2u);
  time_.advance(seconds{3});
  EXPECT_EQ(master_->members().size(), 1u);
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

TEST_F(MasterTest, HasABoundForItsMembersAndTheirNewsTakesNoMemoryForEach) {
  const auto register_go = [this](int number) {
    clusterpb::RegisterRequest request;
    request.mutable_memberinfo()->set_serviceaddr("go-" + std::to_string(number) + ":1");
    std::string problem;
    CallReply reply = [&](CallOutcome outcome) { problem = outcome.ok() ? "" : outcome.error().message; };
    master_->on_call(method::register_member, request.SerializeAsString(), reply);
    return problem;
  };
  for (int number = 2; number <= 4096; ++number) ASSERT_EQ(register_go(number), "");
  EXPECT_EQ(register_go(4097), "the cluster has 4096 members, which is the most");
  EXPECT_EQ(register_go(4096), "") << "who is on the list already may come again";
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
  EXPECT_EQ(nameless.problem, "member nameless:1 has a service whose name is empty or longer than 255 bytes");
  EXPECT_EQ(verbose.problem, "member verbose:1 has a label of more than 1024 bytes");
  EXPECT_EQ(large.problem, "member large:1 has more than 1024 services");
  EXPECT_EQ(endless.problem, "the service address has more than 255 bytes");
  EXPECT_EQ(thief.problem, "the address master:1 is the master's own; give the node another one");
  EXPECT_TRUE(one.take_news().empty());
  EXPECT_EQ(master_->members().size(), 2u);
}

}  // namespace
}  // namespace nano::cluster
