#include "examples/cluster/room.h"

#include <optional>

#include "examples/cluster/text.h"

namespace cluster_chat {
namespace {

/// This node's own note of where the session is, under the name `joined`; gone when it has left.
struct Membership {
  std::string room;
  nano::Subscription when_closed;
};
constexpr std::string_view joined = "joined";

std::string name_of(nano::Session& session) { return session.shared<std::string>("name").value_or(""); }

std::vector<std::string> names_of(const nano::Group& members) {
  std::vector<std::string> names;
  for (nano::Session* member : members.members()) names.push_back(name_of(*member));
  return names;
}

}  // namespace

nano::Result<JoinReply> Room::join(nano::Session& session) {
  const std::optional<std::string> room = session.shared<std::string>("room");
  if (!room) return nano::Error{"not_logged_in", "Please log in at the gate first."};
  Talk& talk = talks_[*room];
  // One who asks again, for want of an answer, gets the same one.
  if (!session.has(joined)) {
    const std::string name = name_of(session);
    if (is_taken(name, talk)) return nano::Error{"name_taken", "Somebody in the room has this name already."};
    add(session, *room, talk);
  }
  return JoinReply{node_name_, names_of(talk.members), {talk.history.begin(), talk.history.end()}};
}

void Room::add(nano::Session& session, const std::string& room, Talk& talk) {
  session.set(joined, Membership{room, session.on_closed([this](nano::Session& closed) { leave(closed); })});
  talk.members.add(session);
  talk.members.multicast("onJoin", MembersChanged{name_of(session), names_of(talk.members)},
                         [&](nano::Session& other) { return &other != &session; });
  session.notify("Stats.Came", Nothing{});
}

nano::Result<void> Room::say(nano::Session& session, const SayRequest& request) {
  const Membership* membership = session.get<Membership>(joined);
  const std::string text = trimmed(request.text);
  if (membership == nullptr) return nano::Error{"not_joined", "Please join the room first."};
  if (text.empty()) return nano::Error{"text_invalid", "Please enter a text."};
  if (count_characters(text) > text_characters_max) {
    return nano::Error{"text_invalid", "A text has at most 1000 characters."};
  }
  Talk& talk = talks_[membership->room];
  talk.history.push_back({name_of(session), text, wall_time().time_since_epoch().count(), node_name_});
  if (talk.history.size() > history_lines) talk.history.pop_front();
  talk.members.broadcast("onMessage", talk.history.back());
  session.notify("Stats.Said", Nothing{});
  return {};
}

void Room::leave(nano::Session& session) {
  const Membership* membership = session.get<Membership>(joined);
  if (membership == nullptr) return;
  const auto found = talks_.find(membership->room);
  session.remove(joined);
  // A closed session leaves the group first, and others may have left since.
  if (found == talks_.end()) return;

  nano::Group& members = found->second.members;
  members.leave(session);
  members.broadcast("onLeave", MembersChanged{name_of(session), names_of(members)});
  if (members.empty()) talks_.erase(found);
}

bool Room::is_taken(const std::string& name, const Talk& talk) const {
  for (nano::Session* member : talk.members.members()) {
    if (name_of(*member) == name) return true;
  }
  return false;
}

}  // namespace cluster_chat
