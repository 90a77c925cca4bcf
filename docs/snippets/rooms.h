// Internal header. The services of the small cluster that docs/cluster.md shows: Lobby is for the gates, Room
// for the backends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "nano/nano.h"

struct EnterRequest {
  std::int64_t player;  // a game would take a token, and check it
  std::string room;
};
BOOST_DESCRIBE_STRUCT(EnterRequest, (), (player, room))

struct Line {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Line, (), (text))

struct JoinReply {
  std::size_t members;
};
BOOST_DESCRIBE_STRUCT(JoinReply, (), (members))

class Lobby final : public nano::Component {
 public:
  static void routes(nano::Routes<Lobby>& on) { on.add<&Lobby::enter>("Enter"); }

  nano::Result<void> enter(nano::Session& session, const EnterRequest& in) {
    if (in.player < 1) return nano::Error{"player_invalid", "A player has a number from 1 on."};
    session.bind(in.player);
    session.share("room", in.room);
    return {};
  }
};

class Room final : public nano::Component {
 public:
  static void routes(nano::Routes<Room>& on) {
    on.add<&Room::join>("Join");
    on.add<&Room::say>("Say");
    on.push<Line>("onLine");
  }

  nano::Result<JoinReply> join(nano::Session& session) {
    const std::optional<std::string> room = session.shared<std::string>("room");
    if (!room) return nano::Error{"no_room", "Please enter a room first."};
    // Rooms have the names that clients choose: those that everybody has left must not stay.
    std::erase_if(rooms_, [](const auto& entry) { return entry.second.empty(); });
    nano::Group& members = rooms_[*room];
    members.add(session);
    return JoinReply{members.count()};
  }
  void say(nano::Session& session, const Line& line) {
    const auto found = rooms_.find(session.shared<std::string>("room").value_or(""));
    if (found != rooms_.end()) found->second.broadcast("onLine", line);
  }

 private:
  std::map<std::string, nano::Group> rooms_;
};
