#include "cluster/node/node.h"

#include <utility>

#include "cluster/node/make_registry.h"
#include "cluster/node/node_core.h"
#include "cluster/node/start_check.h"
#include "cluster/session/remote_session.h"
#include "nano/session/route.h"

namespace nano::cluster {

Node::Node(Application& app, NodeOptions options) : app_(app) {
  app.configure([&] {
    options.check();
    if (options.standalone()) return;
    check_tls_files(options);
    warn_at_start(options, app.log());
    auto network = make_network(app.scheduler(), options);
    core_ = std::make_unique<Core>(app, std::move(options), std::move(network));
  });
}

Node::Node(Application& app, NodeOptions options, std::unique_ptr<Network> network) : app_(app) {
  options.check();
  if (!options.standalone()) core_ = std::make_unique<Core>(app, std::move(options), std::move(network));
}

Node::~Node() = default;

void Node::set_routing(std::string service, Routing routing) {
  if (core_) core_->router().set_routing(std::move(service), std::move(routing));
}

Member Node::self() const { return core_ ? core_->membership().self() : Member{}; }

std::vector<Member> Node::members() const {
  std::vector<Member> members;
  if (!core_) return members;
  for (const auto& [address, member] : core_->router().members()) members.push_back(member);
  return members;
}

std::size_t Node::pending_requests() const { return core_ ? core_->pending_requests() : 0; }

Subscription Node::on_member(Function<void(const Member&, bool)> callback) {
  return core_ ? core_->membership().on_member_callback(std::move(callback)) : Subscription{};
}

Subscription Node::on_service_lost(Function<void(Session&, std::string_view)> callback) {
  return core_ ? core_->lost_services().on_lost(std::move(callback)) : Subscription{};
}

void Node::push_bytes_to_user(std::int64_t uid, std::string_view route, std::string_view payload) {
  require_utf8_route(route);
  require_fits_wire(route, protocol::as_bytes(payload));
  if (core_) return core_->users().push(uid, route, payload);
  for (const SessionPtr& session : app_.find_user(uid)) session->push(route, payload);
}

void Node::kick_user(std::int64_t uid, std::string_view reason) {
  if (core_) return core_->users().kick(uid, reason);
  for (const SessionPtr& session : app_.find_user(uid)) session->kick(reason);
}

}  // namespace nano::cluster
