#include "cluster/registry/etcd_registry.h"

#include <gtest/gtest.h>

#include "cluster/registry/fake_etcd_for_tests.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

class Node final : public RegistryEvents {
 public:
  Node(testing::MemoryNetwork& hub, Scheduler& scheduler, const std::string& address,
       std::uint64_t incarnation, EtcdOptions options)
      : network_(hub.join(scheduler, address + "#" + std::to_string(incarnation))),
        registry_(scheduler, *network_, std::move(options)) {
    registry_.join(
        Member{.address = address, .services = {"Room"}, .link_version = 1, .incarnation = incarnation},
        *this);
  }
  void on_joined(std::uint32_t number) override { gate_numbers.push_back(number); }
  void on_member(const Member& member, bool present) override {
    changes.push_back((present ? "+" : "-") + member.address);
    last = member;
  }
  bool is_alive(const Member& member) const override { return member.address == linked_with; }
  Texts take_changes() { return std::exchange(changes, {}); }
  EtcdRegistry& registry() { return registry_; }

  Texts changes;
  std::string linked_with;
  Member last;
  std::vector<std::uint32_t> gate_numbers;

 private:
  std::unique_ptr<Network> network_;
  EtcdRegistry registry_;
};

class EtcdRegistryTest : public ::testing::Test {
 protected:
  Node& node(const std::string& address) {
    nodes_.push_back(std::make_unique<Node>(hub_, time_.scheduler(), address, ++incarnations_, options_));
    time_.advance(milliseconds{200});
    return *nodes_.back();
  }
  void kill(Node& node) {
    std::erase_if(nodes_, [&](const auto& each) { return each.get() == &node; });
  }
  std::pair<Node&, Node&> two_nodes() {
    Node& one = node("one:1");
    Node& two = node("two:1");
    one.take_changes();
    two.take_changes();
    return {one, two};
  }
  std::size_t lines_with(std::string_view text) const {
    const Texts lines = time_.log().lines();
    return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    }));
  }

  testing::VirtualTime time_;
  testing::MemoryNetwork hub_{13};
  FakeEtcd etcd_{hub_, time_.scheduler(), "etcd:1"};
  EtcdOptions options_{.endpoints = {"etcd:1"}};
  std::uint64_t incarnations_ = 100;
  std::vector<std::unique_ptr<Node>> nodes_;
};

TEST_F(EtcdRegistryTest, NodesLearnOfEachOtherWhatTheyAre) {
  Node& one = node("one:1");
  Node& two = node("two:1");
  EXPECT_EQ(one.take_changes(), (Texts{"+two:1"}));
  EXPECT_EQ(two.take_changes(), (Texts{"+one:1"}));
  ASSERT_EQ(one.gate_numbers.size(), 1u);
  ASSERT_EQ(two.gate_numbers.size(), 1u);
  EXPECT_EQ(two.gate_numbers[0], one.gate_numbers[0] + 1);
  EXPECT_EQ(two.last, (Member{.address = "one:1",
                              .services = {"Room"},
                              .link_version = 1,
                              .gate_number = one.gate_numbers[0],
                              .incarnation = 101}));
  time_.advance(seconds{60});
  EXPECT_TRUE(one.take_changes().empty()) << "leases are kept";
}

TEST_F(EtcdRegistryTest, NodesThatLeaveAreMissedAtOnceAndOthersWithTheirLease) {
  auto [one, two] = two_nodes();
  Node& three = node("three:1");
  one.take_changes();
  bool left = false;
  two.registry().leave([&] { left = true; });
  time_.advance(milliseconds{10});
  EXPECT_TRUE(left);
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
  kill(three);
  time_.advance(seconds{3});
  EXPECT_TRUE(one.take_changes().empty());
  time_.advance(seconds{3});
  EXPECT_EQ(one.take_changes(), (Texts{"-three:1"}));
}

TEST_F(EtcdRegistryTest, LeavingGivesUpWhenEtcdIsSilent) {
  Node& one = node("one:1");
  hub_.cut("one:1#101", "etcd:1");
  bool left = false;
  one.registry().leave([&] { left = true; });
  time_.advance(milliseconds{1900});
  EXPECT_FALSE(left);
  time_.advance(milliseconds{200});
  EXPECT_TRUE(left);
}

TEST_F(EtcdRegistryTest, LeavingBeforeHavingJoinedIsDoneAtOnce) {
  etcd_.stop();
  Node& one = node("one:1");
  bool left = false;
  one.registry().leave([&] { left = true; });
  EXPECT_TRUE(left);
  etcd_.start();
  time_.advance(seconds{10});
  EXPECT_TRUE(one.gate_numbers.empty());
  EXPECT_FALSE(etcd_.has("/nano/members/one:1"));
}

TEST_F(EtcdRegistryTest, AnEtcdThatIsAwayChangesNothing) {
  auto [one, two] = two_nodes();
  etcd_.stop();
  time_.advance(seconds{60});
  EXPECT_EQ(lines_with("etcd cannot be reached; trying again endpoint=etcd:1"), 2u) << "once for each node";
  etcd_.start();
  time_.advance(seconds{60});
  EXPECT_TRUE(one.take_changes().empty());
  EXPECT_TRUE(two.take_changes().empty());
  EXPECT_EQ(lines_with("etcd is reachable"), 2u);
  Node& three = node("three:1");
  EXPECT_EQ(one.take_changes(), (Texts{"+three:1"}));
  EXPECT_EQ(three.take_changes(), (Texts{"+one:1", "+two:1"}));
}

TEST_F(EtcdRegistryTest, AnEtcdThatLostItsDataLearnsThemAgainAndGateNumbersStay) {
  auto [one, two] = two_nodes();
  Node& three = node("three:1");
  one.take_changes();
  const std::uint32_t number = three.gate_numbers[0];
  etcd_.stop();
  etcd_.lose_data();
  kill(two);
  etcd_.start();
  time_.advance(seconds{3});
  EXPECT_TRUE(one.take_changes().empty());
  EXPECT_TRUE(etcd_.has("/nano/members/one:1"));
  EXPECT_TRUE(etcd_.has("/nano/members/three:1"));
  time_.advance(seconds{5});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"})) << "it had the time to register again, and did not";
  EXPECT_EQ(three.gate_numbers, (std::vector<std::uint32_t>{number}));
  Node& four = node("four:1");
  EXPECT_GT(four.gate_numbers[0], number) << "not one of those that were given before";
}

TEST_F(EtcdRegistryTest, AMemberThatEtcdHasForgottenStaysAsLongAsItIsLinked) {
  auto [one, two] = two_nodes();
  one.linked_with = "two:1";
  etcd_.stop();
  etcd_.lose_data();
  kill(two);
  etcd_.start();
  time_.advance(seconds{60});
  EXPECT_TRUE(one.take_changes().empty());
  one.linked_with = "";
  time_.advance(seconds{6});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"}));
}

TEST_F(EtcdRegistryTest, ANodeWhoseLeaseEndedRegistersAgain) {
  auto [one, two] = two_nodes();
  etcd_.end_leases();
  time_.advance(seconds{5});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1", "+two:1"}));
  EXPECT_EQ(two.take_changes(), (Texts{"-one:1", "+one:1"}));
  EXPECT_EQ(one.gate_numbers.size(), 1u);
  EXPECT_EQ(etcd_.lease_count(), 2u);
  time_.advance(seconds{20});
  EXPECT_TRUE(one.take_changes().empty());
}

TEST_F(EtcdRegistryTest, ANodeWhoseEntryWasTakenAwayWritesItAgain) {
  auto [one, two] = two_nodes();
  etcd_.remove("/nano/members/one:1");
  time_.advance(milliseconds{100});
  EXPECT_TRUE(etcd_.has("/nano/members/one:1"));
  EXPECT_EQ(two.take_changes(), (Texts{"-one:1", "+one:1"}));
  EXPECT_TRUE(one.take_changes().empty());
}

TEST_F(EtcdRegistryTest, HistoryThatIsForgottenBeforeTheWatchStartsIsListedAgain) {
  etcd_.compacts_before_watches = true;
  Node& one = node("one:1");
  EXPECT_EQ(etcd_.watches, 2);
  EXPECT_TRUE(
      time_.log().contains("etcd ended a watch; starting it again "
                           "reason=\"the history was compacted\""));
  node("two:1");
  EXPECT_EQ(one.take_changes(), (Texts{"+two:1"}));
}

TEST_F(EtcdRegistryTest, LearnsLaterWhatHappenedWhileItWasCutOff) {
  options_.lease_ttl = seconds{20};
  auto [one, two] = two_nodes();
  hub_.cut("one:1#101", "etcd:1");
  time_.advance(seconds{4});
  two.registry().leave([] {});
  Node& three = node("three:1");
  time_.advance(seconds{6});  // the cut is shorter than a lease
  EXPECT_TRUE(one.take_changes().empty());
  EXPECT_EQ(three.take_changes(), (Texts{"+one:1"}));
  hub_.heal_all();
  time_.advance(seconds{4});
  EXPECT_EQ(one.take_changes(), (Texts{"+three:1"}));
  time_.advance(seconds{20});
  EXPECT_EQ(one.take_changes(), (Texts{"-two:1"})) << "not known to have gone, so it had time to come back";
  EXPECT_TRUE(three.take_changes().empty());
}

TEST_F(EtcdRegistryTest, GoesOnWithTheNextServer) {
  FakeEtcd second{hub_, time_.scheduler(), "etcd:2"};
  options_.endpoints = {"etcd:2", "etcd:1"};
  second.stop();
  Node& one = node("one:1");
  time_.advance(seconds{1});
  EXPECT_EQ(one.gate_numbers.size(), 1u);
  EXPECT_TRUE(etcd_.has("/nano/members/one:1"));
  nodes_.clear();
}

TEST_F(EtcdRegistryTest, AsksForANewTokenWhenItsOwnIsNotTakenAnyMore) {
  etcd_.password = "secret";
  options_.user = "nano";
  options_.password = "secret";
  Node& one = node("one:1");
  EXPECT_EQ(one.gate_numbers.size(), 1u);
  EXPECT_EQ(etcd_.tokens_given, 1);
  etcd_.token_is_good = false;
  etcd_.end_leases();
  time_.advance(seconds{5});
  EXPECT_TRUE(etcd_.has("/nano/members/one:1"));
  EXPECT_EQ(etcd_.tokens_given, 2);
  EXPECT_FALSE(time_.log().contains("secret"));
  EXPECT_FALSE(time_.log().contains("invalid auth token"));
}

TEST_F(EtcdRegistryTest, AWrongPasswordIsLoggedOnceAndTriedAgain) {
  etcd_.password = "secret";
  options_.user = "nano";
  options_.password = "wrong-guess";
  Node& one = node("one:1");
  time_.advance(seconds{10});
  EXPECT_TRUE(one.gate_numbers.empty());
  EXPECT_EQ(lines_with("invalid user ID or password"), 1u);
  EXPECT_FALSE(time_.log().contains("wrong-guess"));
  etcd_.password = "wrong-guess";
  time_.advance(seconds{1});
  EXPECT_EQ(one.gate_numbers.size(), 1u);
}

TEST_F(EtcdRegistryTest, AUserWhereNoneIsAskedForIsNoProblemAlsoWhenThatChanges) {
  options_.user = "nano";
  options_.password = "secret";
  Node& one = node("one:1");
  EXPECT_EQ(one.gate_numbers.size(), 1u);
  etcd_.password = "secret";
  etcd_.end_leases();
  time_.advance(seconds{5});
  EXPECT_EQ(etcd_.tokens_given, 1);
  EXPECT_TRUE(etcd_.has("/nano/members/one:1"));
}

TEST_F(EtcdRegistryTest, OfTwoNodesWithOneAddressTheSecondWaits) {
  Node& one = node("one:1");
  Node& observer = node("two:1");
  observer.take_changes();
  Node& late = node("one:1");
  time_.advance(seconds{20});
  EXPECT_TRUE(late.gate_numbers.empty());
  EXPECT_TRUE(observer.take_changes().empty());
  EXPECT_EQ(lines_with("another process is registered at this node's address; waiting for its end "
                       "address=one:1"),
            1u);
  kill(one);
  time_.advance(seconds{6});
  EXPECT_EQ(late.gate_numbers.size(), 1u);
  EXPECT_EQ(observer.take_changes(), (Texts{"-one:1", "+one:1"}));
}

TEST_F(EtcdRegistryTest, AnEntryThatNoProcessKeepsIsReplaced) {
  etcd_.put("/nano/members/one:1", "nonsense");
  EXPECT_EQ(node("one:1").gate_numbers.size(), 1u);
}

TEST_F(EtcdRegistryTest, GarbageIsLoggedAndHarmsNobody) {
  etcd_.put("/nano/members/bad:1", "\xff\xff");
  etcd_.put("/nano/members/liar:1", clusterpb::MemberInfo{}.SerializeAsString());
  etcd_.put("/nano/gate-number", "many");
  auto [one, two] = two_nodes();
  ASSERT_EQ(one.gate_numbers.size(), 1u);
  EXPECT_NE(one.gate_numbers[0], two.gate_numbers[0]);
  clusterpb::MemberInfo other;
  other.set_serviceaddr("other:1");
  etcd_.put("/nano/members/two:1", other.SerializeAsString());
  etcd_.put("/nano/members/", "");
  time_.advance(seconds{10});
  Texts changes = one.take_changes();
  EXPECT_TRUE(changes.empty()) << changes[0];
  EXPECT_TRUE(
      time_.log().contains("an entry in etcd is of no use key=/nano/members/bad:1 "
                           "error=\"it is no MemberInfo\""));
  EXPECT_TRUE(time_.log().contains("key=/nano/members/two:1 error=\"it is of other:1\""));
}

TEST_F(EtcdRegistryTest, ClustersWithOtherPrefixesDoNotSeeEachOther) {
  Node& one = node("one:1");
  options_.prefix = "/nano2/";
  node("two:1");
  EXPECT_TRUE(one.take_changes().empty());
  EXPECT_TRUE(etcd_.has("/nano2/members/two:1"));
}

TEST_F(EtcdRegistryTest, RefusesEndpointsThatAreNone) {
  EXPECT_THROW(EtcdClient(time_.scheduler(), *hub_.join(time_.scheduler(), "x"), EtcdOptions{}),
               std::invalid_argument);
  options_.endpoints = {"http://etcd:1"};
  EXPECT_THROW(node("one:1"), std::invalid_argument);
}

}  // namespace
}  // namespace nano::cluster
