#include "cluster/registry/etcd_registry.h"

#include <algorithm>
#include <set>
#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

EtcdOptions without_last_slash(EtcdOptions options) {
  while (options.prefix.ends_with('/')) options.prefix.pop_back();
  return options;
}

}  // namespace

EtcdRegistry::EtcdRegistry(Scheduler& scheduler, Network& network, EtcdOptions options)
    : scheduler_(scheduler),
      client_(scheduler, network, without_last_slash(std::move(options))),
      members_prefix_(client_.options().prefix + "/members/"),
      registration_(client_),
      watch_(client_, members_prefix_, *this),
      members_(scheduler) {
  client_.on_lost([this] { watch_.restart(); });
}

void EtcdRegistry::join(Member self, RegistryEvents& events) {
  self_ = self;
  events_ = &events;
  members_.start(self_.address, events);
  registration_.start(std::move(self), [this](std::uint32_t gate_number) { on_registered(gate_number); });
}

void EtcdRegistry::on_registered(std::uint32_t gate_number) {
  if (std::exchange(joined_, true)) return;
  self_.gate_number = gate_number;
  scheduler_.log().info("joined the cluster",
                        {{"etcd_prefix", client_.options().prefix}, {"gate_number", gate_number}});
  events_->on_joined(gate_number);
  watch_.start();
}

void EtcdRegistry::leave(Function<void()> done) {
  watch_.stop();
  members_.stop();
  registration_.stop(limits::leave_timeout, std::move(done));
}

void EtcdRegistry::on_list(const etcd::RangeResponse& list) {
  std::set<std::string> listed;
  bool lists_self = false;
  for (const etcd::KeyValue& entry : list.kvs()) {
    listed.insert(address_of(entry));
    std::optional<Member> member = member_of(entry);
    if (!member) continue;
    lists_self |= member->address == self_.address && member->incarnation == self_.incarnation;
    members_.put(std::move(*member));
  }
  if (!lists_self) registration_.put_again();
  members_.miss_others(listed, registration_.lease_ttl());
}

void EtcdRegistry::on_change(const etcd::KeyValue& entry, bool present) {
  std::optional<Member> member = present ? member_of(entry) : std::nullopt;
  const std::string address = address_of(entry);
  if (address == self_.address) {
    if (!member || member->incarnation != self_.incarnation) registration_.put_again();
  } else if (member) {
    members_.put(std::move(*member));
  } else if (!present) {
    members_.remove(address);
  }
}

std::string EtcdRegistry::address_of(const etcd::KeyValue& entry) const {
  return entry.key().substr(std::min(entry.key().size(), members_prefix_.size()));
}

std::optional<Member> EtcdRegistry::member_of(const etcd::KeyValue& entry) const {
  std::string problem = "it is no MemberInfo";
  const auto info = parse<clusterpb::MemberInfo>(entry.value());
  std::optional<Member> member = info ? to_member(*info, problem) : std::nullopt;
  if (member && member->address == address_of(entry)) return member;
  if (member) problem = "it is of " + member->address;
  scheduler_.log()
      .limited(entry.key())
      .warning("an entry in etcd is of no use", {{"key", entry.key()}, {"error", problem}});
  return std::nullopt;
}

}  // namespace nano::cluster
