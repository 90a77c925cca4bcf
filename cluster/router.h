// Internal header. Router: the members of the cluster by what they offer, and the choices made among them.
#pragma once

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/registry/member.h"
#include "cluster/routing.h"

namespace nano::cluster {

/// Knows the other members, not the node itself: what is here is handled here. Logic thread only.
class Router {
 public:
  /// `random` must outlive this.
  explicit Router(std::mt19937_64& random) : random_(random) {}

  /// For one service; others are routed at random.
  void set_routing(std::string service, Routing routing);

  void add(const Member& member);
  /// Sessions whose messages went there are routed anew.
  void remove(const std::string& address);
  /// Null if there is none.
  const Member* find(const std::string& address) const;

  /// The member that handles the session's messages for the service; null when nobody does.
  const Member* route(Session& session, std::string_view service);
  /// For a call that is no session's: any member that offers the service.
  const Member* any(std::string_view service);
  /// The addresses that the session's messages went to, each once.
  std::vector<std::string> chosen_for(SessionId session) const;
  void forget(SessionId session) { choices_.erase(session); }

 private:
  using Choices = std::map<std::string, std::string, std::less<>>;  // from service to address

  std::vector<const Member*> candidates(std::string_view service) const;
  const Member* pick(const std::vector<const Member*>& members);
  const Member* choose(Session& session, std::string_view service);

  std::mt19937_64& random_;
  std::map<std::string, Member> members_;                 // by address
  std::map<std::string, Routing, std::less<>> routings_;  // by service
  std::map<SessionId, Choices> choices_;
};

}  // namespace nano::cluster
