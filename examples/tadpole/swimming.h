// Internal header. How a tadpole swims: motion alone, without the pond's players.
#pragma once

#include <cstdint>

#include "examples/tadpole/messages.h"

namespace tadpole {

/// Where a tadpole wants to go. Bounded, whatever a client sent.
struct Steering {
  double heading = 0;  // radians, from -pi to pi
  double thrust = 0;   // share of the highest speed, 0 to 1
};

/// A tadpole's state, finer than what is sent. Lengths and angles as in messages.h, but headings in radians.
struct Body {
  double x = 0;
  double y = 0;
  double heading = 0;
  double speed = 0;
};

/// Values out of range count as the nearest allowed one.
Steering steering_of(const SteerRequest& request);

/// One tick: turns the shorter way and speeds up or slows down as fast as the rules allow, swims, and stops
/// at the pond's edge. A body within the pond stays within it.
void swim(Body& body, const Steering& steering, const Rules& rules);

/// The body in whole units, as players get it.
Swimmer as_seen(std::int32_t id, const Body& body);

}  // namespace tadpole
