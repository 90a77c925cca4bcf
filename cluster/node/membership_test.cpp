#include "cluster/node/membership.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"
#include "cluster/testing/memory_network.h"
#include "nano/testing/world.h"

namespace nano::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

NodeOptions of_master() {
  NodeOptions options;
  options.address = "self:1";
  options.label = "the first";
  options.master = true;
  return options;
}

/// A node that is the master, and another that speaks as the test says.
class MembershipTest : public ::testing::Test, private MembershipEvents, private Service {
 protected:
  MembershipTest() { world_.start(); }

  void join(std::vector<std::string> services = {"Chat"}) {
    membership_.join(std::move(services), *this, [this] { told_.emplace_back("joined"); });
  }
  void register_peer(const std::string& address) {
    clusterpb::RegisterRequest request;
    request.mutable_memberinfo()->set_serviceaddr(address);
    request.mutable_memberinfo()->add_services("Room");
    call(method::register_member, request.SerializeAsString());
  }
  void unregister_peer(const std::string& address) {
    clusterpb::UnregisterRequest request;
    request.set_serviceaddr(address);
    call(method::unregister_member, request.SerializeAsString());
  }
  void call(std::string_view method, std::string request) {
    channel_->call(method, std::move(request), seconds{1}, [](const CallOutcome&) {});
    world_.advance(milliseconds{50});
  }

  std::vector<std::string> told_;
  nano::testing::World world_;
  testing::MemoryNetwork hub_{1};
  std::unique_ptr<Network> network_ = hub_.join(world_.app().scheduler(), "self:1");
  std::unique_ptr<Network> peer_ = hub_.join(world_.app().scheduler(), "peer:1");
  std::unique_ptr<Channel> channel_ = peer_->connect("self:1");
  const NodeOptions options_ = of_master();
  std::mt19937_64 random_{9};
  Membership membership_{world_.app().host(), *network_, options_, random_, *this};

 private:
  // MembershipEvents
  void on_member(const Member& member, bool present) override {
    told_.push_back(member.address + (present ? " came" : " went"));
  }
  void on_missed() override { told_.emplace_back("missed"); }
  bool hears(const std::string&) const override { return false; }

  // Service
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (!membership_.on_call(method, request, reply)) reply(refusal("not the registry's"));
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }
};

TEST_F(MembershipTest, ANodeKnowsItselfBeforeItJoinsAndItsNumberAfterwards) {
  EXPECT_EQ(membership_.self().address, "self:1");
  EXPECT_EQ(membership_.self().label, "the first");
  EXPECT_NE(membership_.self().link_version, 0u);
  EXPECT_NE(membership_.self().incarnation, 0u);
  join();
  EXPECT_TRUE(told_.empty()) << "joined in a later turn";
  world_.settle();
  EXPECT_EQ(told_, std::vector<std::string>{"joined"});
  EXPECT_EQ(membership_.self().services, std::vector<std::string>{"Chat"});
  EXPECT_NE(membership_.self().gate_number, 0u);
  EXPECT_EQ(world_.app().host().sessions.next_id() >> 32, membership_.self().gate_number);
}

TEST_F(MembershipTest, TheNodeHearsOfAnotherMemberBeforeItsApplicationDoes) {
  join();
  const Subscription callback = membership_.on_member_callback([this](const Member& member, bool present) {
    told_.push_back("application: " + member.address + (present ? " came" : " went"));
  });
  world_.settle();
  told_.clear();
  register_peer("peer:1");
  EXPECT_EQ(told_, (std::vector<std::string>{"peer:1 came", "application: peer:1 came"}));
  told_.clear();
  unregister_peer("peer:1");
  EXPECT_EQ(told_, (std::vector<std::string>{"peer:1 went", "application: peer:1 went"}));
}

TEST_F(MembershipTest, ACallbackThatThrowsKeepsNobodyElseFromHearing) {
  join();
  const Subscription throws =
      membership_.on_member_callback([](const Member&, bool) { throw std::runtime_error("no"); });
  const Subscription hears =
      membership_.on_member_callback([this](const Member&, bool) { told_.emplace_back("heard"); });
  register_peer("peer:1");
  EXPECT_EQ(told_.back(), "heard");
  EXPECT_TRUE(world_.log().contains("on_member"));
}

TEST_F(MembershipTest, LeavingWaitsForWhatOthersSentBeforeTheyKnew) {
  join();
  membership_.leave([this] { told_.emplace_back("left"); });
  world_.advance(limits::leave_grace - milliseconds{1});
  EXPECT_EQ(told_.back(), "joined");
  world_.advance(milliseconds{1});
  EXPECT_EQ(told_.back(), "left");
}

TEST_F(MembershipTest, ANodeThatNeverJoinedLeavesAtOnce) {
  membership_.leave([this] { told_.emplace_back("left"); });
  EXPECT_EQ(told_, std::vector<std::string>{"left"});
}

TEST_F(MembershipTest, AServiceNameThatNoClusterTakesIsToldAtTheStart) {
  EXPECT_THROW(join({std::string(5000, 'x')}), std::invalid_argument);
}

}  // namespace
}  // namespace nano::cluster
