// Internal header. What tests of the parts of a node have in common: an application, and other nodes that
// only note what they are told.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/node/router.h"
#include "cluster/session/backends.h"
#include "cluster/session/pending_requests.h"
#include "cluster/session/recorded_nodes_for_tests.h"
#include "cluster/session/remote_session.h"
#include "nano/testing/world.h"

namespace nano::cluster {

class NodePartsTestFixture : public ::testing::Test {
 protected:
  NodePartsTestFixture() { world_.start(); }

  SessionHost& host() { return world_.app().host(); }
  Heard take() { return std::exchange(heard_, {}); }

  RecordedBackend& add(const std::string& name, std::vector<std::string> services) {
    const Member member{.address = name + ":1", .services = std::move(services)};
    auto backend = std::make_unique<RecordedBackend>(name, heard_);
    RecordedBackend& added = *backend;
    backends_.add(member.address, std::move(backend));
    router_.add(member);
    return added;
  }
  /// Of a client that is connected here.
  Session& own_session() {
    clients_.push_back(world_.connect());
    return *world_.app().find_session(clients_.size());
  }
  /// Of a client of `gate_`.
  Session& remote_session() {
    const SessionId id = (SessionId{7} << 32) + ++remote_count_;
    remote_.push_back(std::make_shared<RemoteSession>(host(), gate_, id, "192.0.2.7:1"));
    remote_.back()->open();
    return remote_.back()->session();
  }
  void end_remote_sessions() {
    for (const auto& session : remote_) session->end("shutdown");
  }

  Heard heard_;
  nano::testing::World world_;
  std::vector<std::shared_ptr<nano::testing::Client>> clients_;
  RecordedGate gate_{heard_};
  std::vector<std::shared_ptr<RemoteSession>> remote_;
  SessionId remote_count_ = 0;
  std::mt19937_64 random_{5};
  PendingRequests pending_{world_.app().scheduler(), std::chrono::seconds{5}};
  Router router_{random_, [this](const Member& member) { return backends_.find(member.address)->usable(); }};
  Backends backends_{world_.app().scheduler(), std::chrono::seconds{10}};
};

}  // namespace nano::cluster
