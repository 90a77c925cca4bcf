// Internal header. MasterTest: a master, and members that do what the test says.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/registry/master.h"
#include "cluster/registry/messages.h"
#include "cluster/testing/memory_network.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {

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
    if (method == method::probe) {
      if (!answers) return open_.push_back(std::move(reply));
      ++probes;
      return reply(NetworkError{NetworkErrc::unimplemented, "unknown method Probe"});
    }
    if (method == method::new_member) {
      news.push_back("+" + parse<clusterpb::NewMemberRequest>(request)->memberinfo().serviceaddr());
    } else {
      news.push_back("-" + parse<clusterpb::DelMemberRequest>(request)->serviceaddr());
    }
    if (!answers) return open_.push_back(std::move(reply));
    reply(std::string{});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }

  /// With the members of Go Nano that it knows.
  void register_now(const Texts& go_members = {}) {
    clusterpb::RegisterRequest request;
    fill(member_, *request.mutable_memberinfo());
    for (const std::string& address : go_members) request.add_gomembers()->set_serviceaddr(address);
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
  int probes = 0;
  bool answers = true;  // what it is called

 private:
  Member member_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Channel> master_;
  Timer beats_;
  std::vector<CallReply> open_;
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

}  // namespace nano::cluster
