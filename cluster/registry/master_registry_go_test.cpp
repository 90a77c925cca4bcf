// Our nodes and those of Go Nano: under a master of theirs, and under one of ours that starts anew.
#include <algorithm>
#include <map>
#include <set>

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

/// Its gRPC has not yet connected again to the node that was started again, or to any other one.
TEST_F(MasterRegistryTest, AGoMasterThatHandsOnAFailureHasDoneWithTheCallAndIsAskedAgainSoon) {
  ScriptedMaster master{hub_, time_.scheduler()};
  master.tells_members_slowly = true;
  node("one:1");
  time_.advance(milliseconds{10});
  for (int i = 0; i < 3; ++i) {
    master.refuse("address one:1 has registered");
    time_.advance(seconds{1});
    master.hands_on_a_failure();
    time_.advance(seconds{4});
  }
  EXPECT_EQ(std::ranges::count(master.calls, method::unregister_member), 3);
  EXPECT_EQ(std::ranges::count(master.calls, method::register_member), 4);
}

TEST_F(MasterRegistryTest, AGoMasterThatRefusesForAnotherReasonIsNotAskedToForgetTheNode) {
  ScriptedMaster master{hub_, time_.scheduler()};
  node("one:1");
  time_.advance(milliseconds{10});
  master.refuse("all SubConns are in TransientFailure");
  time_.advance(seconds{10});
  EXPECT_EQ(std::ranges::count(master.calls, method::unregister_member), 0);
}

/// As Go Nano's: whoever registers is told of the members that the list has then, and they of it; it is on
/// the list itself only a moment later.
class UnguardedGoMaster final : public Service {
 public:
  UnguardedGoMaster(testing::MemoryNetwork& hub, Scheduler& scheduler)
      : scheduler_(scheduler), network_(hub.join(scheduler, "master:1")) {
    network_->listen("master:1", *this);
  }
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (method == method::register_member) {
      return on_register(parse<clusterpb::RegisterRequest>(request)->memberinfo(), reply);
    }
    if (method == method::unregister_member) {
      return on_unregister(parse<clusterpb::UnregisterRequest>(request)->serviceaddr(), reply);
    }
    reply(NetworkError{NetworkErrc::unimplemented, "unknown method"});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }

  int unregistered = 0;

 private:
  void on_register(const clusterpb::MemberInfo& info, CallReply& reply) {
    if (members_.contains(info.serviceaddr())) {
      return reply(refusal("address " + info.serviceaddr() + " has registered"));
    }
    clusterpb::RegisterResponse response;
    clusterpb::NewMemberRequest news;
    *news.mutable_memberinfo() = info;
    for (const auto& [address, member] : members_) {
      *response.add_members() = member;
      tell(address, method::new_member, news.SerializeAsString());
    }
    reply(response.SerializeAsString());
    timers_.push_back(
        scheduler_.after(milliseconds{20}, [this, info] { members_[info.serviceaddr()] = info; }));
  }
  void on_unregister(const std::string& gone, CallReply& reply) {
    ++unregistered;
    members_.erase(gone);
    clusterpb::DelMemberRequest news;
    news.set_serviceaddr(gone);
    for (const auto& [address, member] : members_)
      tell(address, method::delete_member, news.SerializeAsString());
    reply(std::string{});
  }
  void tell(const std::string& address, std::string_view method, std::string request) {
    auto& channel = channels_[address];
    if (!channel) channel = network_->connect(address);
    channel->call(method, std::move(request), seconds{1}, [](const CallOutcome&) {});
  }

  Scheduler& scheduler_;
  std::unique_ptr<Network> network_;
  std::map<std::string, clusterpb::MemberInfo> members_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
  std::vector<Timer> timers_;
};

/// What a Go node was told, with "+" and "-".
class GoNode final : public Service {
 public:
  GoNode(testing::MemoryNetwork& hub, Scheduler& scheduler) : network_(hub.join(scheduler, "go:1")) {
    network_->listen("go:1", *this);
    clusterpb::RegisterRequest request;
    request.mutable_memberinfo()->set_serviceaddr("go:1");
    master_ = network_->connect("master:1");
    master_->call(method::register_member, request.SerializeAsString(), seconds{1},
                  [](const CallOutcome&) {});
  }
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (method == method::new_member) {
      told.push_back("+" + parse<clusterpb::NewMemberRequest>(request)->memberinfo().serviceaddr());
    } else if (method == method::delete_member) {
      told.push_back("-" + parse<clusterpb::DelMemberRequest>(request)->serviceaddr());
    } else {
      return reply(NetworkError{NetworkErrc::unimplemented, "unknown method"});
    }
    reply(std::string{});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }

  Texts told;

 private:
  std::unique_ptr<Network> network_;
  std::unique_ptr<Channel> master_;
};

TEST_F(MasterRegistryTest, NodesThatRegisterWithAGoMasterAtTheSameInstantFindEachOther) {
  UnguardedGoMaster master{hub_, time_.scheduler()};
  std::uint64_t incarnation = 0;
  for (const char* address : {"a:1", "b:1", "c:1", "d:1", "e:1"}) node(address, incarnation += 150);
  time_.advance(seconds{8});
  for (const auto& each : nodes_) {
    std::set<std::string> known;
    for (const std::string& change : each->take_changes()) {
      EXPECT_TRUE(change.starts_with('+')) << change;
      EXPECT_TRUE(known.insert(change).second) << change << " twice";
    }
    EXPECT_EQ(known.size(), 4u);
  }
  EXPECT_EQ(master.unregistered, 1) << "one has asked anew, and told the others";
}

TEST_F(MasterRegistryTest, AGoNodeThatRegistersAtTheSameInstantLearnsOfAllAndTheyOfIt) {
  UnguardedGoMaster master{hub_, time_.scheduler()};
  GoNode go{hub_, time_.scheduler()};
  node("a:1", 100);
  node("b:1", 200);
  time_.advance(seconds{8});
  for (const auto& each : nodes_) {
    const Texts changes = each->take_changes();
    EXPECT_EQ(std::ranges::count(changes, "+go:1"), 1);
  }
  for (const char* address : {"a:1", "b:1"}) {
    int times = 0;
    for (const std::string& change : go.told) {
      if (change == std::string{"+"} + address) ++times;
      if (change == std::string{"-"} + address) times = 0;
    }
    EXPECT_EQ(times, 1) << address << ": told twice, it ends when that one goes";
  }
}

TEST_F(MasterRegistryTest, WhoIsHeardOfIsNotBelievedInBeforeItAnswers) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = node("one:1");
  TestNode& two = node("two:1");
  time_.advance(milliseconds{10});
  master.answer(0, 0, {});
  time_.advance(milliseconds{10});
  auto network = hub_.join(time_.scheduler(), "stranger:1");
  const auto channel = network->connect("one:1");
  clusterpb::Acquaintance acquaintance;
  acquaintance.mutable_self()->set_serviceaddr("stranger:1");
  acquaintance.mutable_self()->set_linkversion(1);
  for (const char* address : {"two:1", "nobody:1"}) {
    clusterpb::MemberInfo& info = *acquaintance.add_members();
    info.set_serviceaddr(address);
    info.set_linkversion(1);
    info.set_incarnation(7);
  }
  channel->call(method::meet, acquaintance.SerializeAsString(), seconds{1}, [](const CallOutcome&) {});
  time_.advance(seconds{1});
  EXPECT_EQ(one.take_changes(), (Texts{"+stranger:1", "+two:1"}));
  (void)two;
}

/// What a node said before it left may come after the news that it is gone.
TEST_F(MasterRegistryTest, WhoIsGoneIsNotBelievedInBecauseOfWhatItSaidBefore) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = start_node(master);
  auto network = hub_.join(time_.scheduler(), "two:1");
  const auto channel = network->connect("one:1");
  const auto meet = [&](std::uint64_t incarnation) {
    clusterpb::Acquaintance acquaintance;
    acquaintance.mutable_self()->set_serviceaddr("two:1");
    acquaintance.mutable_self()->set_linkversion(1);
    acquaintance.mutable_self()->set_incarnation(incarnation);
    channel->call(method::meet, acquaintance.SerializeAsString(), seconds{1}, [](const CallOutcome&) {});
    time_.advance(milliseconds{10});
    return one.take_changes();
  };
  EXPECT_EQ(meet(7), Texts{"+two:1"});
  master.tell_went("two:1", 0, 0);
  time_.advance(milliseconds{10});
  EXPECT_EQ(one.take_changes(), Texts{"-two:1"});
  EXPECT_EQ(meet(7), Texts{});
  EXPECT_EQ(meet(8), Texts{"+two:1"}) << "the next process there";
  master.tell_went("two:1", 0, 0);
  time_.advance(limits::gone_member_remembered + seconds{1});
  one.take_changes();
  EXPECT_EQ(meet(8), Texts{"+two:1"});
}

TEST_F(MasterRegistryTest, ANodeThatLeavesMeetsNobody) {
  ScriptedMaster master{hub_, time_.scheduler()};
  TestNode& one = start_node(master);
  one.registry().leave([] {});
  auto network = hub_.join(time_.scheduler(), "two:1");
  const auto channel = network->connect("one:1");
  std::string answer;
  channel->call(method::meet, clusterpb::Acquaintance{}.SerializeAsString(), seconds{1},
                [&](const CallOutcome& outcome) { answer = outcome.ok() ? "met" : outcome.error().message; });
  time_.advance(milliseconds{10});
  EXPECT_EQ(answer, "this node is leaving the cluster");
}

TEST_F(MasterRegistryTest, LeavingWhileAGoMasterForgetsTheNodeAsksItNothingMore) {
  ScriptedMaster master{hub_, time_.scheduler()};
  master.tells_members_slowly = true;
  TestNode& one = node("one:1");
  time_.advance(milliseconds{10});
  master.refuse("address one:1 has registered");
  time_.advance(seconds{1});
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
