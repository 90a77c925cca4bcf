// Internal header. Users: pushes to and kicks a user's sessions, whichever nodes they are connected to.
#pragma once

#include <cstdint>
#include <string_view>

#include "cluster/session/backends.h"
#include "nano/session/session_host.h"

namespace nano::cluster {

/// Each node looks after the sessions whose clients are connected to it. Logic thread only.
class Users {
 public:
  /// Both must outlive it.
  Users(SessionHost& host, Backends& backends) : host_(host), backends_(backends) {}

  /// Here and on all other nodes. Throws std::length_error, after all others have been told, when too much
  /// waits for single nodes.
  void push(std::int64_t uid, std::string_view route, std::string_view payload);
  void kick(std::int64_t uid, std::string_view reason);

  /// Here alone: another node has asked for it. What cannot be pushed is logged.
  void push_here(std::int64_t uid, std::string_view route, std::string_view payload);
  void kick_here(std::int64_t uid, std::string_view reason);

 private:
  SessionHost& host_;
  Backends& backends_;
};

}  // namespace nano::cluster
