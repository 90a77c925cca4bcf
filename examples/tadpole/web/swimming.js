// How a tadpole swims: the server's rules, so that this page can reckon its own tadpole ahead of the server.

const fullTurn = 2 * Math.PI;

/** The same angle in radians, from -pi to pi. */
export function wrapped(angle) {
  return angle - fullTurn * Math.round(angle / fullTurn);
}

/** `from`, moved toward `to` by at most `step`. */
function toward(from, to, step) {
  const distance = to - from;
  return Math.abs(distance) <= step ? to : from + Math.sign(distance) * step;
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/**
 * Moves `body` {x, y, heading, speed} on by `seconds`: it turns the shorter way and changes its speed as fast
 * as the rules allow. `steering` is {heading, thrust}, as it was sent: in milliradians and percent.
 */
export function swim(body, steering, rules, seconds) {
  const turn = wrapped(steering.heading / 1000 - body.heading);
  const turnMax = (rules.turn / 1000) * seconds;
  body.heading = wrapped(body.heading + clamp(turn, -turnMax, turnMax));
  const wantedSpeed = (steering.thrust / 100) * rules.speed_max;
  body.speed = toward(body.speed, wantedSpeed, rules.acceleration * seconds);
  body.x = clamp(body.x + Math.cos(body.heading) * body.speed * seconds, 0, rules.width);
  body.y = clamp(body.y + Math.sin(body.heading) * body.speed * seconds, 0, rules.height);
}

/** A swimmer as the server sends it, with the heading in radians. */
export function bodyOf({ x, y, heading, speed }) {
  return { x, y, heading: heading / 1000, speed };
}

/** Part of the way from one body to another; `share` 0 is the first. */
export function between(first, second, share) {
  return {
    x: first.x + (second.x - first.x) * share,
    y: first.y + (second.y - first.y) * share,
    heading: wrapped(first.heading + wrapped(second.heading - first.heading) * share),
    speed: first.speed + (second.speed - first.speed) * share,
  };
}
