// Internal header. What travels between the pond and its pages, as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace tadpole {

// Lengths are in pond units (a tadpole is about 40 long), y points down. Headings are in milliradians from
// -3142 to 3142, 0 points right and 1571 down. Speeds are in units per second.

/// Request Pond.Enter. What the name becomes is in the answer. Errors: already_entered, pond_full. Pushes
/// about the world begin with the first tick after the answer.
struct EnterRequest {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(EnterRequest, (), (name))

/// Where a tadpole is and whither it swims.
struct Swimmer {
  std::int32_t id;
  std::int32_t x;
  std::int32_t y;
  std::int32_t heading;
  std::int32_t speed;

  friend bool operator==(const Swimmer&, const Swimmer&) = default;
};
BOOST_DESCRIBE_STRUCT(Swimmer, (), (id, x, y, heading, speed))

/// How all tadpoles swim, so that a page can reckon its own ahead of the server.
struct Rules {
  std::int32_t width;  // of the pond, from 0
  std::int32_t height;
  std::int32_t tick_hz;
  std::int32_t speed_max;
  std::int32_t acceleration;  // units per second, per second
  std::int32_t turn;          // milliradians per second
};
BOOST_DESCRIBE_STRUCT(Rules, (), (width, height, tick_hz, speed_max, acceleration, turn))

struct EnterReply {
  std::int32_t id;
  std::string name;  // as cleaned by the server
  std::int64_t tick;
  Rules rules;
  Swimmer self;
  std::int32_t visitors;
};
BOOST_DESCRIBE_STRUCT(EnterReply, (), (id, name, tick, rules, self, visitors))

/// Notify Pond.Steer: whither the tadpole shall turn, and how fast it shall become. Values out of range count
/// as the nearest allowed one; 30 are heard at once, then 30 a second.
struct SteerRequest {
  std::int32_t heading;
  std::int32_t thrust;  // percent of speed_max, 0 to 100
};
BOOST_DESCRIBE_STRUCT(SteerRequest, (), (heading, thrust))

/// Notify Pond.Say. After 5 quick ones one every 2 seconds is heard.
struct SayRequest {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(SayRequest, (), (text))

/// A tadpole that comes into view.
struct Arrival {
  Swimmer swimmer;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Arrival, (), (swimmer, name))

/// Push onView, to one player: what came into its view and what went out of it. The player's own tadpole is
/// never among these.
struct ViewChanged {
  std::int64_t tick;
  std::vector<Arrival> came;
  std::vector<std::int32_t> gone;  // ids
};
BOOST_DESCRIBE_STRUCT(ViewChanged, (), (tick, came, gone))

/// Push onMoves, the same to all players of one cell of the grid: the tadpoles in their view (and they
/// themselves) that moved or turned in this tick. Who stands still is not in it. Each of the others has been
/// told by onView before, so that a page knows every id.
struct Moves {
  std::int64_t tick;
  std::vector<Swimmer> moved;
};
BOOST_DESCRIBE_STRUCT(Moves, (), (tick, moved))

/// Push onSay, to those who see the speaker and to the speaker.
struct Said {
  std::int32_t id;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Said, (), (id, text))

/// Push onVisitors, to all, once a second when the number changed.
struct Visitors {
  std::int32_t visitors;
};
BOOST_DESCRIBE_STRUCT(Visitors, (), (visitors))

/// Request Pond.Stats: how the server keeps its rate, over the last ticks (600 at most). Open to all, two
/// at once and then two a second; more are answered with the error too_many_requests.
struct Stats {
  std::int32_t visitors;
  std::int32_t tick_hz;     // as set
  double ticks_per_second;  // as measured
  std::int64_t ticks;       // since the start
  double tick_ms_mean;      // time that a tick's work took
  double tick_ms_99th;
  double tick_ms_max;
  double lateness_ms_99th;  // of a tick's begin
  double lateness_ms_max;
};
BOOST_DESCRIBE_STRUCT(Stats, (),
                      (visitors, tick_hz, ticks_per_second, ticks, tick_ms_mean, tick_ms_99th, tick_ms_max,
                       lateness_ms_99th, lateness_ms_max))

}  // namespace tadpole
