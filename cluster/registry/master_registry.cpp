#include "cluster/registry/master_registry.h"

#include <set>
#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {
namespace {

Duration from_ms(std::uint32_t milliseconds, Duration otherwise) {
  return milliseconds > 0 ? Duration{std::chrono::milliseconds{milliseconds}} : otherwise;
}

}  // namespace

MasterRegistry::MasterRegistry(Scheduler& scheduler, Network& network, const std::string& master_address,
                               Duration register_interval)
    : scheduler_(scheduler),
      master_address_(master_address),
      register_interval_(register_interval),
      master_(network.connect(master_address)),
      members_(scheduler),
      acquaintances_(scheduler, network, members_),
      heartbeat_interval_(register_interval) {}

void MasterRegistry::join(Member self, RegistryEvents& events) {
  self_ = std::move(self);
  events_ = &events;
  members_.start(self_.address, events);
  acquaintances_.start(self_);
  try_to_register();
}

template <class Request>
void MasterRegistry::call(std::string_view method, const Request& request,
                          void (MasterRegistry::*done)(const CallOutcome&), Duration timeout) {
  master_->call(method, request.SerializeAsString(), timeout,
                [this, done](CallOutcome outcome) { (this->*done)(outcome); });
}

void MasterRegistry::try_to_register() {
  registering_ = true;
  clusterpb::RegisterRequest request;
  fill_for_master(self_, *request.mutable_memberinfo());
  for (const Member& member : members_.of_go()) fill(member, *request.add_gomembers());
  call(method::register_member, request, &MasterRegistry::on_register_done, limits::register_timeout);
}

void MasterRegistry::on_register_done(const CallOutcome& outcome) {
  registering_ = false;
  if (leaving_) return say_goodbye();  // not before: it could be overtaken
  if (outcome.ok()) {
    const auto response = parse<clusterpb::RegisterResponse>(outcome.response());
    response ? on_registered(*response) : on_refused("its answer is no RegisterResponse");
  } else if (outcome.heard()) {
    on_refused(outcome.error().message);
  } else {
    if (!registered_) {
      scheduler_.log()
          .limited(master_address_)
          .warning("the master cannot be reached; trying again",
                   {{"master", master_address_}, {"error", outcome.error().message}});
    }
    next_ = scheduler_.after(register_interval_, [this] { try_to_register(); });
  }
  for (Item& item : std::exchange(early_, {})) apply(std::move(item));
}

void MasterRegistry::on_registered(const clusterpb::RegisterResponse& response) {
  const bool first = !std::exchange(registered_, true);
  const std::uint64_t master_before = std::exchange(master_incarnation_, response.master());
  const bool missed = std::exchange(forgotten_, false) && master_before == master_incarnation_;
  revision_ = response.revision();
  heartbeat_interval_ = from_ms(response.heartbeatms(), register_interval_);
  next_ = scheduler_.after(heartbeat_interval_, [this] { send_heartbeat(); });
  const std::uint32_t given = response.gatenumber();  // masters of Go Nano give none
  if (first || (given != 0 && given != self_.gate_number)) {
    if (given != 0) self_.gate_number = given;
    scheduler_.log().info("joined the cluster",
                          {{"master", master_address_}, {"gate_number", self_.gate_number}});
    events_->on_joined(self_.gate_number);
  }
  std::set<std::string> listed;
  for (const clusterpb::MemberInfo& info : response.members()) {
    std::string problem;
    listed.insert(info.serviceaddr());
    if (auto member = to_member(info, problem)) members_.put(std::move(*member));
  }
  members_.miss_nobody();  // others begin to register with the same master only now
  members_.miss_others(listed, from_ms(response.expiryms(), limits::unconfirmed_member_kept));
  if (missed) events_->on_missed();
  if (master_incarnation_ != 0) return;
  look_around_ = scheduler_.after(limits::go_registration_time + spread(limits::go_registration_spread),
                                  [this] { look_around(); });
}

/// Most of Go Nano's masters refuse an address that they know already: of this node as it was before a
/// restart, or, when this node asks again to find out, of itself. Ours refuses a node only for a reason that
/// its operator should know.
void MasterRegistry::on_refused(const std::string& why) {
  if (!registered_ || master_incarnation_ != 0) {
    scheduler_.log()
        .limited(master_address_)
        .error("the master refuses this node; trying again", {{"master", master_address_}, {"error", why}});
  }
  const bool stale = !registered_ && why.find("registered") != std::string::npos;
  if (stale && scheduler_.now() >= next_stale_unregister_) {
    // Nodes that start again together do not ask at the same moment: see stale_unregister_timeout.
    next_ = scheduler_.after(spread(register_interval_), [this] { unregister_stale(); });
    return;
  }
  next_ = scheduler_.after(register_interval_, [this] { try_to_register(); });
}

void MasterRegistry::unregister_stale() {
  unregistering_ = true;
  next_stale_unregister_ = scheduler_.now() + limits::stale_unregister_timeout;
  unregister(&MasterRegistry::on_stale_unregistered, limits::stale_unregister_timeout);
}

/// A master of Go Nano first tells all members, also the one that comes again here, and gives up at the first
/// that its gRPC has not connected to again yet. It is asked until that is done.
void MasterRegistry::on_stale_unregistered(const CallOutcome& outcome) {
  unregistering_ = false;
  if (leaving_) return on_unregistered(outcome);
  if (outcome.heard()) next_stale_unregister_ = {};  // else the master may still be at it
  next_ = scheduler_.after(register_interval_, [this] { try_to_register(); });
}

/// Whoever registered at the same time as this node has done so by now.
void MasterRegistry::look_around() {
  if (acquaintances_.meet_all() || std::exchange(came_again_, true) || registering_ || unregistering_) return;
  unregistering_ = true;
  next_.cancel();
  unregister(&MasterRegistry::on_gone_to_come_again, limits::stale_unregister_timeout);
}

/// Nobody of ours knows this node, so that nobody misses it meanwhile.
void MasterRegistry::on_gone_to_come_again(const CallOutcome& outcome) {
  unregistering_ = false;
  leaving_ ? on_unregistered(outcome) : try_to_register();
}

/// Another time for each node, up to `most`.
Duration MasterRegistry::spread(Duration most) const {
  constexpr std::uint64_t steps = 1000;
  return most / static_cast<Duration::rep>(steps) * static_cast<Duration::rep>(self_.incarnation % steps);
}

void MasterRegistry::send_heartbeat() {
  clusterpb::HeartbeatRequest request;
  fill_for_master(self_, *request.mutable_memberinfo());
  call(method::heartbeat, request, &MasterRegistry::on_heartbeat_done, limits::master_call_timeout);
}

void MasterRegistry::on_heartbeat_done(const CallOutcome& outcome) {
  if (leaving_ || registering_ || unregistering_) return;
  const bool forgotten = !outcome.ok() && outcome.error().code == NetworkErrc::refused;
  // A master without heartbeats tells whether it knows this node when it is asked to register it again.
  const bool knows_none = !outcome.ok() && outcome.error().code == NetworkErrc::unimplemented;
  forgotten_ |= forgotten;
  if (forgotten) return try_to_register();
  if (knows_none) {
    next_ = scheduler_.after(register_interval_, [this] { try_to_register(); });
    return;
  }
  next_ = scheduler_.after(heartbeat_interval_, [this] { send_heartbeat(); });
}

bool MasterRegistry::on_call(std::string_view method, std::string_view request, CallReply& reply) {
  const auto refuse = [&](std::string why) { reply(NetworkError{NetworkErrc::refused, std::move(why)}); };
  if (method == method::new_member) {
    const auto message = parse<clusterpb::NewMemberRequest>(request);
    std::string problem = "the request is no NewMemberRequest";
    std::optional<Member> member = message ? to_member(message->memberinfo(), problem) : std::nullopt;
    if (!member) return refuse(problem), true;
    const std::string address = member->address;
    hear({address, std::move(member), message->master(), message->revision()}, reply);
    return true;
  }
  if (method == method::delete_member) {
    const auto message = parse<clusterpb::DelMemberRequest>(request);
    if (!message) return refuse("the request is no DelMemberRequest"), true;
    hear({message->serviceaddr(), std::nullopt, message->master(), message->revision()}, reply);
    return true;
  }
  if (method == method::meet) {
    const bool told_of_all = registered_ && master_incarnation_ != 0;
    reply(told_of_all ? refusal("this node's master tells it of all") : acquaintances_.on_meet(request));
    return true;
  }
  return false;
}

void MasterRegistry::hear(Item item, CallReply& reply) {
  if (registering_ && early_.size() >= limits::news_kept_while_registering) {
    return reply(NetworkError{NetworkErrc::refused, "too much news for a node that is registering"});
  }
  reply(std::string{});  // NewMemberResponse and DelMemberResponse are empty
  if (registering_) return early_.push_back(std::move(item));
  apply(std::move(item));
}

void MasterRegistry::apply(Item item) {
  // What a node misses here, the answer to its next registration tells.
  if (!registered_ || item.master != master_incarnation_) return;
  if (item.revision != 0 && item.revision <= revision_) return;
  revision_ = item.revision;
  if (item.came) {
    // A process of Go Nano's cannot be told from the one before it at its address: so it is always another.
    if (item.came->link_version == 0) members_.remove(item.came->address);
    return members_.put(std::move(*item.came));
  }
  if (const Member* gone = members_.find(item.address)) acquaintances_.note_gone(*gone);
  members_.remove(item.address);
}

void MasterRegistry::leave(Function<void()> done) {
  leaving_ = true;
  members_.stop();
  acquaintances_.stop();
  look_around_.cancel();
  next_.cancel();
  if (!events_) return done();
  left_ = std::move(done);
  next_ = scheduler_.after(limits::leave_timeout, [this] { on_unregistered(std::string{}); });
  if (!registering_ && !unregistering_) say_goodbye();
}

void MasterRegistry::say_goodbye() { unregister(&MasterRegistry::on_unregistered, limits::leave_timeout); }

void MasterRegistry::unregister(void (MasterRegistry::*done)(const CallOutcome&), Duration timeout) {
  clusterpb::UnregisterRequest request;
  request.set_serviceaddr(self_.address);
  request.set_incarnation(self_.incarnation);
  call(method::unregister_member, request, done, timeout);
}

/// Told by whichever comes first, the master or the timer.
void MasterRegistry::on_unregistered(const CallOutcome&) {
  next_.cancel();
  if (Function<void()> left = std::exchange(left_, nullptr)) left();
}

}  // namespace nano::cluster
