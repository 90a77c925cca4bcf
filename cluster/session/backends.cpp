#include "cluster/session/backends.h"

#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {

Backend* Backends::find(const std::string& address) const {
  const auto found = present_.find(address);
  return found == present_.end() ? nullptr : found->second.get();
}

/// A member serves one conversation of this node at a time. What the old one's end sets off may walk the
/// table, so it ends last.
void Backends::add(const std::string& address, std::unique_ptr<Backend> backend) {
  const auto old = retired_.extract(address);
  present_[address] = std::move(backend);
}

void Backends::retire(const std::string& address) {
  auto leaving = present_.extract(address);
  if (!leaving) return;
  const TimePoint until = scheduler_.listened() + answers_awaited_;
  retired_.insert_or_assign(address, Retired{std::move(leaving.mapped()), until});
  if (!sweep_timer_.active()) sweep_timer_ = scheduler_.after(Duration::zero(), [this] { sweep(); });
}

void Backends::sweep() {
  const TimePoint now = scheduler_.listened();
  std::erase_if(retired_, [&](const auto& entry) {
    return !entry.second.backend->connected() || entry.second.until <= now;
  });
  if (retired_.empty()) return;
  sweep_timer_ = scheduler_.after(limits::link_heartbeat, [this] { sweep(); });
}

void Backends::on_ended(Session& session) {
  for (auto& [address, backend] : present_) backend->on_ended(session);
  for (auto& [address, retired] : retired_) retired.backend->on_ended(session);
}

void Backends::flush() {
  for (auto& [address, backend] : present_) backend->flush();
  for (auto& [address, retired] : retired_) retired.backend->flush();
}

void Backends::close() {
  for (auto& [address, backend] : present_) backend->close();
}

bool Backends::drained() const {
  for (const auto& [address, backend] : present_) {
    if (!backend->drained()) return false;
  }
  return true;
}

}  // namespace nano::cluster
