#include "cluster/node/lost_services.h"

#include <utility>

namespace nano::cluster {

void LostServices::tell(const std::string& address) {
  for (const Router::Lost& lost : router_.forget_choices(address)) {
    const SessionPtr session = host_.sessions.find(lost.session);
    if (!session) continue;
    callbacks_.call_each([&](auto& callback) {
      host_.scheduler().run_now([&] { callback(*session, lost.service); }, "on_service_lost", session->id());
    });
  }
}

void LostServices::tell_later(const std::string& address) {
  waiting_.push_back(address);
  timer_ = host_.scheduler().after(Duration::zero(), [this] {
    for (const std::string& lost : std::exchange(waiting_, {})) tell(lost);
  });
}

}  // namespace nano::cluster
