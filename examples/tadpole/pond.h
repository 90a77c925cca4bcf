// Internal header. The pond: a world that ticks at a fixed rate, and the tadpoles in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "examples/tadpole/grid.h"
#include "examples/tadpole/interest.h"
#include "examples/tadpole/messages.h"
#include "examples/tadpole/player.h"
#include "examples/tadpole/rate_limit.h"
#include "examples/tadpole/tick_meter.h"
#include "nano/nano.h"

namespace tadpole {

/// Players' messages only note what they want; the ticks move the world and tell of it.
class Pond final : public nano::Component {
 public:
  static constexpr int tick_hz_default = 20;
  static constexpr int tick_hz_max = 120;

  /// Half of a screen of 1920 by 1080, and a margin for half a tadpole, an unsteady camera and the
  /// interpolation's delay: who comes into view on such a screen at scale 1 was told of before. Larger cells
  /// would only send more that nobody sees.
  static constexpr std::int32_t cell_size = 1000;
  /// 70 cells. With 500 players spread over them, each sees about 64.
  static constexpr std::int32_t width = 10 * cell_size;
  static constexpr std::int32_t height = 7 * cell_size;
  static constexpr std::int32_t speed_max = 300;  // the pond's length in half a minute
  static constexpr std::int32_t acceleration = 600;
  static constexpr std::int32_t turn = 4000;  // back to front in 0.8 s

  /// Newcomers appear about the pond's middle. The first few share a spot that even a phone shows whole, so
  /// that they meet; for each further visitor there is this much water more, so that a crowd finds room.
  static constexpr double water_each = 350.0 * 350.0;
  static constexpr double water_at_first = 300.0 * 220.0;
  static constexpr int visitors_at_first = 4;

  static constexpr std::size_t name_characters_max = 16;
  static constexpr std::size_t text_characters_max = 120;
  /// All may gather in one spot, where each is sent all the others' moves.
  static constexpr std::size_t visitors_max = 2500;
  /// The others appear in the next ticks: to tell a hundred newcomers of a thousand tadpoles takes a while.
  static constexpr int newcomers_per_tick = 25;

  /// `random` outlives the pond. init() throws std::invalid_argument unless `tick_hz` is from 1 to
  /// tick_hz_max.
  Pond(std::mt19937_64& random, int tick_hz);

  static void routes(nano::Routes<Pond>& on) {
    on.add<&Pond::enter>("Enter");
    on.add<&Pond::steer>("Steer");
    on.add<&Pond::say>("Say");
    on.add<&Pond::stats>("Stats");
    on.push<ViewChanged>("onView");
    on.push<Moves>("onMoves");
    on.push<Said>("onSay");
    on.push<Visitors>("onVisitors");
  }
  void init() override;

  nano::Result<EnterReply> enter(nano::Session& session, const EnterRequest& request);
  void steer(nano::Session& session, const SteerRequest& request);
  void say(nano::Session& session, const SayRequest& request);
  nano::Result<Stats> stats(nano::Session& session);

  // What is there, for tests.
  const Grid& grid() const { return grid_; }
  const std::map<nano::SessionId, Player>& players() const { return players_; }
  std::int64_t tick_number() const { return tick_; }

 private:
  Player* player_of(nano::Session& session);
  std::int32_t visitors() const { return static_cast<std::int32_t>(everybody_.count()); }
  Body spawn();
  double random_share();

  void tick();
  void swim_all();
  void cross_cells();
  void send_views();
  void send_speech();
  void drop_leavers();
  void tell_visitors();

  std::mt19937_64& random_;
  const Rules rules_;
  const Grid grid_{width, height, cell_size};
  std::map<nano::SessionId, Player> players_;  // a map, so that players are dealt with in the same order
  Interest interest_{grid_};
  nano::Group everybody_;
  std::int32_t last_id_ = 0;
  std::int32_t visitors_told_ = 0;
  std::int64_t tick_ = 0;
  TickMeter meter_;
  nano::Subscription measuring_;
  nano::Timer ticking_;
  nano::Timer telling_visitors_;
};

}  // namespace tadpole
