// Internal header. The service of a chat node: its rooms, who is there, and what was said last.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "examples/cluster/messages.h"

namespace cluster_chat {

/// Rooms of any name, each there as long as somebody is in it.
class Room final : public nano::Component {
 public:
  static constexpr std::size_t text_characters_max = 1000;
  static constexpr std::size_t history_lines = 50;

  explicit Room(std::string node_name) : node_name_(std::move(node_name)) {}

  static void routes(nano::Routes<Room>& on) {
    on.add<&Room::join>("Join");
    on.add<&Room::say>("Say");
    on.add<&Room::leave>("Leave");
    on.push<MembersChanged>("onJoin");
    on.push<MembersChanged>("onLeave");
    on.push<Message>("onMessage");
  }

  /// Into the room that the session's gate has noted. Empty rooms are made as they are asked for.
  nano::Result<JoinReply> join(nano::Session& session);
  /// Refused where the session has not joined: its gate may have chosen this node a moment ago.
  nano::Result<void> say(nano::Session& session, const SayRequest& request);
  void leave(nano::Session& session);

 private:
  struct Talk {
    nano::Group members;
    std::deque<Message> history;
  };

  void add(nano::Session& session, const std::string& room, Talk& talk);
  bool is_taken(const std::string& name, const Talk& talk) const;

  std::string node_name_;
  std::map<std::string, Talk> talks_;  // by name of the room
};

}  // namespace cluster_chat
