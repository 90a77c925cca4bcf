// Internal header. MasterRegistryTest: nodes under a master, which may be one that does what the test says.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/registry/master.h"
#include "cluster/registry/master_registry.h"
#include "cluster/registry/messages.h"
#include "cluster/testing/memory_network.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

/// What a node without clients and services consists of.
class TestNode final : public Service, public RegistryEvents {
 public:
  TestNode(testing::MemoryNetwork& hub, Scheduler& scheduler, const std::string& address,
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
  void on_missed() override { ++missed; }
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

  int missed = 0;
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
      if (tells_members_slowly) {
        unregistration_ = std::move(reply);
        return;
      }
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
  void has_unregistered() { unregistration_(std::string{}); }
  void breaks_off() { unregistration_(NetworkError{NetworkErrc::unreachable, "gone"}); }
  /// As Go's servers do with what a third node made them hear.
  void hands_on_a_failure() {
    unregistration_(NetworkError{NetworkErrc::unreachable, "connection refused", true});
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
  bool tells_members_slowly = false;  // has_unregistered() says when it has

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
  CallReply unregistration_;
};

class MasterRegistryTest : public ::testing::Test {
 protected:
  TestNode& node(const std::string& address, std::uint64_t incarnation = 0) {
    if (incarnation == 0) incarnation = ++incarnations_;
    nodes_.push_back(std::make_unique<TestNode>(hub_, time_.scheduler(), address, incarnation));
    return *nodes_.back();
  }
  /// A master and two nodes, the first of which has heard of the others.
  std::pair<TestNode&, TestNode&> start_with_two_nodes() {
    start_master();
    TestNode& one = node("one:1");
    TestNode& two = node("two:1");
    time_.advance(seconds{5});
    one.take_changes();
    return {one, two};
  }
  /// The first node of a cluster, which this master has let in.
  TestNode& start_node(ScriptedMaster& master) {
    TestNode& one = node("one:1");
    time_.advance(milliseconds{10});
    master.answer(0, 0, {});
    time_.advance(milliseconds{10});
    return one;
  }
  void start_master(bool as_old_go = false) {
    master_ = std::make_unique<MasterNode>(hub_, time_.scheduler(), as_old_go);
  }
  void stop_master() { master_.reset(); }

  testing::VirtualTime time_;
  testing::MemoryNetwork hub_{11};
  std::unique_ptr<MasterNode> master_;
  std::uint64_t incarnations_ = 100;
  std::vector<std::unique_ptr<TestNode>> nodes_;
};

}  // namespace nano::cluster
