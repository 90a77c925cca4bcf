// Internal header. Router: the members of the cluster by what they offer, and the choices made among them.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/node/routing.h"
#include "cluster/registry/member.h"

namespace nano::cluster {

/// Knows the other members, not the node itself: what is here is handled here. Logic thread only.
class Router {
 public:
  /// Whether a member should get messages of sessions that have no choice yet, while there are others.
  using Usable = std::function<bool(const Member& member)>;
  /// A session whose messages for the service went to a member that is not asked any more.
  struct Lost {
    SessionId session;
    std::string service;
  };

  /// `random` must outlive this.
  Router(std::mt19937_64& random, Usable usable) : random_(random), usable_(std::move(usable)) {}

  /// For one service; others are routed at random.
  void set_routing(std::string service, Routing routing);

  void add(const Member& member);
  void remove(const std::string& address) { members_.erase(address); }
  /// Sessions whose messages went there are routed anew: those, by id.
  std::vector<Lost> forget_choices(const std::string& address);
  /// Whether any member has ever offered the service.
  bool knows(std::string_view service) const { return known_services_.contains(service); }
  const std::map<std::string, Member>& members() const { return members_; }
  /// Null if there is none.
  const Member* find(const std::string& address) const;

  /// The member that handles the session's messages for the service; null when nobody does.
  const Member* route(Session& session, std::string_view service);
  /// For a call that is no session's: any member that offers the service.
  const Member* any(std::string_view service);
  void forget(SessionId session) { choices_.erase(session); }

 private:
  using Choices = std::map<std::string, std::string, std::less<>>;  // from service to address

  std::vector<const Member*> candidates(std::string_view service) const;
  const Member* pick(const std::vector<const Member*>& members);
  const Member* choose(Session& session, std::string_view service);
  static const Member* ask(const RoutingFunction& function, Session& session, std::string_view service,
                           const std::vector<const Member*>& members);

  std::mt19937_64& random_;
  const Usable usable_;
  std::map<std::string, Member> members_;                 // by address
  std::map<std::string, Routing, std::less<>> routings_;  // by service
  std::map<SessionId, Choices> choices_;
  std::set<std::string, std::less<>> known_services_;
};

}  // namespace nano::cluster
