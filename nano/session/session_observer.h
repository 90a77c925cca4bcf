// Internal header. SessionObserver: hears what the other nodes that know a session have to agree on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nano {

class Session;

/// Implemented by the cluster. Logic thread only.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  /// The application bound an open session.
  virtual void on_bound(Session& session) = 0;
  /// The application shared a value, or (null) removed it.
  virtual void on_shared(Session& session, std::string_view name, const std::string* value) = 0;
  /// The session has ended: it is closed, and none of its callbacks have run yet.
  virtual void on_ended(Session& session) = 0;
};

}  // namespace nano
