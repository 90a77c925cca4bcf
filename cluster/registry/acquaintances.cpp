#include "cluster/registry/acquaintances.h"

#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {

bool Acquaintances::meet_all() {
  bool any = false;
  for (const Member& member : members_.all()) {
    if (member.link_version == 0) continue;
    any = true;
    meet(member.address);
  }
  return any;
}

CallOutcome Acquaintances::on_meet(std::string_view request) {
  const auto other = parse<clusterpb::Acquaintance>(request);
  if (!other) return undecodable();
  if (stopped_) return refusal("this node is leaving the cluster");
  const std::string answer = whom_we_know();
  hear_of(*other);
  return answer;
}

void Acquaintances::note_gone(const Member& member) {
  const TimePoint now = scheduler_.listened();
  std::erase_if(gone_, [now](const auto& gone) { return gone.second.believed_until <= now; });
  if (gone_.size() >= limits::members) return;
  gone_.insert_or_assign(member.address, Gone{member.incarnation, now + limits::gone_member_remembered});
}

bool Acquaintances::is_gone(const Member& member) const {
  const auto gone = gone_.find(member.address);
  return gone != gone_.end() && gone->second.incarnation == member.incarnation &&
         scheduler_.listened() < gone->second.believed_until;
}

void Acquaintances::stop() {
  stopped_ = true;
  calls_.clear();
}

void Acquaintances::meet(const std::string& address) {
  if (!begin_call(address)) return;
  calls_.at(address)->call(method::meet, whom_we_know(), limits::master_call_timeout,
                           [this, address](const CallOutcome& outcome) {
                             end_call(address);
                             if (!outcome.ok()) return;
                             if (const auto other = parse<clusterpb::Acquaintance>(outcome.response())) {
                               hear_of(*other);
                             }
                           });
}

/// The other one is there, as it says so itself. Whether those that it knows are is asked of them.
void Acquaintances::hear_of(const clusterpb::Acquaintance& other) {
  std::string problem;
  if (auto member = to_member(other.self(), problem); member && !is_gone(*member)) {
    members_.put(std::move(*member));
  }
  for (const clusterpb::MemberInfo& info : other.members()) {
    const auto member = to_member(info, problem);
    if (!member || member->address == self_.address || members_.knows(member->address)) continue;
    member->link_version == 0 ? introduce_to(*member) : meet(member->address);
  }
}

/// A node of Go Nano that is told of a member twice ends when that one goes: so it is told first that it
/// went.
void Acquaintances::introduce_to(const Member& go_node) {
  if (!begin_call(go_node.address)) return;
  clusterpb::DelMemberRequest request;
  request.set_serviceaddr(self_.address);
  calls_.at(go_node.address)
      ->call(method::delete_member, request.SerializeAsString(), limits::master_call_timeout,
             [this, go_node](const CallOutcome& outcome) {
               outcome.ok() ? tell_go_node(go_node) : end_call(go_node.address);
             });
}

void Acquaintances::tell_go_node(const Member& go_node) {
  clusterpb::NewMemberRequest request;
  fill(self_, *request.mutable_memberinfo());
  calls_.at(go_node.address)
      ->call(method::new_member, request.SerializeAsString(), limits::master_call_timeout,
             [this, go_node](const CallOutcome& outcome) {
               end_call(go_node.address);
               if (outcome.ok()) members_.put(go_node);
             });
}

/// False: there is one, or too many.
bool Acquaintances::begin_call(const std::string& address) {
  if (stopped_ || calls_.contains(address) || calls_.size() >= limits::members) return false;
  calls_.emplace(address, network_.connect(address));
  return true;
}

/// The channel may be on the stack.
void Acquaintances::end_call(const std::string& address) {
  auto channel = calls_.extract(address);
  scheduler_.post([channel = std::move(channel)] {});
}

std::string Acquaintances::whom_we_know() const {
  clusterpb::Acquaintance acquaintance;
  fill(self_, *acquaintance.mutable_self());
  for (const Member& member : members_.all()) fill(member, *acquaintance.add_members());
  return acquaintance.SerializeAsString();
}

}  // namespace nano::cluster
