// Clients come, ask, fall silent, break the rules and go, at random; the contracts of the framework are
// checked throughout. A failure names its seed; with NANO_SIMULATION_SEED=n only that one runs.
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/scheduler/local_scheduler.h"
#include "nano/session/group.h"
#include "nano/testing/world.h"

namespace nano::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Answers in every way there is: at once, later, never, through others.
class Office final : public Component {
 public:
  explicit Office(std::mt19937_64& random) : random_(random) {}
  static void routes(Routes<Office>& on) {
    on.add<&Office::echo>("Echo").add<&Office::slow>("Slow").add<&Office::hold>("Hold").add<&Office::release>(
        "Release");
    on.add<&Office::fail>("Fail").add<&Office::join>("Join").add<&Office::say>("Say").add<&Office::sequence>(
        "Sequence");
    on.push<std::string>("onSay");
  }
  void init() override {
    housekeeping_ = every(milliseconds{300}, [this] { clear_desk(); });
  }
  std::string echo(const std::string& in) { return in; }
  Task<std::string> slow(std::string in) {
    const Duration pause = milliseconds{random_() % 900};
    co_await sleep(pause);
    co_return in;
  }
  void hold(const std::string& in, Responder<std::string> responder) {
    held_.emplace_back(in, std::move(responder));
  }
  void release(SessionPtr session, const std::string& in, Responder<std::string> responder) {
    released_.push_back({std::move(session), responder.release(), in});
  }
  std::string fail(const std::string& in) { throw std::runtime_error(in); }
  void join(Session& session) {
    groups_[random_() % 2].add(session);
    if (random_() % 4 == 0) groups_[random_() % 2].leave(session);
  }
  void say(Session& session, const std::string& in) {
    Group& group = groups_[random_() % 2];
    if (random_() % 10 == 0) {
      group.multicast("onSay", in, [&](Session& other) {
        if (random_() % 20 == 0) other.close();
        return &other != &session;
      });
    } else {
      group.broadcast("onSay", in);
    }
  }
  /// Numbers that a session sends must come in order.
  void sequence(Session& session, const std::string& in) {
    int& last = session.get<int>("last") ? *session.get<int>("last") : session.set("last", 0);
    in_order = in_order && std::stoi(in) == ++last;
  }

  const Group& group(int i) const { return groups_[i]; }

  bool in_order = true;

 private:
  struct Released {
    SessionPtr session;
    std::uint64_t id;
    std::string payload;
  };
  void clear_desk() {
    while (!held_.empty()) {
      auto [payload, responder] = std::move(held_.back());
      held_.pop_back();
      if (random_() % 3 != 0) responder.respond(payload);
    }
    for (const Released& released : std::exchange(released_, {})) {
      released.session->respond(released.id, released.payload);
    }
  }

  std::mt19937_64& random_;
  Group groups_[2];
  std::vector<std::pair<std::string, Responder<std::string>>> held_;
  std::vector<Released> released_;
  Timer housekeeping_;
};

/// Its handlers run in frames.
class Hall final : public Component {
 public:
  static void routes(Routes<Hall>& on) { on.add<&Hall::echo>("Echo"); }
  std::string echo(const std::string& in) { return in; }
};

struct Player {
  std::shared_ptr<Client> client;
  std::map<std::uint64_t, std::string> asked;  // not yet answered
  int sequence = 0;
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed)
      : random_(seed), world_(seed, options()), frames_(world_.app().scheduler(), milliseconds{50}, 40) {
    office_ = &world_.app().add<Office>(random_);
    ComponentOptions in_frames;
    in_frames.scheduler = &frames_;
    world_.app().add<Hall>(std::move(in_frames));
    const auto opened = [this](Session& session) {
      EXPECT_TRUE(opened_.insert(session.id()).second) << "opened twice";
      session.on_closed([this](Session& closed) { ++callbacks_[closed.id()]; }).detach();
    };
    world_.app().on_session_opened(opened).detach();
    const auto closed = [this](Session& session) {
      EXPECT_TRUE(session.closed());
      EXPECT_FALSE(session.close_reason().empty());
      EXPECT_TRUE(opened_.contains(session.id()));
      EXPECT_TRUE(closed_.insert(session.id()).second) << "closed twice";
    };
    world_.app().on_session_closed(closed).detach();
    if (chance(3)) world_.app().compress_routes();
    if (chance(3)) {
      world_.app().outbound().push_back([](Session&, PipelineMessage&) { return Result<void>{}; });
    }
    world_.start();
  }

  /// Returns how many requests were answered with a value.
  int run(int steps) {
    for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
      act();
      check_groups();
    }
    // Those that are left are well-behaved now and get every answer that is owed.
    for (int i = 0; i < 4; ++i) world_.advance(seconds{1});
    for (Player& player : players_) expect_answered(player);
    for (Player& player : players_) ask(player);
    world_.stop();
    EXPECT_EQ(opened_, closed_) << "each that opened has closed";
    for (const SessionId id : opened_) EXPECT_EQ(callbacks_[id], 1);
    EXPECT_EQ(world_.app().session_count(), 0u);
    EXPECT_TRUE(office_->group(0).empty() && office_->group(1).empty());
    EXPECT_TRUE(office_->in_order) << "the messages of a session were handled out of order";
    return answered_;
  }

 private:
  static Options options() {
    Options options;
    options.heartbeat_interval = seconds{1};
    options.handshake_timeout = seconds{2};
    options.send_queue_bytes_max = 4096;
    return options;
  }
  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  void act() {
    if (players_.size() < 3 || chance(12)) return connect();
    const std::size_t chosen = random_() % players_.size();
    Player& player = players_[chosen];
    const unsigned dice = random_() % 100;
    if (dice < 45) return ask(player);
    if (dice < 65) return notify(player);
    if (dice < 72) return world_.advance(milliseconds{random_() % 700});
    if (dice < 76) return repeat_handshake(player);
    if (dice < 80) return wait_for_answers(player);
    if (dice < 84) return kick_somebody();
    leave(chosen, dice);
  }
  void connect() {
    if (chance(6)) {  // one that never gets far
      auto stranger = world_.connect_silently();
      if (chance(2)) stranger->send_handshake(chance(2) ? "{}" : "garbage");
      if (chance(2)) stranger->send_packet(protocol::PacketType::data, protocol::as_bytes("x"));
      players_.push_back({std::move(stranger), {}, 0});
      return;
    }
    players_.push_back({world_.connect(), {}, 0});
  }
  void ask(Player& player) {
    static constexpr const char* routes[] = {"Office.Echo", "Office.Slow", "Office.Hold", "Office.Release",
                                             "Office.Fail", "Hall.Echo",   "Nobody.Home"};
    if (!player.client->connected()) return;
    const std::string payload = "p" + std::to_string(random_() % 1000) + std::string(random_() % 200, '.');
    player.asked.emplace(player.client->send_request(routes[random_() % std::size(routes)], payload),
                         payload);
  }
  void notify(Player& player) {
    if (!player.client->connected()) return;
    const unsigned dice = random_() % 4;
    if (dice == 0) return player.client->notify("Office.Join", "");
    if (dice == 1) return player.client->notify("Office.Say", std::string(random_() % 300, 's'));
    player.client->notify("Office.Sequence", std::to_string(++player.sequence));
  }
  void repeat_handshake(Player& player) {
    if (!player.client->connected()) return;
    player.client->send_handshake("{}");
    world_.settle();
  }
  void kick_somebody() {
    for (Session* member : office_->group(0).members()) {
      if (chance(3)) return member->kick("chosen by lot");
    }
  }
  void leave(std::size_t chosen, unsigned dice) {
    Player& player = players_[chosen];
    if (dice < 87) player.client->vanish();
    if (dice >= 87 && dice < 90) player.client->close();
    if (dice >= 90 && dice < 92) player.client->stop_reading();
    if (dice >= 92 && dice < 94) player.client->answer_heartbeats(false);
    if (dice >= 94 && dice < 96) player.client->send_bytes(protocol::Bytes{9, 9, 9});
    if (dice < 87 || dice >= 97) players_.erase(players_.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  void wait_for_answers(Player& player) {
    world_.advance(seconds{2});
    expect_answered(player);
  }
  /// Exactly one answer to each request, with the payload asked for or an error, if the client is still
  /// there.
  void expect_answered(Player& player) {
    world_.settle();
    if (!player.client->connected() || !reads(player)) return;
    for (const auto& [id, payload] : std::exchange(player.asked, {})) {
      const Result<std::string> reply = player.client->take_reply<std::string>(id);
      EXPECT_TRUE(reply.ok() || !reply.error().is(Errc::timeout))
          << "request " << id << " was never answered";
      if (reply) {
        EXPECT_EQ(*reply, payload);
        ++answered_;
      }
      const Result<std::string> second = player.client->take_reply<std::string>(id);
      EXPECT_TRUE(!second && second.error().is(Errc::timeout)) << "request " << id << " was answered twice";
    }
  }
  /// Whether the client sees what is sent to it: an echo comes back.
  bool reads(Player& player) { return player.client->request<std::string>("Office.Echo", "there?").ok(); }
  void check_groups() {
    for (int i = 0; i < 2; ++i) {
      SessionId last = 0;
      for (Session* member : office_->group(i).members()) {
        EXPECT_FALSE(member->closed());
        EXPECT_EQ(world_.app().find_session(member->id()).get(), member);
        EXPECT_GT(member->id(), last);
        last = member->id();
      }
    }
  }

  std::mt19937_64 random_;
  std::set<SessionId> opened_;
  std::set<SessionId> closed_;
  std::map<SessionId, int> callbacks_;
  World world_;
  FrameScheduler frames_;
  Office* office_;
  std::vector<Player> players_;
  int answered_ = 0;
};

TEST(Simulation, ContractsHoldUnderRandomLoad) {
  constexpr std::uint64_t seeds = 200;
  constexpr int steps = 300;
  int answered = 0;
  const char* only = std::getenv("NANO_SIMULATION_SEED");
  for (std::uint64_t seed = 1; seed <= seeds && !HasFailure(); ++seed) {
    if (only) seed = std::strtoull(only, nullptr, 10);
    SCOPED_TRACE("seed " + std::to_string(seed));
    answered += Simulation{seed}.run(steps);
    if (only) return;
  }
  EXPECT_GT(answered, 1000) << "else the simulation shows nothing";
}

}  // namespace
}  // namespace nano::testing
