#include "cluster/node/membership.h"

#include <stdexcept>
#include <utility>

#include "cluster/network/limits.h"
#include "cluster/node/make_registry.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

constexpr std::uint32_t link_version = 1;

/// Not 0, which Go Nano's nodes have.
std::uint64_t draw_incarnation(std::mt19937_64& random) {
  for (;;) {
    if (const std::uint64_t drawn = random(); drawn != 0) return drawn;
  }
}

}  // namespace

Membership::Membership(SessionHost& host, Network& network, const NodeOptions& options,
                       std::mt19937_64& random, MembershipEvents& events)
    : host_(host), network_(network), options_(options), events_(events) {
  self_.address = options.address;
  self_.label = options.label;
  self_.link_version = link_version;
  self_.incarnation = draw_incarnation(random);
}

void Membership::join(std::vector<std::string> services, Service& service, Function<void()> joined) {
  joined_ = std::move(joined);
  self_.services = std::move(services);
  listen(service);
  const std::string problem = problem_of(self_);
  if (!problem.empty()) throw std::invalid_argument("No cluster takes this node: " + problem + ".");
  registry_ = make_registry(host_.scheduler(), network_, options_);
  registry_->join(self_, *this);
}

void Membership::listen(Service& service) {
  const std::string listening =
      network_.listen(options_.listen.empty() ? options_.address : options_.listen, service);
  if (self_.address.ends_with(":0")) {
    self_.address.replace(self_.address.size() - 2, 2, listening.substr(listening.rfind(':')));
  }
  host_.log().info("cluster node listening", {{"address", self_.address}, {"on", listening}});
}

void Membership::on_joined(std::uint32_t gate_number) {
  // Masters of Go Nano give no numbers. One drawn at random out of 2^31 is unlikely to be another's.
  self_.gate_number =
      gate_number != 0 ? gate_number : static_cast<std::uint32_t>(self_.incarnation >> 33) | 1;
  host_.sessions.set_gate_number(self_.gate_number);
  if (joined_) host_.scheduler().post(std::exchange(joined_, {}));
}

void Membership::on_member(const Member& member, bool present) {
  if (member.address == self_.address) return;
  events_.on_member(member, present);
  callbacks_.call_each(
      [&](auto& callback) { host_.scheduler().run_now([&] { callback(member, present); }, "on_member"); });
}

void Membership::leave(Function<void()> left) {
  if (!registry_) return left();
  left_ = std::move(left);
  registry_->leave([this] {
    leave_timer_ = host_.scheduler().after(limits::leave_grace, [this] { std::exchange(left_, {})(); });
  });
}

}  // namespace nano::cluster
