// Internal header. The chat room: who is there, and what was said last.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "nano/nano.h"

namespace chat {

// What travels between the page and the room, as JSON.

struct JoinRequest {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(JoinRequest, (), (name))

struct SayRequest {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(SayRequest, (), (text))

struct Message {
  std::string name;
  std::string text;
  std::int64_t time;  // milliseconds since 1970
};
BOOST_DESCRIBE_STRUCT(Message, (), (name, text, time))

struct JoinReply {
  std::string name;
  std::vector<std::string> members;
  std::vector<Message> history;
};
BOOST_DESCRIBE_STRUCT(JoinReply, (), (name, members, history))

struct MembersChanged {
  std::string name;  // who came or went
  std::vector<std::string> members;
};
BOOST_DESCRIBE_STRUCT(MembersChanged, (), (name, members))

class Room final : public nano::Component {
 public:
  static constexpr std::size_t name_characters_max = 24;
  static constexpr std::size_t text_characters_max = 1000;
  static constexpr std::size_t history_lines = 50;

  static void routes(nano::Routes<Room>& on) {
    on.add<&Room::join>("Join");
    on.add<&Room::say>("Say");
    on.push<MembersChanged>("onJoin");
    on.push<MembersChanged>("onLeave");
    on.push<Message>("onMessage");
  }

  nano::Result<JoinReply> join(nano::Session& session, const JoinRequest& request);
  void say(nano::Session& session, const SayRequest& request);

 private:
  void leave(nano::Session& session);
  bool is_taken(const std::string& name) const;
  std::vector<std::string> member_names() const;

  nano::Group members_;
  std::deque<Message> history_;
};

}  // namespace chat
