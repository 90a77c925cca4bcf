// Internal header. For tests: as much of an etcd as the registry uses, in memory and in virtual time, which
// can do on demand what a real one does seldom.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cluster/registry/etcd.pb.h"
#include "cluster/registry/etcd_client.h"
#include "cluster/registry/messages.h"
#include "cluster/testing/memory_network.h"

namespace nano::cluster {

class FakeEtcd final : public Service {
 public:
  FakeEtcd(testing::MemoryNetwork& hub, Scheduler& scheduler, std::string address)
      : hub_(hub), scheduler_(scheduler), address_(std::move(address)) {
    start();
  }

  void start() {
    network_ = hub_.join(scheduler_, address_);
    network_->listen(address_, *this);
  }
  /// Its data stay; leases last anew from the next start on, as etcd's do.
  void stop() {
    streams_.clear();
    network_.reset();
    for (auto& [id, lease] : leases_) lease.timer.cancel();
  }
  void lose_data() {
    keys_.clear();
    leases_.clear();
    history_.clear();
    revision_ = 1;
  }
  void put(const std::string& key, std::string value, std::int64_t lease = 0) {
    ++revision_;
    etcd::Event event;
    event.mutable_kv()->set_key(key);
    event.mutable_kv()->set_value(std::move(value));
    event.mutable_kv()->set_mod_revision(revision_);
    event.mutable_kv()->set_lease(lease);
    keys_[key] = event.kv();
    tell(event);
  }
  void remove(const std::string& key) {
    if (keys_.erase(key) == 0) return;
    ++revision_;
    etcd::Event event;
    event.set_type(etcd::Event::DELETE);
    event.mutable_kv()->set_key(key);
    event.mutable_kv()->set_mod_revision(revision_);
    tell(event);
  }
  void end_leases() {
    while (!leases_.empty()) end_lease(leases_.begin()->first);
  }
  bool has(const std::string& key) const { return keys_.contains(key); }
  std::size_t lease_count() const { return leases_.size(); }

  std::string password = "";   ///< asks for a token if there is one
  bool token_is_good = false;  ///< the one that was given last
  int tokens_given = 0;
  bool compacts_before_watches = false;  ///< something happens, and is forgotten, before the next one
  int watches = 0;

  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (method == etcd_method::authenticate) return reply(authenticate(request));
    if (!password.empty() && !token_is_good) return reply(refusal("etcdserver: invalid auth token"));
    if (method == etcd_method::range) return reply(range(*parse<etcd::RangeRequest>(request)));
    if (method == etcd_method::txn) return reply(transact(*parse<etcd::TxnRequest>(request)));
    if (method == etcd_method::lease_grant)
      return reply(grant(parse<etcd::LeaseGrantRequest>(request)->ttl()));
    if (method == etcd_method::lease_revoke) {
      end_lease(parse<etcd::LeaseRevokeRequest>(request)->id());
      return reply(std::string{});
    }
    reply(NetworkError{NetworkErrc::unimplemented, std::string{method}});
  }

  StreamEvents* on_stream(std::string_view method, std::unique_ptr<Stream> stream) override {
    streams_.push_back(std::make_unique<Open>(*this, method == etcd_method::watch, std::move(stream)));
    return streams_.back().get();
  }

 private:
  struct Lease {
    std::int64_t ttl;
    Timer timer;
  };

  class Open final : public StreamEvents {
   public:
    Open(FakeEtcd& etcd, bool watches, std::unique_ptr<Stream> stream)
        : etcd_(etcd), watches_(watches), stream_(std::move(stream)) {}
    void on_message(std::string_view message) override {
      if (watches_) return start_watch(*parse<etcd::WatchRequest>(message));
      etcd::LeaseKeepAliveResponse response;
      response.set_id(parse<etcd::LeaseKeepAliveRequest>(message)->id());
      response.set_ttl(etcd_.refresh(response.id()));
      stream_->send(response.SerializeAsString());
    }
    void on_closed(const NetworkError&) override { open_ = false; }
    void tell(const etcd::Event& event) {
      const bool inside = open_ && event.kv().key() >= key_ && event.kv().key() < range_end_;
      if (!inside || event.kv().mod_revision() < start_) return;
      etcd::WatchResponse response;
      *response.add_events() = event;
      stream_->send(response.SerializeAsString());
    }

   private:
    void start_watch(const etcd::WatchRequest& request) {
      ++etcd_.watches;
      if (std::exchange(etcd_.compacts_before_watches, false)) etcd_.change_and_compact();
      etcd::WatchResponse response;
      response.set_created(true);
      start_ = request.create_request().start_revision();
      if (start_ <= etcd_.compacted_) {
        response.set_canceled(true);
        response.set_compact_revision(etcd_.compacted_);
        return stream_->send(response.SerializeAsString());
      }
      stream_->send(response.SerializeAsString());
      key_ = request.create_request().key();
      range_end_ = request.create_request().range_end();
      for (const etcd::Event& event : etcd_.history_) tell(event);
    }

    FakeEtcd& etcd_;
    const bool watches_;
    std::unique_ptr<Stream> stream_;
    bool open_ = true;
    std::string key_;
    std::string range_end_;
    std::int64_t start_ = 0;
  };

  static CallOutcome refusal(std::string text) { return NetworkError{NetworkErrc::refused, std::move(text)}; }

  CallOutcome authenticate(std::string_view request) {
    if (password.empty()) return refusal("etcdserver: authentication is not enabled");
    if (parse<etcd::AuthenticateRequest>(request)->password() != password) {
      return refusal("etcdserver: authentication failed, invalid user ID or password");
    }
    token_is_good = true;
    etcd::AuthenticateResponse response;
    response.set_token("token." + std::to_string(++tokens_given));
    return response.SerializeAsString();
  }
  std::string range(const etcd::RangeRequest& request) const { return found(request).SerializeAsString(); }
  etcd::RangeResponse found(const etcd::RangeRequest& request) const {
    etcd::RangeResponse response;
    response.mutable_header()->set_revision(revision_);
    for (const auto& [key, entry] : keys_) {
      const bool inside = request.range_end().empty() ? key == request.key()
                                                      : key >= request.key() && key < request.range_end();
      if (inside) *response.add_kvs() = entry;
    }
    return response;
  }
  CallOutcome transact(const etcd::TxnRequest& request) {
    const etcd::Compare& condition = request.compare(0);
    const auto entry = keys_.find(condition.key());
    const std::int64_t revision = entry == keys_.end() ? 0 : entry->second.mod_revision();
    etcd::TxnResponse response;
    response.set_succeeded(revision == condition.mod_revision());
    if (response.succeeded()) {
      const etcd::PutRequest& write = request.success(0).request_put();
      if (write.lease() != 0 && !leases_.contains(write.lease())) {
        return refusal("etcdserver: requested lease not found");
      }
      put(write.key(), write.value(), write.lease());
    } else {
      *response.add_responses()->mutable_response_range() = found(request.failure(0).request_range());
    }
    response.mutable_header()->set_revision(revision_);
    return response.SerializeAsString();
  }
  std::string grant(std::int64_t ttl) {
    etcd::LeaseGrantResponse response;
    response.set_id(++last_lease_);
    response.set_ttl(ttl);
    leases_[last_lease_].ttl = ttl;
    refresh(last_lease_);
    return response.SerializeAsString();
  }
  std::int64_t refresh(std::int64_t id) {
    const auto lease = leases_.find(id);
    if (lease == leases_.end()) return 0;
    lease->second.timer =
        scheduler_.after(std::chrono::seconds{lease->second.ttl}, [this, id] { end_lease(id); });
    return lease->second.ttl;
  }
  void end_lease(std::int64_t id) {
    leases_.erase(id);
    std::vector<std::string> gone;
    for (const auto& [key, entry] : keys_) {
      if (entry.lease() == id) gone.push_back(key);
    }
    for (const std::string& key : gone) remove(key);
  }
  void change_and_compact() {
    put("/elsewhere", "");
    compacted_ = revision_;
    history_.clear();
  }
  void tell(const etcd::Event& event) {
    history_.push_back(event);
    for (const auto& stream : streams_) stream->tell(event);
  }

  testing::MemoryNetwork& hub_;
  Scheduler& scheduler_;
  const std::string address_;
  std::unique_ptr<Network> network_;
  std::map<std::string, etcd::KeyValue> keys_;
  std::map<std::int64_t, Lease> leases_;
  std::vector<etcd::Event> history_;
  std::int64_t revision_ = 1;
  std::int64_t compacted_ = 0;
  std::int64_t last_lease_ = 100;
  std::vector<std::unique_ptr<Open>> streams_;  // after the network: they end first
};

}  // namespace nano::cluster
