#include "examples/tadpole/pond.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <utility>

#include "examples/tadpole/text.h"

namespace tadpole {

using namespace std::chrono_literals;

Pond::Pond(std::mt19937_64& random, int tick_hz)
    : random_(random), rules_{width, height, tick_hz, speed_max, acceleration, turn} {}

void Pond::init() {
  if (rules_.tick_hz < 1 || rules_.tick_hz > tick_hz_max) {
    throw std::invalid_argument("--tick-hz is a number from 1 to " + std::to_string(tick_hz_max) + ", not " +
                                std::to_string(rules_.tick_hz) + ".");
  }
  const nano::Duration interval = nano::Duration{1s} / rules_.tick_hz;
  meter_.start(now(), interval);
  ticking_ = every(interval, [this] { tick(); });
  telling_visitors_ = every(1s, [this] { tell_visitors(); });
  // Registered after the sockets' own hook: without I/O threads it runs when they have written what the tick
  // sent.
  measuring_ = scheduler().on_turn_end([this] { meter_.end(scheduler().clock().now()); });
}

// -- what players ask for ----------------------------------------------------------------------------------

nano::Result<EnterReply> Pond::enter(nano::Session& session, const EnterRequest& request) {
  if (player_of(session)) return nano::Error{"already_entered", "You are in the pond already."};
  if (everybody_.count() >= visitors_max) {
    return nano::Error{"pond_full", "The pond is full. Please come again later."};
  }
  everybody_.add(session);
  session.on_closed([this](nano::Session& closed) { players_.at(closed.id()).leaving = true; }).detach();

  Player& player = players_[session.id()];
  player.id = ++last_id_;
  player.name = cleaned(request.name, name_characters_max);
  if (player.name.empty()) player.name = "Tadpole " + std::to_string(player.id);
  player.session = session.shared_from_this();
  player.body = spawn();
  player.steering.heading = player.body.heading;
  player.shown = as_seen(player.id, player.body);
  return EnterReply{player.id, player.name, tick_, rules_, player.shown, visitors()};
}

void Pond::steer(nano::Session& session, const SteerRequest& request) {
  Player* player = player_of(session);
  if (player && player->steer_limit.take(now())) player->steering = steering_of(request);
}

void Pond::say(nano::Session& session, const SayRequest& request) {
  Player* player = player_of(session);
  if (!player || !player->say_limit.take(now())) return;
  std::string text = cleaned(request.text, text_characters_max);
  if (!text.empty()) player->speech.push_back(std::move(text));
}

nano::Result<Stats> Pond::stats(nano::Session& session) {
  RateLimit* limit = session.get<RateLimit>("stats_limit");
  if (!limit) limit = &session.set("stats_limit", RateLimit{2, 500ms});
  if (!limit->take(now())) {
    return nano::Error{nano::Errc::too_many_requests, "The statistics are told twice a second at most."};
  }
  Stats stats{};
  stats.visitors = visitors();
  stats.tick_hz = rules_.tick_hz;
  meter_.report(stats);
  return stats;
}

Player* Pond::player_of(nano::Session& session) {
  const auto found = players_.find(session.id());
  return found == players_.end() ? nullptr : &found->second;
}

Body Pond::spawn() {
  const int further = std::max(0, visitors() - visitors_at_first);
  const double water = water_at_first + further * water_each;
  const double share = std::min(1.0, std::sqrt(water / (double{width} * height)));
  const auto about_middle = [&](double length) { return length * (0.5 + share * (random_share() - 0.5)); };
  Body body;
  body.x = about_middle(width);
  body.y = about_middle(height);
  body.heading = std::numbers::pi * (2 * random_share() - 1);
  return body;
}

/// From 0 up to 1. The standard's distributions differ from library to library; this does not.
double Pond::random_share() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

// -- the tick ----------------------------------------------------------------------------------------------

/// In this order, so that a page hears of a tadpole's coming before its moves and words, and of neither after
/// its going.
void Pond::tick() {
  meter_.begin(scheduler().clock().now());
  ++tick_;
  swim_all();
  cross_cells();
  send_views();
  for (auto& [session, player] : players_) {
    if (std::exchange(player.moved, false)) interest_.add_moved(player);
  }
  interest_.send_moves(tick_);
  send_speech();
  drop_leavers();
}

/// Those whom nobody sees yet wait for it, so that every change is told to all who know the tadpole.
void Pond::swim_all() {
  for (auto& [session, player] : players_) {
    if (player.cell == Grid::nowhere || player.leaving) continue;
    swim(player.body, player.steering, rules_);
    const Swimmer seen = as_seen(player.id, player.body);
    player.moved = seen != player.shown;
    player.shown = seen;
  }
}

void Pond::cross_cells() {
  std::vector<Player*> crossing;
  int newcomers = 0;
  for (auto& [session, player] : players_) {
    if (player.leaving) {
      player.next_cell = Grid::nowhere;
    } else if (player.cell != Grid::nowhere || newcomers++ < newcomers_per_tick) {
      player.next_cell = grid_.cell_at(player.shown.x, player.shown.y);
    }
    if (player.next_cell != player.cell) crossing.push_back(&player);
  }
  interest_.cross(crossing);
}

void Pond::send_views() {
  for (auto& [session, player] : players_) {
    if (player.came.empty() && player.gone.empty()) continue;
    ViewChanged view{tick_, {}, std::exchange(player.gone, {})};
    view.came.reserve(player.came.size());
    for (const Player* other : std::exchange(player.came, {})) {
      view.came.push_back({other->shown, other->name});
    }
    player.session->push("onView", view);
  }
}

void Pond::send_speech() {
  for (auto& [session, player] : players_) {
    if (player.cell == Grid::nowhere) continue;
    for (const std::string& text : std::exchange(player.speech, {})) {
      interest_.send_near(player, "onSay", Said{player.id, text});
    }
  }
}

void Pond::drop_leavers() {
  std::erase_if(players_, [](const auto& entry) { return entry.second.leaving; });
}

void Pond::tell_visitors() {
  if (std::exchange(visitors_told_, visitors()) == visitors()) return;
  everybody_.broadcast("onVisitors", Visitors{visitors()});
}

}  // namespace tadpole
