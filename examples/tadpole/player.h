// Internal header. One visitor of the pond.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "examples/tadpole/grid.h"
#include "examples/tadpole/messages.h"
#include "examples/tadpole/rate_limit.h"
#include "examples/tadpole/swimming.h"
#include "nano/session/session.h"

namespace tadpole {

struct Player {
  std::int32_t id;
  std::string name;
  nano::SessionPtr session;

  Steering steering;
  Body body;
  Swimmer shown;       // as players see it; who comes into their view and who has moved is told in this form
  bool moved = false;  // `shown` has changed in this tick

  /// Where it was for the others in the last tick, and where it is in this one.
  Grid::Cell cell = Grid::nowhere;
  Grid::Cell next_cell = Grid::nowhere;
  bool leaving = false;  // its session has closed; the next tick takes it out

  // What it has said, and what came into its view and went out of it: told at the end of the tick.
  std::vector<std::string> speech;
  std::vector<const Player*> came;
  std::vector<std::int32_t> gone;

  // Pages steer at most 20 times a second; a tick needs no more than the last. Speech: a few quick lines,
  // then as fast as one can read.
  RateLimit steer_limit{30, std::chrono::milliseconds{33}};
  RateLimit say_limit{5, std::chrono::seconds{2}};
};

}  // namespace tadpole
