// Internal header. The simulated cluster's nodes, and what is done to them.
#pragma once

#include <algorithm>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cluster/testing/cluster_simulation_test_nodes.h"
#include "cluster/testing/cluster_world.h"

namespace nano::cluster::testing {

/// A master, backends and gates, drawn from the seed; of what goes wrong much mends itself after a while.
class SimulatedCluster {
 protected:
  explicit SimulatedCluster(std::uint64_t seed) : ledger_(seed), cluster_(seed, options()) {
    static constexpr const char* services[] = {"A", "B", "C"};
    start("master:1", ledger_.chance(3) ? std::vector<std::string>{"M"} : std::vector<std::string>{});
    const int backends = 2 + static_cast<int>(ledger_.random() % 2);
    for (int i = 1; i <= backends; ++i) {
      std::vector<std::string> offered = {services[i - 1]};
      for (const char* service : services) {
        if (service != offered.front() && ledger_.chance(2)) offered.emplace_back(service);
      }
      start("back:" + std::to_string(i), offered);
    }
    const int gates = 2 + static_cast<int>(ledger_.random() % 2);
    for (int i = 1; i <= gates; ++i) {
      gates_.push_back("gate:" + std::to_string(i));
      start(gates_.back(), ledger_.chance(2) ? std::vector<std::string>{"G"} : std::vector<std::string>{});
    }
    cluster_.advance(std::chrono::seconds{1});
  }
  virtual ~SimulatedCluster() {
    for (Life& life : lives_) life.ended = true;
  }

  virtual void before_end() = 0;
  virtual void on_ended(const std::string& address) = 0;
  virtual void on_thawed(const std::string& address) = 0;

  TimePoint now() { return cluster_.clock().now(); }
  void note(const std::string& what) {
    ledger_.log.push_back(std::to_string(now().time_since_epoch().count()) + ' ' + what);
  }
  template <class T>
  const T& any_of(const std::vector<T>& all) {
    return all[ledger_.random() % all.size()];
  }
  std::string any_node() {
    std::vector<std::string> up;
    for (const auto& [address, services] : offers_) {
      if (cluster_.has(address)) up.push_back(address);
    }
    return any_of(up);
  }
  bool is_up(const std::string& address) { return cluster_.has(address) && !frozen_.contains(address); }
  bool is_offered(const std::string& service) {
    for (const auto& [address, services] : offers_) {
      if (std::find(services.begin(), services.end(), service) != services.end()) return true;
    }
    return false;
  }

  void do_harm() {
    const std::string one = any_node();
    const std::string other = any_node();
    const unsigned dice = ledger_.random() % (ledger_.calm ? 4 : 8);
    if (dice == 0) {
      note("delays");
      const Duration least = ledger_.between(0, 20);
      return cluster_.network().set_delay(least, least + ledger_.between(1, 100));
    }
    if (one == other) return;
    note("harm " + std::to_string(dice) + ' ' + one + ' ' + other);
    if (dice < 3) return cluster_.network().reset_streams(one, other);
    if (dice < 5) return freeze(one, ledger_.calm ? 900 : longest_ms_);
    if (dice < 6) return end(one);
    cluster_.network().cut(one, other);
    cuts_[{one, other}] = now() + ledger_.between(100, longest_ms_);
  }
  /// What has lasted long enough.
  void mend(TimePoint until) {
    for (const auto& [address, when] : std::map{frozen_}) {
      if (when <= until) thaw(address);
    }
    for (const auto& [address, when] : std::map{down_}) {
      if (when > until) continue;
      down_.erase(address);
      start(address, std::vector<std::string>{offers_.at(address)});
    }
    for (const auto& [pair, when] : std::map{cuts_}) {
      if (when > until) continue;
      note("mend " + pair.first + ' ' + pair.second);
      cluster_.network().heal(pair.first, pair.second);
      cuts_.erase(pair);
    }
  }
  void heal() {
    note("heal");
    mend(TimePoint::max());
    cluster_.network().set_delay(std::chrono::milliseconds{1}, std::chrono::milliseconds{2});
  }

  Ledger ledger_;
  std::list<Life> lives_;
  std::map<std::string, Life*> life_of_;                    // by address, the last
  std::map<std::string, std::vector<std::string>> offers_;  // by address
  std::vector<std::string> gates_;
  const int longest_ms_ = ledger_.chance(4) ? 25'000 : 8000;  // of a fault
  ClusterWorld cluster_;

 private:
  static NodeOptions options() {
    NodeOptions options;
    options.request_timeout_s = 6;
    options.register_interval_s = 1;
    return options;
  }
  void start(const std::string& address, const std::vector<std::string>& services) {
    note("start " + address);
    offers_[address] = services;
    Life& life = lives_.emplace_back();
    life.address = address;
    life_of_[address] = &life;
    const auto configure = [&](Application& app, Node&) {
      for (const std::string& service : services) {
        ComponentOptions options;
        options.name = service;
        app.add<Service>(std::move(options), ledger_, life, service);
      }
      observe(app, ledger_, life);
    };
    address == "master:1" ? cluster_.add_master(address, configure) : cluster_.add(address, configure);
  }
  void end(const std::string& address) {
    if (is_up(address) && ledger_.chance(3)) {
      note("stop " + address);
      before_end();
      cluster_.stop(address);
    } else {
      note("kill " + address);
      before_end();
      life_of_[address]->ended = true;
      cluster_.kill(address);
      frozen_.erase(address);
    }
    on_ended(address);
    down_[address] = now() + ledger_.between(100, 4000);
  }
  void thaw(const std::string& address) {
    note("thaw " + address);
    cluster_.thaw(address);
    frozen_.erase(address);
    on_thawed(address);
  }
  void freeze(const std::string& address, int most_ms) {
    if (!is_up(address)) return;
    cluster_.freeze(address);
    frozen_[address] = now() + ledger_.between(50, most_ms);
  }

  std::map<std::string, TimePoint> frozen_;  // until
  std::map<std::string, TimePoint> down_;
  std::map<std::pair<std::string, std::string>, TimePoint> cuts_;
};

}  // namespace nano::cluster::testing
