#include "examples/chat/room.h"

namespace chat {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Characters, not bytes: the continuation bytes of UTF-8 don't count.
std::size_t count_characters(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

const std::string& name_of(nano::Session& session) { return *session.get<std::string>("name"); }

}  // namespace

nano::Result<JoinReply> Room::join(nano::Session& session, const JoinRequest& request) {
  const std::string name = trimmed(request.name);
  if (name.empty()) return nano::Error{"name_invalid", "Please enter a name."};
  if (count_characters(name) > name_characters_max) {
    return nano::Error{"name_invalid", "A name has at most 24 characters."};
  }
  if (members_.contains(session)) return nano::Error{"already_joined", "You are in the room already."};
  if (is_taken(name)) return nano::Error{"name_taken", "Somebody in the room has this name already."};

  session.set("name", name);
  session.on_closed([this](nano::Session& closed) { leave(closed); }).detach();
  members_.add(session);
  const std::vector<std::string> names = member_names();
  members_.multicast("onJoin", MembersChanged{name, names},
                     [&](nano::Session& other) { return &other != &session; });
  return JoinReply{name, names, {history_.begin(), history_.end()}};
}

void Room::say(nano::Session& session, const SayRequest& request) {
  const std::string text = trimmed(request.text);
  if (!members_.contains(session) || text.empty() || count_characters(text) > text_characters_max) return;

  history_.push_back({name_of(session), text, wall_time().time_since_epoch().count()});
  if (history_.size() > history_lines) history_.pop_front();
  members_.broadcast("onMessage", history_.back());
}

void Room::leave(nano::Session& session) {
  members_.broadcast("onLeave", MembersChanged{name_of(session), member_names()});
}

bool Room::is_taken(const std::string& name) const {
  for (nano::Session* member : members_.members()) {
    if (name_of(*member) == name) return true;
  }
  return false;
}

std::vector<std::string> Room::member_names() const {
  std::vector<std::string> names;
  for (nano::Session* member : members_.members()) names.push_back(name_of(*member));
  return names;
}

}  // namespace chat
