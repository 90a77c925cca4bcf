// Against a real etcd: what the tests of the registry believe of it, and whole nodes.
#include <set>

#include "cluster/registry/messages.h"
#include "nano/net/tls_certificate_for_tests.h"
#include "tests/cluster/etcd_fixture.h"

namespace nano::cluster {
namespace {

using std::chrono::seconds;

std::string entry_of(const std::string& address) {
  clusterpb::MemberInfo info;
  info.set_serviceaddr(address);
  info.set_linkversion(1);
  info.set_incarnation(7);
  return info.SerializeAsString();
}

TEST_F(EtcdTest, ThreeNodesFindEachOtherAndMissOneThatLeaves) {
  EtcdServer etcd;
  start(etcd);
  EtcdNode& one = joined_node(etcd, "one:1");
  EtcdNode& two = joined_node(etcd, "two:1");
  EtcdNode& three = joined_node(etcd, "three:1");
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"three:1", "two:1"}; }));
  EXPECT_TRUE(wait_for([&] { return two.others == Texts{"one:1", "three:1"}; }));
  EXPECT_TRUE(wait_for([&] { return three.others == Texts{"one:1", "two:1"}; }));
  bool left = false;
  two.registry().leave([&] { left = true; });
  EXPECT_TRUE(wait_for([&] { return left; }));
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"three:1"}; }));
  EXPECT_TRUE(wait_for([&] { return three.others == Texts{"one:1"}; }));
}

TEST_F(EtcdTest, ANodeThatCrashesIsMissedWhenItsLeaseEndsAndTheOthersKeepTheirs) {
  EtcdServer etcd;
  start(etcd);
  options_.lease_ttl = seconds{7};
  EtcdNode& one = joined_node(etcd, "one:1");
  EtcdNode& three = joined_node(etcd, "three:1");
  options_.lease_ttl = seconds{9};  // by its end, the others' would have ended as well
  EtcdNode& two = joined_node(etcd, "two:1");
  EXPECT_TRUE(wait_for([&] { return one.others.size() == 2 && three.others.size() == 2; })) << log_lines();
  crash(two);
  EXPECT_TRUE(wait_for([&] { return one.others.size() < 2 && three.others.size() < 2; })) << log_lines();
  EXPECT_EQ(one.changes, (Texts{"+three:1", "+two:1", "-two:1"}));
  EXPECT_EQ(three.changes, (Texts{"+one:1", "+two:1", "-two:1"}));
}

TEST_F(EtcdTest, AnEtcdThatIsKilledAndStartedAgainChangesNothing) {
  EtcdServer etcd;
  start(etcd);
  EtcdNode& one = joined_node(etcd, "one:1");
  EtcdNode& two = joined_node(etcd, "two:1");
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"two:1"} && two.others == Texts{"one:1"}; }));
  etcd.kill();
  EXPECT_TRUE(wait_for([&] { return log_.contains("etcd cannot be reached"); }));
  start(etcd);
  joined_node(etcd, "three:1");
  EXPECT_TRUE(wait_for([&] { return one.others.size() == 2 && two.others.size() == 2; })) << log_lines();
  EXPECT_EQ(one.changes, (Texts{"+two:1", "+three:1"}));
  EXPECT_EQ(two.changes, (Texts{"+one:1", "+three:1"}));
  EXPECT_EQ(one.gate_numbers.size(), 1u);
}

TEST_F(EtcdTest, AnEtcdThatLostItsDataLearnsTheMembersAgain) {
  EtcdServer etcd;
  start(etcd);
  EtcdNode& one = joined_node(etcd, "one:1");
  EtcdNode& two = joined_node(etcd, "two:1");
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"two:1"} && two.others == Texts{"one:1"}; }));
  const std::uint32_t number = two.gate_numbers[0];
  etcd.kill();
  EtcdServer empty;
  start_at(empty, etcd.address());
  EtcdNode& three = joined_node(etcd, "three:1");
  EXPECT_TRUE(wait_for([&] { return three.others == Texts{"one:1", "two:1"}; })) << log_lines();
  EXPECT_TRUE(wait_for([&] { return one.others.size() == 2; }));
  EXPECT_EQ(one.changes, (Texts{"+two:1", "+three:1"})) << "nobody was missed";
  EXPECT_EQ(two.gate_numbers.size(), 1u);
  EXPECT_NE(three.gate_numbers[0], number);
  EXPECT_NE(three.gate_numbers[0], one.gate_numbers[0]);
}

TEST_F(EtcdTest, WhatHappenedBeforeACompactionIsLearnedFromANewList) {
  EtcdServer etcd;
  start(etcd);
  EtcdNode& one = joined_node(etcd, "one:1");
  etcd.kill();  // and started elsewhere, out of the node's sight
  const ReservedPort elsewhere;
  start_at(etcd, elsewhere.address());
  put("/nano/members/two:1", entry_of("two:1"));
  etcd::RangeRequest range;
  range.set_key("/nano/members/two:1");
  const auto found = parse<etcd::RangeResponse>(ask(etcd_method::range, range).response());
  etcd::CompactionRequest compaction;
  compaction.set_revision(found->header().revision());
  EXPECT_TRUE(ask("/etcdserverpb.KV/Compact", compaction).ok());
  etcd.kill();
  start(etcd);
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"two:1"}; })) << log_lines();
  remove("/nano/members/two:1");
  EXPECT_TRUE(wait_for([&] { return one.others.empty(); }));
}

TEST_F(EtcdTest, AWatchOfForgottenHistoryIsEndedAsTheFakeEtcdDoes) {
  EtcdServer etcd;
  start(etcd);
  for (const std::string value : {"1", "2", "3"}) put("/key", value);
  etcd::CompactionRequest compaction;
  compaction.set_revision(4);
  EXPECT_TRUE(ask("/etcdserverpb.KV/Compact", compaction).ok());
  etcd::WatchResponse last;
  EtcdClient client{scheduler_, *admin_network_, EtcdOptions{.endpoints = {etcd.address()}}};
  EtcdStream stream{client, etcd_method::watch,
                    [&](std::string_view message) { last = parse<etcd::WatchResponse>(message).value(); },
                    [] {}};
  etcd::WatchRequest request;
  request.mutable_create_request()->set_key("/key");
  request.mutable_create_request()->set_start_revision(2);
  stream.send(request);
  EXPECT_TRUE(wait_for([&] { return last.canceled(); }));
  EXPECT_EQ(last.compact_revision(), 4);
}

TEST_F(EtcdTest, TakesAUserAndItsPasswordAndANewTokenAfterARestart) {
  EtcdServer etcd;
  start(etcd);
  const auto user_with_role = [&](const std::string& name, const std::string& password) {
    etcd::UserAddRequest user;
    user.set_name(name);
    user.set_password(password);
    EXPECT_TRUE(ask("/etcdserverpb.Auth/UserAdd", user).ok());
    etcd::RoleAddRequest role;
    role.set_name(name);
    EXPECT_TRUE(ask("/etcdserverpb.Auth/RoleAdd", role).ok());
    etcd::UserGrantRoleRequest grant;
    grant.set_user(name);
    grant.set_role(name);
    EXPECT_TRUE(ask("/etcdserverpb.Auth/UserGrantRole", grant).ok());
  };
  user_with_role("root", "of all evil");
  user_with_role("nano", "open sesame");
  etcd::RoleGrantPermissionRequest permission;
  permission.set_name("nano");
  permission.mutable_perm()->set_permtype(etcd::Permission::READWRITE);
  permission.mutable_perm()->set_key("/nano/");
  permission.mutable_perm()->set_range_end("/nano0");
  EXPECT_TRUE(ask("/etcdserverpb.Auth/RoleGrantPermission", permission).ok());
  options_.user = "nano";
  options_.password = "open sesame";
  EtcdNode& early = joined_node(etcd, "early:1");
  EXPECT_TRUE(ask("/etcdserverpb.Auth/AuthEnable", etcd::AuthEnableRequest{}).ok());

  EtcdNode& one = joined_node(etcd, "one:1");
  options_.password = "close sesame";
  EtcdNode& wrong = node(etcd, "wrong:1");
  EXPECT_TRUE(wait_for([&] { return log_.contains("invalid user ID or password"); }));
  options_.user = "";
  EtcdNode& nobody = node(etcd, "nobody:1");
  EXPECT_TRUE(wait_for([&] { return log_.contains("user name is empty"); })) << log_lines();

  options_.user = "nano";
  options_.password = "open sesame";
  etcd.kill();  // it keeps its tokens in memory only
  start(etcd);
  joined_node(etcd, "two:1");
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"early:1", "two:1"}; })) << log_lines();
  EXPECT_TRUE(wait_for([&] { return early.others == Texts{"one:1", "two:1"}; })) << log_lines();
  EXPECT_FALSE(wrong.joined());
  EXPECT_FALSE(nobody.joined());
  EXPECT_EQ(log_lines().find("sesame"), std::string::npos);
}

TEST_F(EtcdTest, SpeaksTlsAndTrustsNoOtherServer) {
  const TestCertificate certificate;
  const TestCertificate other;
  EtcdServer etcd{"https",
                  {"--cert-file=" + certificate.certificate_file.string(),
                   "--key-file=" + certificate.key_file.string()}};
  grpc_.tls = GrpcTls{
      .ca = certificate.certificate_file.string(), .certificate = {}, .key = {}, .server_name = "localhost"};
  start(etcd);
  EtcdNode& one = joined_node(etcd, "one:1");
  EtcdNode& two = joined_node(etcd, "two:1");
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"two:1"} && two.others == Texts{"one:1"}; }));
  grpc_.tls->ca = other.certificate_file.string();
  EtcdNode& distrustful = node(etcd, "three:1");
  EXPECT_TRUE(wait_for([&] { return log_.contains("etcd cannot be reached"); }));
  EXPECT_FALSE(distrustful.joined());
}

TEST_F(EtcdTest, GarbageUnderThePrefixHarmsNobody) {
  EtcdServer etcd;
  start(etcd);
  put("/nano/members/bad:1", "\xff\xff");
  put("/nano/members/", "");
  EtcdNode& one = joined_node(etcd, "one:1");
  put("/nano/members/liar:1", entry_of("other:1"));
  put("/nano/members/two:1", entry_of("two:1"));
  EXPECT_TRUE(wait_for([&] { return one.others == Texts{"two:1"}; }));
  EXPECT_TRUE(log_.contains("an entry in etcd is of no use key=/nano/members/bad:1"));
  EXPECT_TRUE(log_.contains("key=/nano/members/liar:1 error=\"it is of other:1\""));
}

TEST_F(EtcdTest, OfTwoNodesWithOneAddressTheSecondWaitsForTheEndOfTheFirst) {
  EtcdServer etcd;
  start(etcd);
  EtcdNode& observer = joined_node(etcd, "two:1");
  const Duration long_ttl = std::exchange(options_.lease_ttl, seconds{5});
  EtcdNode& first = joined_node(etcd, "one:1");
  options_.lease_ttl = long_ttl;
  EtcdNode& second = node(etcd, "one:1");
  EXPECT_TRUE(wait_for([&] {
    return log_.contains(
        "another process is registered at this node's address; waiting for its end "
        "address=one:1");
  }));
  EXPECT_FALSE(second.joined());
  crash(first);
  EXPECT_TRUE(wait_for([&] { return second.joined(); })) << log_lines();
  EXPECT_TRUE(wait_for([&] { return observer.changes == Texts{"+one:1", "-one:1", "+one:1"}; }));
}

TEST_F(EtcdTest, TenNodesThatJoinAtOnceHaveTenGateNumbers) {
  EtcdServer etcd;
  start(etcd);
  for (int i = 0; i < 10; ++i) node(etcd, "node" + std::to_string(i) + ":1");
  const auto knows_nine = [](const auto& node) { return node->others.size() == 9; };
  EXPECT_TRUE(wait_for([&] { return std::all_of(nodes_.begin(), nodes_.end(), knows_nine); })) << log_lines();
  std::set<std::uint32_t> numbers;
  for (const auto& node : nodes_) numbers.insert(node->gate_numbers.begin(), node->gate_numbers.end());
  EXPECT_EQ(numbers.size(), 10u);
  EXPECT_FALSE(numbers.contains(0));
}

}  // namespace
}  // namespace nano::cluster
