#include "cluster/interop/go_gates.h"

#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/member.h"
#include "protocol/errc.h"

namespace nano::cluster {

Result<RemoteSession*> GoGates::session(const std::string& gate_address, SessionId id) {
  const auto known = gates_.find(gate_address);
  if (known != gates_.end()) {
    if (RemoteSession* session = known->second->hear(id)) return session;
    if (known->second->is_closing(id)) return Error{Errc::unavailable, "the session has closed"};
  }
  return open(gate_address, id);
}

Result<RemoteSession*> GoGates::open(const std::string& gate_address, SessionId id) {
  if (refuses_sessions_) return Error{Errc::unavailable, "the node is stopping"};
  if (host_.sessions.find(id)) {
    host_.log()
        .limited(gate_address)
        .error("two gates have a session of the same id; the second one is not served",
               {{"session", id}, {"gate", gate_address}});
    return Error{Errc::unavailable,
                 "another gate has a session of this id; give the gates different numbers"};
  }
  const auto known = gates_.find(gate_address);
  const bool is_known = known != gates_.end();
  if (!is_address(gate_address) || (!is_known && gates_.size() >= limits::go_gates)) {
    return Error{Errc::unavailable,
                 "\"" + gate_address + "\" is no address of a gate, or there are too many gates"};
  }
  RemoteSession* const opened = (is_known ? *known->second : add(gate_address)).open(id);
  if (!opened) return Error{Errc::unavailable, "the session has closed"};
  return opened;
}

GoGate& GoGates::add(const std::string& address) {
  auto& gate = gates_[address];
  gate = std::make_unique<GoGate>(host_, network_, address, [this] {
    drop_timer_ = host_.scheduler().after(Duration::zero(), [this] { drop_gone(); });
  });
  return *gate;
}

/// They may be members still, as their master does not look after its members; what they send makes them
/// known again.
void GoGates::drop_gone() {
  for (auto next = gates_.begin(); next != gates_.end();) {
    const auto gate = next++;
    if (!gate->second->is_gone()) continue;
    host_.log().limited(gate->first).info("sessions of a Go gate ended: it is gone", {{"gate", gate->first}});
    gate->second->end_sessions("gate_lost");
    gates_.erase(gate);
  }
}

void GoGates::on_session_closed(SessionId id) {
  for (auto& [address, gate] : gates_) gate->on_session_closed(id);
}

void GoGates::on_left(const std::string& gate_address) {
  const auto gate = gates_.find(gate_address);
  if (gate == gates_.end()) return;
  gate->second->end_sessions("gate_lost");
  gates_.erase(gate);
}

bool GoGates::drained() const {
  for (const auto& [address, gate] : gates_) {
    if (!gate->drained()) return false;
  }
  return true;
}

}  // namespace nano::cluster
