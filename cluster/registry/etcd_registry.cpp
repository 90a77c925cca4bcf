#include "cluster/registry/etcd_registry.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

constexpr Duration leave_timeout = std::chrono::seconds{2};

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
      watch_(client_, members_prefix_, *this) {
  client_.on_lost([this] { watch_.restart(); });
}

void EtcdRegistry::join(Member self, RegistryEvents& events) {
  self_ = self;
  events_ = &events;
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
  grace_.cancel();
  registration_.stop(leave_timeout, std::move(done));
}

void EtcdRegistry::on_list(const etcd::RangeResponse& list) {
  std::set<std::string> listed;
  bool lists_self = false;
  for (const etcd::KeyValue& entry : list.kvs()) {
    listed.insert(address_of(entry));
    std::optional<Member> member = member_of(entry);
    if (!member) continue;
    lists_self |= member->address == self_.address && member->incarnation == self_.incarnation;
    put(std::move(*member));
  }
  if (!lists_self) registration_.put_again();
  for (auto& [address, known] : known_) {
    if (!listed.contains(address) && !known.missing_since) known.missing_since = scheduler_.now();
  }
  drop_missing();
}

void EtcdRegistry::on_change(const etcd::KeyValue& entry, bool present) {
  std::optional<Member> member = present ? member_of(entry) : std::nullopt;
  const std::string address = address_of(entry);
  if (address == self_.address) {
    if (!member || member->incarnation != self_.incarnation) registration_.put_again();
  } else if (member) {
    put(std::move(*member));
  } else if (!present) {
    remove(address);
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
  scheduler_.log().warning("an entry in etcd is of no use", {{"key", entry.key()}, {"error", problem}});
  return std::nullopt;
}

void EtcdRegistry::put(Member member) {
  if (member.address == self_.address) return;
  const auto [place, is_new] = known_.try_emplace(member.address);
  Known& known = place->second;
  known.missing_since.reset();
  if (!is_new && known.member == member) return;
  const Member old = std::exchange(known.member, member);
  if (!is_new) events_->on_member(old, false);
  events_->on_member(member, true);
}

void EtcdRegistry::remove(const std::string& address) {
  const auto found = known_.find(address);
  if (found == known_.end()) return;
  const Member member = std::move(found->second.member);
  known_.erase(found);
  events_->on_member(member, false);
}

void EtcdRegistry::drop_missing() {
  grace_.cancel();
  const Duration grace = registration_.lease_ttl();
  std::vector<std::string> gone;
  std::optional<TimePoint> next;
  for (const auto& [address, known] : known_) {
    if (!known.missing_since) continue;
    const TimePoint end = *known.missing_since + grace;
    if (end <= scheduler_.now()) {
      gone.push_back(address);
    } else {
      next = std::min(next.value_or(end), end);
    }
  }
  if (next) grace_ = scheduler_.after(*next - scheduler_.now(), [this] { drop_missing(); });
  for (const std::string& address : gone) remove(address);
}

}  // namespace nano::cluster
