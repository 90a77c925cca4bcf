// Internal header. For tests: nodes in this process that find each other in a real etcd.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/network/grpc_network.h"
#include "cluster/registry/etcd.pb.h"
#include "cluster/registry/etcd_registry.h"
#include "nano/scheduler/scheduler.h"
#include "nano/testing/log_capture.h"
#include "tests/cluster/etcd_admin.pb.h"
#include "tests/cluster/etcd_server.h"

namespace nano::cluster {

using Texts = std::vector<std::string>;

/// A node as far as its registry goes. Destroying it is a crash: it says no goodbye.
class EtcdNode final : public RegistryEvents {
 public:
  EtcdNode(Scheduler& scheduler, const std::string& address, std::uint64_t incarnation, EtcdOptions options,
           const GrpcOptions& grpc)
      : network_(scheduler, grpc), registry_(scheduler, network_, std::move(options)) {
    registry_.join(Member{.address = address, .link_version = 1, .incarnation = incarnation}, *this);
  }
  void on_joined(std::uint32_t number) override { gate_numbers.push_back(number); }
  void on_member(const Member& member, bool present) override {
    changes.push_back((present ? "+" : "-") + member.address);
    std::erase(others, member.address);
    if (present) others.push_back(member.address);
    std::sort(others.begin(), others.end());
  }
  bool joined() const { return !gate_numbers.empty(); }
  EtcdRegistry& registry() { return registry_; }

  std::vector<std::uint32_t> gate_numbers;
  Texts changes;
  Texts others;  // sorted

 private:
  GrpcNetwork network_;
  EtcdRegistry registry_;
};

/// The test's thread is the logic thread while it waits.
class EtcdTest : public ::testing::Test {
 protected:
  EtcdTest() {
    scheduler_.at_turn_end([this] {
      if (condition_ && condition_()) scheduler_.stop();
    });
  }
  void SetUp() override {
    if (!EtcdServer::program()) GTEST_SKIP() << "etcd is not installed (Debian's package etcd-server)";
  }

  /// Whether it came true before time ran out.
  bool wait_for(std::function<bool()> condition) {
    if (condition()) return true;
    condition_ = std::move(condition);
    const Timer last_net = scheduler_.after(std::chrono::seconds{20}, [this] { scheduler_.stop(); });
    scheduler_.run();
    return std::exchange(condition_, nullptr)();
  }

  void start(EtcdServer& etcd) { start_at(etcd, etcd.address()); }
  /// Returns when it answers.
  void start_at(EtcdServer& etcd, const std::string& address) {
    etcd.start_at(address);
    admin_network_ = std::make_unique<GrpcNetwork>(scheduler_, grpc_);
    admin_ = admin_network_->connect(address);
    etcd::RangeRequest request;
    request.set_key("/");
    const TimePoint end = clock_.now() + std::chrono::seconds{60};
    while (true) {
      const CallOutcome outcome = ask(etcd_method::range, request);
      if (outcome.ok() || outcome.error().code == NetworkErrc::refused) return;
      ASSERT_LT(clock_.now(), end) << "etcd does not start: " << outcome.error().message;
      bool waited = false;
      const Timer pause = scheduler_.after(std::chrono::milliseconds{50}, [&] { waited = true; });
      wait_for([&] { return waited; });
    }
  }

  template <class Request>
  CallOutcome ask(std::string_view method, const Request& request) {
    std::unique_ptr<CallOutcome> answer;
    admin_->call(method, request.SerializeAsString(), std::chrono::seconds{5},
                 [&](CallOutcome outcome) { answer = std::make_unique<CallOutcome>(std::move(outcome)); });
    wait_for([&] { return answer != nullptr; });
    return answer ? *answer : CallOutcome{NetworkError{NetworkErrc::timeout, "no outcome at all"}};
  }
  void put(const std::string& key, const std::string& value) {
    etcd::PutRequest request;
    request.set_key(key);
    request.set_value(value);
    const CallOutcome outcome = ask("/etcdserverpb.KV/Put", request);
    EXPECT_TRUE(outcome.ok()) << outcome.error().message;
  }
  void remove(const std::string& key) {
    etcd::DeleteRangeRequest request;
    request.set_key(key);
    EXPECT_TRUE(ask("/etcdserverpb.KV/DeleteRange", request).ok());
  }

  EtcdNode& node(const EtcdServer& etcd, const std::string& address) {
    options_.endpoints = {etcd.address()};
    nodes_.push_back(std::make_unique<EtcdNode>(scheduler_, address, ++last_incarnation_, options_, grpc_));
    return *nodes_.back();
  }
  EtcdNode& joined_node(const EtcdServer& etcd, const std::string& address) {
    EtcdNode& made = node(etcd, address);
    EXPECT_TRUE(wait_for([&] { return made.joined(); })) << log_lines();
    return made;
  }
  void crash(EtcdNode& node) {
    std::erase_if(nodes_, [&](const auto& each) { return each.get() == &node; });
  }
  std::string log_lines() const {
    std::string all;
    for (const std::string& line : log_.lines()) all += line + "\n";
    return all;
  }

  SystemClock clock_;
  ParkingDriver driver_;
  InlineWorkers workers_;
  nano::testing::LogCapture log_;
  Scheduler scheduler_{clock_, driver_, workers_, log_.log()};
  std::function<bool()> condition_;
  GrpcOptions grpc_{.tls = {}, .keepalive = std::chrono::seconds{10}};
  /// Longer than any test: only those that wait for it shorten it.
  EtcdOptions options_{.lease_ttl = std::chrono::seconds{60},
                       .retry_interval = std::chrono::milliseconds{100}};
  std::unique_ptr<GrpcNetwork> admin_network_;
  std::unique_ptr<Channel> admin_;
  std::uint64_t last_incarnation_ = 100;
  std::vector<std::unique_ptr<EtcdNode>> nodes_;
};

}  // namespace nano::cluster
