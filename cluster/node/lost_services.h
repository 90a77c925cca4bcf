// Internal header. LostServices: routes the sessions of a member that is gone anew, and tells the
// application.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/node/router.h"
#include "nano/base/function.h"
#include "nano/base/subscription.h"
#include "nano/session/session_host.h"

namespace nano::cluster {

/// Logic thread only.
class LostServices {
 public:
  using Callback = Function<void(Session&, std::string_view service)>;

  /// Both must outlive it.
  LostServices(SessionHost& host, Router& router) : host_(host), router_(router) {}

  Subscription on_lost(Callback callback) { return callbacks_.add(std::move(callback)); }

  /// What the member at this address held for sessions of this node is lost.
  void tell(const std::string& address);
  /// The same in a later turn.
  void tell_later(const std::string& address);

 private:
  SessionHost& host_;
  Router& router_;
  Callbacks<Session&, std::string_view> callbacks_;
  std::vector<std::string> waiting_;  // addresses
  Timer timer_;
};

}  // namespace nano::cluster
