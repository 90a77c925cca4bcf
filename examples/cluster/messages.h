// Internal header. What travels between the pages, the gates, the chat nodes and the master, as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nano/nano.h"

namespace cluster_chat {

struct LoginRequest {
  std::string name;
  std::string room;
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (name, room))

struct LoginReply {
  std::string name;
  std::string room;
  std::string gate;
};
BOOST_DESCRIBE_STRUCT(LoginReply, (), (name, room, gate))

/// Pushed by the gate: what the service held for this session is lost.
struct ServiceLost {
  std::string service;
};
BOOST_DESCRIBE_STRUCT(ServiceLost, (), (service))

struct SayRequest {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(SayRequest, (), (text))

struct Message {
  std::string name;
  std::string text;
  std::int64_t time;  // milliseconds since 1970
  std::string node;   // that served it
};
BOOST_DESCRIBE_STRUCT(Message, (), (name, text, time, node))

struct JoinReply {
  std::string node;  // that serves the room
  std::vector<std::string> members;
  std::vector<Message> history;
};
BOOST_DESCRIBE_STRUCT(JoinReply, (), (node, members, history))

struct MembersChanged {
  std::string name;  // who came or went
  std::vector<std::string> members;
};
BOOST_DESCRIBE_STRUCT(MembersChanged, (), (name, members))

struct Totals {
  std::int64_t online;
  std::int64_t messages;
};
BOOST_DESCRIBE_STRUCT(Totals, (), (online, messages))

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

}  // namespace cluster_chat
