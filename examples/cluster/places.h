// Internal header. Which chat node serves a room: all gates must find the same.
#pragma once

#include <string_view>
#include <vector>

#include "cluster/cluster.h"
#include "nano/session/session.h"

namespace cluster_chat {

/// The candidate that serves the room; null if there are none. Nodes count by their labels, so one that
/// is started again serves the same rooms as before.
const nano::cluster::Member* place_of(std::string_view room,
                                      const std::vector<const nano::cluster::Member*>& candidates);

/// A gate's way to the room of the session, which Gate.Login has noted; notes the node.
const nano::cluster::Member* route_by_room(nano::Session& session, std::string_view service,
                                           const std::vector<const nano::cluster::Member*>& candidates);

/// To be called when that node is lost.
void forget_place(nano::Session& session);

/// Whether the room of the session, which another node serves so far, is the newcomer's now. No third node is
/// asked about: it may be dead and on the list of members still.
bool moves_to(const nano::cluster::Member& newcomer, nano::Session& session);

}  // namespace cluster_chat
