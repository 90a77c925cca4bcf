// Internal header. TurnShare: what one client may use of a thread before others have their turn.
#pragma once

#include <cstdint>
#include <limits>

#include "nano/base/clock.h"

namespace nano {

/// What the packets of a client wait for, beside their turn.
enum class Wait : std::uint8_t {
  no,
  for_receiver,  ///< that calls Wire::resume()
  for_client,    ///< which takes what it was sent, until what waits is within its budget
};

/// What a client may use of the logic thread before others have their turn.
struct TurnShare {
  std::uint32_t packets = std::numeric_limits<std::uint32_t>::max();  ///< that many at most
  TimePoint until = TimePoint::max();  ///< by the coarse clock: none is begun afterwards
  /// Set by the receiver, which takes nothing more for now.
  Wait waits = Wait::no;
};

}  // namespace nano
