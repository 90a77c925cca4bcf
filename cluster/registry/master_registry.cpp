#include "cluster/registry/master_registry.h"

#include <utility>

#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

constexpr Duration call_timeout = std::chrono::seconds{3};
constexpr Duration leave_timeout = std::chrono::seconds{2};

/// For masters that don't say how long they wait for silent members, as Go Nano's.
constexpr Duration expiry_otherwise = std::chrono::seconds{10};

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
      heartbeat_interval_(register_interval) {}

void MasterRegistry::join(Member self, RegistryEvents& events) {
  self_ = std::move(self);
  events_ = &events;
  try_to_register();
}

template <class Request>
void MasterRegistry::call(std::string_view method, const Request& request,
                          void (MasterRegistry::*done)(const CallOutcome&)) {
  master_->call(method, request.SerializeAsString(), call_timeout, [this, done](CallOutcome outcome) {
    if (!leaving_) (this->*done)(outcome);
  });
}

void MasterRegistry::try_to_register() {
  clusterpb::RegisterRequest request;
  fill(self_, *request.mutable_memberinfo());
  call(method::register_member, request, &MasterRegistry::on_registered);
}

void MasterRegistry::on_registered(const CallOutcome& outcome) {
  if (!outcome.ok()) {
    if (outcome.error().code == NetworkErrc::refused) return on_refused(outcome.error().message);
    if (!registered_) {
      scheduler_.log().warning("the master cannot be reached; trying again",
                               {{"master", master_address_}, {"error", outcome.error().message}});
    }
    next_ = scheduler_.after(register_interval_, [this] { try_to_register(); });
    return;
  }
  const auto response = parse<clusterpb::RegisterResponse>(outcome.response());
  if (!response) return on_refused("its answer is no RegisterResponse");
  const bool first = !std::exchange(registered_, true);
  heartbeat_interval_ = from_ms(response->heartbeatms(), register_interval_);
  const std::uint32_t given = response->gatenumber();  // masters of Go Nano give none
  if (first || (given != 0 && given != self_.gate_number)) {
    if (given != 0) self_.gate_number = given;
    scheduler_.log().info("joined the cluster",
                          {{"master", master_address_}, {"gate_number", self_.gate_number}});
    events_->on_joined(self_.gate_number);
  }
  for (auto& [address, known] : known_) known.confirmed = false;
  for (const clusterpb::MemberInfo& info : response->members()) {
    std::string problem;
    if (auto member = to_member(info, problem)) put(std::move(*member));
  }
  grace_ = scheduler_.after(from_ms(response->expiryms(), expiry_otherwise), [this] { drop_unconfirmed(); });
  next_ = scheduler_.after(heartbeat_interval_, [this] { send_heartbeat(); });
}

/// One version of Go Nano's master refuses an address that it knows already: of this node as it was before a
/// restart, or, when this node asks again to find out, of itself.
void MasterRegistry::on_refused(const std::string& why) {
  if (!registered_) {
    scheduler_.log().error("the master refuses this node; trying again",
                           {{"master", master_address_}, {"error", why}});
    clusterpb::UnregisterRequest request;
    request.set_serviceaddr(self_.address);
    master_->call(method::unregister_member, request.SerializeAsString(), call_timeout, [](CallOutcome) {});
  }
  next_ = scheduler_.after(register_interval_, [this] { try_to_register(); });
}

void MasterRegistry::send_heartbeat() {
  clusterpb::HeartbeatRequest request;
  fill(self_, *request.mutable_memberinfo());
  call(method::heartbeat, request, &MasterRegistry::on_heartbeat_done);
}

void MasterRegistry::on_heartbeat_done(const CallOutcome& outcome) {
  const bool forgotten = !outcome.ok() && outcome.error().code == NetworkErrc::refused;
  // A master without heartbeats tells whether it knows this node when it is asked to register it again.
  const bool knows_none = !outcome.ok() && outcome.error().code == NetworkErrc::unimplemented;
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
    put(std::move(*member));
    reply(clusterpb::NewMemberResponse{}.SerializeAsString());
    return true;
  }
  if (method == method::delete_member) {
    const auto message = parse<clusterpb::DelMemberRequest>(request);
    if (!message) return refuse("the request is no DelMemberRequest"), true;
    remove(message->serviceaddr());
    reply(clusterpb::DelMemberResponse{}.SerializeAsString());
    return true;
  }
  return false;
}

void MasterRegistry::put(Member member) {
  if (member.address == self_.address) return;
  const auto [place, is_new] = known_.try_emplace(member.address);
  Known& known = place->second;
  known.confirmed = true;
  if (!is_new && known.member == member) return;
  const Member old = std::exchange(known.member, member);
  if (!is_new) events_->on_member(old, false);
  events_->on_member(member, true);
}

void MasterRegistry::remove(const std::string& address) {
  const auto found = known_.find(address);
  if (found == known_.end()) return;
  const Member member = std::move(found->second.member);
  known_.erase(found);
  events_->on_member(member, false);
}

void MasterRegistry::drop_unconfirmed() {
  std::vector<std::string> gone;
  for (const auto& [address, known] : known_) {
    if (!known.confirmed) gone.push_back(address);
  }
  for (const std::string& address : gone) remove(address);
}

void MasterRegistry::leave(Function<void()> done) {
  leaving_ = true;
  next_.cancel();
  grace_.cancel();
  if (!registered_) return done();
  clusterpb::UnregisterRequest request;
  request.set_serviceaddr(self_.address);
  auto told = std::make_shared<Function<void()>>(std::move(done));
  master_->call(method::unregister_member, request.SerializeAsString(), leave_timeout,
                [told](CallOutcome) { (*told)(); });
}

}  // namespace nano::cluster
