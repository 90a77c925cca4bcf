#include "cluster/session/remote_session.h"

#include <stdexcept>
#include <utility>

#include "protocol/limits.h"
#include "protocol/packet.h"

namespace nano::cluster {

namespace {

[[noreturn]] void refuse_length(std::size_t bytes) {
  throw std::length_error("A message of " + std::to_string(bytes) + " bytes does not fit the wire format.");
}

}  // namespace

void require_fits_wire(std::string_view route, protocol::ByteView payload) {
  protocol::Message message;
  message.type = protocol::MessageType::push;
  message.route = route;
  message.payload = payload;
  if (route.size() > protocol::route_bytes_max) {
    throw std::length_error("A route has at most 255 bytes, not " + std::to_string(route.size()) + ".");
  }
  if (protocol::encoded_size(message) > protocol::packet_body_bytes_max_wire) refuse_length(payload.size());
}

RemoteSession::RemoteSession(SessionHost& host, Gate& gate, SessionId id, std::string client_address)
    : host_(host),
      gate_(gate),
      id_(id),
      client_address_(std::move(client_address)),
      session_(std::make_shared<Session>(host, id, *this)),
      last_activity_(host.scheduler().now()) {}

void RemoteSession::open() {
  host_.sessions.insert(id_, session_);
  host_.scheduler().run_now([this] { host_.events().on_opened(*session_); });
}

void RemoteSession::end(std::string reason) {
  if (!session_) return;
  const auto self = shared_from_this();
  std::exchange(session_, nullptr)->detach(std::move(reason), true);
  gate_.forget(id_);
}

// -- what all agree on -------------------------------------------------------------------------------------

void RemoteSession::tell_bound() {
  if (gate_.bind(id_, session_->uid())) ++uids_on_their_way_;
}

void RemoteSession::tell_shared(std::string_view name, const std::string* value) {
  if (gate_.share(id_, name, value)) ++values_on_their_way_[std::string{name}];
}

void RemoteSession::apply_uid(std::int64_t uid, bool is_echo) {
  if (session_ && !is_outdated(uids_on_their_way_, is_echo)) session_->apply_uid(uid);
}

void RemoteSession::apply_shared(const std::string& name, std::optional<std::string> value, bool is_echo) {
  if (!session_) return;
  if (const auto waiting = values_on_their_way_.find(name); waiting != values_on_their_way_.end()) {
    if (is_outdated(waiting->second, is_echo)) return;
    values_on_their_way_.erase(waiting);
  }
  session_->apply_shared(name, std::move(value));
}

/// Whether this node has decided anew since. The last echo is not: it is what the gate kept of this node's
/// last word.
bool RemoteSession::is_outdated(int& on_their_way, bool is_echo) {
  if (on_their_way == 0) return false;
  return !is_echo || --on_their_way > 0;
}

// -- what the session says ---------------------------------------------------------------------------------

void RemoteSession::push(std::string_view route, protocol::ByteView payload) {
  push_latest({}, route, payload);
}

void RemoteSession::push_latest(std::string_view key, std::string_view route, protocol::ByteView payload) {
  host_.scheduler().assert_logic_thread();
  if (!session_) return;
  require_fits_wire(route, payload);
  if (!gate_.push(id_, key, route, payload)) {
    throw std::length_error(
        "The session's gate cannot be sent this: too much waits for it already, or it is "
        "Go Nano's, which takes less than 4 MiB.");
  }
}

void RemoteSession::respond(std::uint64_t id, protocol::ByteView payload, bool is_error) {
  host_.scheduler().assert_logic_thread();
  if (!session_) return;
  if (payload.size() > protocol::response_payload_bytes_max) refuse_length(payload.size());
  gate_.respond(id_, id, payload, is_error);
}

bool RemoteSession::deliver(SharedPush& push) {
  host_.scheduler().assert_logic_thread();
  if (!session_) return true;
  return gate_.deliver(id_, push);
}

void RemoteSession::kick(std::string_view reason) {
  if (!session_) return;
  gate_.kick(id_, reason);
  end("kicked");
}

void RemoteSession::close(WireClose, CloseReason reason) {
  if (!session_) return;
  gate_.close(id_);
  end(std::move(reason.code));
}

}  // namespace nano::cluster
