#include "cluster/registry/master_registry.h"

#include <gtest/gtest.h>

#include "cluster/registry/master.h"
#include "cluster/registry/messages.h"
#include "cluster/testing/memory_network.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

/// What a node without clients and services consists of.
class Node final : public Service, public RegistryEvents {
 public:
  Node(testing::MemoryNetwork& hub, Scheduler& scheduler, const std::string& address,
       std::uint64_t incarnation)
      : network_(hub.join(scheduler, address)), registry_(scheduler, *network_, "master:1", seconds{3}) {
    network_->listen(address, *this);
    registry_.join(
        Member{.address = address, .services = {"Room"}, .link_version = 1, .incarnation = incarnation},
        *this);
  }

  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    EXPECT_TRUE(registry_.on_call(method, request, reply)) << method;
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }
  void on_joined(std::uint32_t number) override {
    gate_numbers.push_back(number);
    if (leave_when_joined) registry_.leave([this] { left = true; });
  }
  void on_member(const Member& member, bool present) override {
    changes.push_back((present ? "+" : "-") + member.address);
  }
  bool is_alive(const Member& member) const override { return member.address == linked_with; }
  Texts take_changes() { return std::exchange(changes, {}); }
  MasterRegistry& registry() { return registry_; }

  Texts changes;
  std::vector<std::uint32_t> gate_numbers;
  std::string linked_with;
  bool leave_when_joined = false;
  bool left = false;

 private:
  std::unique_ptr<Network> network_;
  MasterRegistry registry_;
};

/// A master that can stop and start, ours or (without heartbeats, refusing addresses twice) a Go Nano one.
class MasterNode final : public Service {
 public:
  MasterNode(testing::MemoryNetwork& hub, Scheduler& scheduler, bool as_old_go = false)
      : as_old_go_(as_old_go),
        network_(hub.join(scheduler, "master:1")),
        master_(scheduler, *network_, MasterOptions{}) {
    network_->listen("master:1", *this);
    master_.add_self(Member{.address = "master:1", .link_version = 1, .gate_number = 5, .incarnation = 1},
                     nullptr);
  }
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (as_old_go_ && method == method::heartbeat) {
      return reply(NetworkError{NetworkErrc::unimplemented, "unknown method Heartbeat"});
    }
    if (as_old_go_ && method == method::register_member && knows(request)) {
      return reply(NetworkError{NetworkErrc::refused, "address has registered"});
    }
    EXPECT_TRUE(master_.on_call(method, request, reply)) << method;
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }
  std::size_t member_count() const { return master_.members().size(); }

 private:
  bool knows(std::string_view request) const {
    const std::string address = parse<clusterpb::RegisterRequest>(request)->memberinfo().serviceaddr();
    for (const Member& member : master_.members()) {
      if (member.address == address) return true;
    }
    return false;
  }

  const bool as_old_go_;
  std::unique_ptr<Network> network_;
  Master master_;
};

/// A master that answers when the test says so.
class ScriptedMaster final : public Service {
 public:
  ScriptedMaster(testing::MemoryNetwork& hub, Scheduler& scheduler)
      : network_(hub.join(scheduler, "master:1")), node_(network_->connect("one:1")) {
    network_->listen("master:1", *this);
  }
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    calls.emplace_back(method);
    if (method == method::register_member) {
      registration = *parse<clusterpb::RegisterRequest>(request);
      registration_ = std::move(reply);
      return;
    }
    if (method == method::heartbeat && !knows_the_node) {
      return reply(NetworkError{NetworkErrc::refused, "register"});
    }
    if (method == method::unregister_member) {
      unregistered = parse<clusterpb::UnregisterRequest>(request)->incarnation();
    }
    reply(std::string{});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }

  void answer(std::uint64_t master, std::uint64_t revision, const Texts& members) {
    clusterpb::RegisterResponse response;
    response.set_master(master);
    response.set_revision(revision);
    for (const std::string& address : members) response.add_members()->set_serviceaddr(address);
    registration_(response.SerializeAsString());
  }
  void refuse(const std::string& why) { registration_(NetworkError{NetworkErrc::refused, why}); }
  void tell_came(const std::string& address, std::uint64_t master, std::uint64_t revision) {
    clusterpb::NewMemberRequest request;
    request.mutable_memberinfo()->set_serviceaddr(address);
    tell(method::new_member, request, master, revision);
  }
  void tell_went(const std::string& address, std::uint64_t master, std::uint64_t revision) {
    clusterpb::DelMemberRequest request;
    request.set_serviceaddr(address);
    tell(method::delete_member, request, master, revision);
  }

  Texts calls;
  clusterpb::RegisterRequest registration;
  std::uint64_t unregistered = 0;
  bool knows_the_node = true;

 private:
  template <class Request>
  void tell(std::string_view method, Request& request, std::uint64_t master, std::uint64_t revision) {
    request.set_master(master);
    request.set_revision(revision);
    node_->call(method, request.SerializeAsString(), seconds{1},
                [](CallOutcome outcome) { EXPECT_TRUE(outcome.ok()); });
  }

  std::unique_ptr<Network> network_;
  std::unique_ptr<Channel> node_;
  CallReply registration_;
};

class MasterRegistryTest : public ::testing::Test {
 protected:
  Node& node(const std::string& address) {
    nodes_.push_back(std::make_unique<Node>(hub_, time_.scheduler(), address, ++incarnations_));
    return *nodes_.back();
  }
  /// A master and two nodes, the first of which has heard of the others.
  std::pair<Node&, Node&> start_with_two_nodes() {
    start_master();
    Node& one = node("one:1");
    Node& two = node("two:1");
    time_.advance(seconds{5});
    one.take_changes();
    return {one, two};
  }
  void start_master(bool as_old_go = false) {
    master_ = std::make_unique<MasterNode>(hub_, time_.scheduler(), as_old_go);
  }
  void stop_master() { master_.reset(); }

  testing::VirtualTime time_;
  testing::MemoryNetwork hub_{11};
  std::unique_ptr<MasterNode> master_;
  std::uint64_t incarnations_ = 100;
  std::vector<std::unique_ptr<Node>> nodes_;
};

TEST_F(MasterRegistryTest, NodesLearnOfEachOther) {
  start_master();
  Node& one = node("one:1");
  time_.advance(milliseconds{100});
  Node& two = node("two:1");
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
  Node& one = node("one:1");
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
  Node& one = start_with_two_nodes().first;
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
}

TEST_F(MasterRegistryTest, ANodeThatRestartsIsAnotherMember) {
  Node& one = start_with_two_nodes().first;
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
  Node& one = node("one:1");
  time_.advance(seconds{5});
  hub_.cut("one:1", "master:1");
  bool left = false;
  one.registry().leave([&] { left = true; });
  time_.advance(seconds{2});
  EXPECT_TRUE(left);
}

TEST_F(MasterRegistryTest, GetsAlongWithAMasterOfGoNanoWithoutHeartbeats) {
  start_master(true);
  Node& one = node("one:1");
  Node& two = node("two:1");
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

TEST_F(MasterRegistryTest, NewsThatOvertakesTheAnswerToTheRegistrationIsNotLost) {
  ScriptedMaster master{hub_, time_.scheduler()};
  Node& one = node("one:1");
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
  Node& one = node("one:1");
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

TEST_F(MasterRegistryTest, NewsOfAGoMasterHasNoRevisionAndIsBelievedAsItComes) {
  ScriptedMaster master{hub_, time_.scheduler()};
  Node& one = node("one:1");
  time_.advance(milliseconds{10});
  master.tell_came("two:1", 0, 0);
  time_.advance(milliseconds{10});
  master.answer(0, 0, {});
  time_.advance(milliseconds{10});
  master.tell_went("two:1", 0, 0);
  time_.advance(milliseconds{10});
  EXPECT_EQ(one.take_changes(), (Texts{"+two:1", "-two:1"}));
}

TEST_F(MasterRegistryTest, LeavingWhileTheRegistrationIsOpenLeavesNoGhost) {
  ScriptedMaster master{hub_, time_.scheduler()};
  Node& one = node("one:1");
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
  Node& one = node("one:1");
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
  Node& one = start_with_two_nodes().first;
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
