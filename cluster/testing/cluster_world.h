// Public header. ClusterWorld: a whole cluster with its clients in one process, in memory and in virtual
// time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cluster/cluster.h"
#include "cluster/testing/memory_network.h"
#include "nano/testing/world.h"

namespace nano::cluster::testing {

/// Applications, sessions, dispatch, routing, links and registry are the real ones; only sockets, threads,
/// gRPC and the clock are replaced. The same seed gives the same run. One thread.
///
///     ClusterWorld cluster{seed};
///     cluster.add_master("master:1");
///     cluster.add("chat:1", [](Application& app, Node&) { app.add<Room>(); });
///     cluster.add("gate:1");
///     auto alice = cluster.connect("gate:1");
///     auto joined = cluster.request<JoinReply>(*alice, "Room.Join", JoinRequest{"alice"});
class ClusterWorld {
 public:
  /// Adds components, routings and callbacks before the node starts.
  using Configure = std::function<void(Application& app, Node& node)>;

  /// `options`: what all nodes have in common.
  explicit ClusterWorld(std::uint64_t seed, NodeOptions options = {})
      : seed_(seed), options_(std::move(options)), network_(seed) {}
  ~ClusterWorld();

  /// Starts a node at `address`, which also names it. Throws what its start throws.
  void add_master(const std::string& address, const Configure& configure = nullptr);
  /// The same for a node whose master is the one added first.
  void add(const std::string& address, const Configure& configure = nullptr, std::string label = "");

  /// Ends a node as SIGTERM does.
  void stop(const std::string& address);
  /// Ends a node as SIGKILL does: its connections break, it tells nobody anything. Its clients must not be
  /// used any more.
  void kill(const std::string& address);
  /// Stops a node's time as SIGSTOP does, and lets it go on.
  void freeze(const std::string& address) { nodes_.at(address).frozen = true; }
  void thaw(const std::string& address) { nodes_.at(address).frozen = false; }
  bool has(const std::string& address) const { return nodes_.contains(address); }

  Application& app(const std::string& address) { return nodes_.at(address).world->app(); }
  Node& node(const std::string& address) { return *nodes_.at(address).node; }
  nano::testing::World& world(const std::string& address) { return *nodes_.at(address).world; }
  MemoryNetwork& network() { return network_; }
  ManualClock& clock() { return clock_; }

  /// A client of a gate, its handshake done.
  std::shared_ptr<nano::testing::Client> connect(const std::string& address) {
    return world(address).connect();
  }
  /// Sends a request and gives the cluster a quarter of a second.
  template <class Reply, class T>
  Result<Reply> request(nano::testing::Client& client, std::string_view route, const T& payload) {
    const std::uint64_t id = client.send_request(route, payload);
    advance(std::chrono::milliseconds{250});
    return client.take_reply<Reply>(id);
  }

  /// Moves time on, stopping at each timer of each node on the way.
  void advance(Duration duration);

 private:
  struct Member {
    std::unique_ptr<nano::testing::World> world;
    std::unique_ptr<Node> node;  // destroyed first
    bool frozen = false;
  };

  void start(const std::string& address, NodeOptions options, const Configure& configure);
  void settle();

  const std::uint64_t seed_;
  const NodeOptions options_;
  ManualClock clock_;
  MemoryNetwork network_;
  std::string master_;
  std::uint64_t started_ = 0;
  std::map<std::string, Member> nodes_;  // by address
};

}  // namespace nano::cluster::testing
