// Internal header. SharedPush: one push on its way to many sessions.
#pragma once

#include <string_view>

#include "nano/base/frame.h"
#include "nano/session/session_host.h"

namespace nano {

/// Encoded once in each form that its receivers need, however many they are. Lives while they are gone
/// through; logic thread only.
class SharedPush {
 public:
  /// All that is given must outlive it. `latest_key`: see Frame. Throws std::length_error as
  /// make_frame(), so that a push reaches all receivers or none.
  SharedPush(const SessionHost& host, std::string_view route, protocol::ByteView payload,
             std::string_view latest_key);
  SharedPush(const SharedPush&) = delete;
  SharedPush& operator=(const SharedPush&) = delete;

  std::string_view route() const { return message_.route; }
  protocol::ByteView payload() const { return message_.payload; }
  std::string_view latest_key() const { return latest_key_; }

  /// Who carries it to several receivers and got it last, as another node's gate: it need not be told again
  /// what it is to carry.
  const void* carrier() const { return carrier_; }
  void set_carrier(const void* carrier) { carrier_ = carrier; }

  /// The packet, made when it is first asked for; with the route's code where one is wanted and the
  /// dictionary has it.
  const Frame& frame(bool with_route_code) {
    const bool coded = with_route_code && has_route_code_;
    Frame& frame = coded ? with_code_ : plain_;
    if (!frame) frame = encode(coded);
    return frame;
  }

 private:
  Frame encode(bool coded) const;

  const SessionHost& host_;
  protocol::Message message_;  // without the code
  const std::string_view latest_key_;
  const bool has_route_code_;
  const void* carrier_ = nullptr;
  Frame plain_;
  Frame with_code_;
};

}  // namespace nano
