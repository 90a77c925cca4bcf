#include "examples/cluster/places.h"

#include <optional>
#include <string>

namespace cluster_chat {

using nano::cluster::Member;

namespace {

// The gate's note of the node that serves the session.
constexpr std::string_view place = "place";

}  // namespace

const Member* place_of(std::string_view room, const std::vector<const Member*>& candidates) {
  return nano::cluster::rendezvous(room, candidates, &Member::label);
}

const Member* route_by_room(nano::Session& session, std::string_view /*service*/,
                            const std::vector<const Member*>& candidates) {
  const std::optional<std::string> room = session.shared<std::string>("room");
  const Member* chosen = room ? place_of(*room, candidates) : nullptr;
  if (chosen) session.set(place, *chosen);
  return chosen;
}

void forget_place(nano::Session& session) { session.remove(place); }

bool moves_to(const Member& newcomer, nano::Session& session) {
  const Member* const current = session.get<Member>(place);
  if (current == nullptr) return false;
  const std::string room = session.shared<std::string>("room").value_or("");
  return place_of(room, {current, &newcomer}) == &newcomer;
}

}  // namespace cluster_chat
