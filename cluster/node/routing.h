// Public header. Routing: which member of the cluster handles the messages of a session.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/registry/member.h"
#include "nano/session/session.h"

namespace nano::cluster {

/// Chooses one of `candidates`: the members that offer `service`, by address, never empty. Null: none of
/// them; the message is then answered `unavailable`, as after an exception. Logic thread; must not keep the
/// pointers.
using RoutingFunction = std::function<const Member*(Session& session, std::string_view service,
                                                    const std::vector<const Member*>& candidates)>;

/// How the member is found that handles a session's messages for a service. Whatever way it was chosen, the
/// choice holds for the session until that member leaves the cluster.
struct Routing {
  enum class Way {
    random,    ///< any of them
    uid_hash,  ///< sessions of one user meet at one member, also after they come again; without a uid: random
    function,  ///< as the application says
  };

  static Routing random() { return {Way::random, nullptr}; }
  static Routing by_uid() { return {Way::uid_hash, nullptr}; }
  static Routing by(RoutingFunction function) { return {Way::function, std::move(function)}; }

  Way way = Way::random;
  RoutingFunction function = nullptr;
};

}  // namespace nano::cluster
