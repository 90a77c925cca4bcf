#include "cluster/testing/cluster_world.h"

#include <algorithm>
#include <utility>

namespace nano::cluster::testing {

ClusterWorld::~ClusterWorld() {
  while (!nodes_.empty()) kill(std::string{nodes_.begin()->first});  // it outlives the entry
}

void ClusterWorld::add_master(const std::string& address, const Configure& configure) {
  master_ = address;
  NodeOptions options = options_;
  options.master = true;
  start(address, std::move(options), configure);
}

void ClusterWorld::add(const std::string& address, const Configure& configure, std::string label) {
  NodeOptions options = options_;
  options.registry = master_;
  options.label = std::move(label);
  start(address, std::move(options), configure);
}

void ClusterWorld::start(const std::string& address, NodeOptions options, const Configure& configure) {
  options.address = address;
  Options application;
  application.seed = seed_ * 1'000'003 + ++started_;
  Member member;
  member.world = std::make_unique<nano::testing::World>(application.seed, application, clock_);
  Application& app = member.world->app();
  member.node = std::make_unique<Node>(app, std::move(options), network_.join(app.scheduler(), address));
  if (configure) configure(app, *member.node);
  member.world->start();
  nodes_.emplace(address, std::move(member));
}

void ClusterWorld::stop(const std::string& address) {
  app(address).stop();
  while (!app(address).stopped()) advance(std::chrono::milliseconds{10});
  nodes_.erase(address);
}

void ClusterWorld::kill(const std::string& address) {
  for (const auto& [other, member] : nodes_) {
    if (other == address) continue;
    network_.reset_streams(address, other);
    network_.cut(address, other);
  }
  nodes_.erase(address);
  for (const auto& [other, member] : nodes_) network_.heal(address, other);
}

void ClusterWorld::advance(Duration duration) {
  const TimePoint end = clock_.now() + duration;
  settle();
  for (;;) {
    TimePoint next = TimePoint::max();
    for (const auto& [address, member] : nodes_) {
      if (member.frozen) continue;
      next = std::min(next, member.world->app().scheduler().next_deadline().value_or(TimePoint::max()));
    }
    if (next > end) break;
    clock_.advance(std::max(next - clock_.now(), Duration::zero()));
    settle();
  }
  clock_.advance(end - clock_.now());
}

void ClusterWorld::settle() {
  bool active = true;
  while (active) {
    active = false;
    for (auto& [address, member] : nodes_) {
      if (!member.frozen) active |= member.world->run_ready();
    }
  }
}

}  // namespace nano::cluster::testing
