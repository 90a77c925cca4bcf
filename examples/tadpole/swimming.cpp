#include "examples/tadpole/swimming.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tadpole {
namespace {

constexpr double milliradians = 1000;  // in a radian
constexpr std::int32_t heading_max = 3142;

double wrapped(double angle) { return std::remainder(angle, 2 * std::numbers::pi); }

/// `from`, moved toward `to` by at most `step`. Arrives exactly, so that what has arrived changes no more.
double toward(double from, double to, double step) {
  const double distance = to - from;
  return std::abs(distance) <= step ? to : from + std::copysign(step, distance);
}

std::int32_t rounded(double value) { return static_cast<std::int32_t>(std::lround(value)); }

}  // namespace

Steering steering_of(const SteerRequest& request) {
  return {wrapped(std::clamp(request.heading, -heading_max, heading_max) / milliradians),
          std::clamp(request.thrust, 0, 100) / 100.0};
}

void swim(Body& body, const Steering& steering, const Rules& rules) {
  const double tick_s = 1.0 / rules.tick_hz;
  const double turn = wrapped(steering.heading - body.heading);  // the shorter way round
  const double turn_max = rules.turn / milliradians * tick_s;
  body.heading =
      std::abs(turn) <= turn_max ? steering.heading : wrapped(body.heading + std::copysign(turn_max, turn));
  body.speed = toward(body.speed, steering.thrust * rules.speed_max, rules.acceleration * tick_s);
  body.x = std::clamp(body.x + std::cos(body.heading) * body.speed * tick_s, 0.0, double(rules.width));
  body.y = std::clamp(body.y + std::sin(body.heading) * body.speed * tick_s, 0.0, double(rules.height));
}

Swimmer as_seen(std::int32_t id, const Body& body) {
  return {id, rounded(body.x), rounded(body.y), rounded(body.heading * milliradians), rounded(body.speed)};
}

}  // namespace tadpole
