// Internal header. SessionState: what all nodes that know a session agree on: its user, its shared values,
// and that it has ended.
#pragma once

#include <string>
#include <string_view>

#include "cluster/node/router.h"
#include "cluster/session/backends.h"
#include "cluster/session/pending_requests.h"
#include "nano/session/session_observer.h"

namespace nano::cluster {

/// The session's gate says what holds. Here on the gate, its backends are told; elsewhere, the gate is. Logic
/// thread only.
class SessionState final : public SessionObserver {
 public:
  /// All must outlive it.
  SessionState(Router& router, Backends& backends, PendingRequests& pending)
      : router_(router), backends_(backends), pending_(pending) {}

  // SessionObserver
  void on_bound(Session& session) override;
  void on_shared(Session& session, std::string_view name, const std::string* value) override;
  void on_ended(Session& session) override;

  /// See BackendEvents. The backend hears it, too, as an echo: then it knows that it is what holds.
  void on_bound_by(const Backend& by, Session& session);
  void on_shared_by(const Backend& by, Session& session, std::string_view name);

 private:
  Router& router_;
  Backends& backends_;
  PendingRequests& pending_;
};

}  // namespace nano::cluster
