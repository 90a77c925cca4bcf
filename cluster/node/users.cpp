#include "cluster/node/users.h"

#include <exception>
#include <stdexcept>
#include <string>

#include "cluster/session/remote_session.h"
#include "nano/session/route.h"

namespace nano::cluster {

void Users::push(std::int64_t uid, std::string_view route, std::string_view payload) {
  push_here(uid, route, payload);
  std::string missed;  // a node that takes too little costs the others nothing
  for (const auto& [address, backend] : backends_.present()) {
    try {
      backend->push_to_user(uid, route, payload);
    } catch (const std::length_error&) {
      missed += (missed.empty() ? "" : ", ") + address;
    }
  }
  if (missed.empty()) return;
  throw std::length_error("The push to user " + std::to_string(uid) +
                          " did not go to all nodes: too much waits for " + missed + ".");
}

void Users::kick(std::int64_t uid, std::string_view reason) {
  kick_here(uid, reason);
  for (const auto& [address, backend] : backends_.present()) backend->kick_user(uid, reason);
}

void Users::push_here(std::int64_t uid, std::string_view route, std::string_view payload) {
  for (const SessionPtr& session : host_.sessions.find_user(uid)) {
    if (!is_connected_here(*session)) continue;
    try {
      require_utf8_route(route);
      session->entity()->push(route, protocol::as_bytes(payload));
    } catch (const std::exception& failure) {  // what comes from another node must not end its batch
      host_.log().limited(route).error("push to a user dropped", {{"uid", uid}, {"error", failure.what()}});
    }
  }
}

void Users::kick_here(std::int64_t uid, std::string_view reason) {
  for (const SessionPtr& session : host_.sessions.find_user(uid)) {
    if (is_connected_here(*session)) session->kick(reason);
  }
}

}  // namespace nano::cluster
