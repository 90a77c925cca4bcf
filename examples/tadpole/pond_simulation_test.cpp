#include <list>
#include <map>

#include "examples/tadpole/pond_test_fixture.h"

namespace tadpole {
namespace {

/// What a page believes, from nothing but what it was told. Fails on what makes no sense to it.
class Page {
 public:
  Page(Visitor visitor, const nano::PayloadCodec& codec)
      : visitor_(std::move(visitor)), codec_(codec), self_(visitor_.entered.self) {}

  Visitor& visitor() { return visitor_; }
  const Swimmer& self() const { return self_; }
  const std::map<std::int32_t, Arrival>& others() const { return others_; }
  int arrivals() const { return arrivals_; }

  void read(std::int64_t tick) {
    while (auto push = visitor_.client->next_push()) {
      if (push->route == "onView") {
        view(push->as<ViewChanged>(codec_).value(), tick);
      } else if (push->route == "onMoves") {
        move(push->as<Moves>(codec_).value(), tick);
      } else if (push->route == "onSay") {
        const Said said = push->as<Said>(codec_).value();
        EXPECT_TRUE(said.id == self_.id || others_.contains(said.id)) << said.id << " speaks unseen";
      }
    }
  }

 private:
  void view(const ViewChanged& view, std::int64_t tick) {
    EXPECT_EQ(view.tick, tick);
    for (const std::int32_t id : view.gone) EXPECT_EQ(others_.erase(id), 1u) << id << " went unseen";
    for (const Arrival& arrival : view.came) {
      EXPECT_NE(arrival.swimmer.id, self_.id);
      EXPECT_TRUE(others_.emplace(arrival.swimmer.id, arrival).second) << "came twice";
      ++arrivals_;
    }
  }
  void move(const Moves& moves, std::int64_t tick) {
    EXPECT_EQ(moves.tick, tick);
    EXPECT_FALSE(moves.moved.empty());
    for (const Swimmer& swimmer : moves.moved) {
      if (swimmer.id == self_.id) {
        EXPECT_NE(swimmer, self_) << "told without need";
        self_ = swimmer;
      } else if (const auto known = others_.find(swimmer.id); known != others_.end()) {
        known->second.swimmer = swimmer;
      } else {
        ADD_FAILURE() << swimmer.id << " moves unseen";
      }
    }
  }

  Visitor visitor_;
  const nano::PayloadCodec& codec_;
  Swimmer self_;
  std::map<std::int32_t, Arrival> others_;
  int arrivals_ = 0;
};

/// Visitors who come, swim, speak and go at random; after each tick every page must know the truth.
class PondSimulation : public PondFixture, public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::size_t pages_max = 24;

  PondSimulation() : PondFixture(GetParam()), random_(GetParam()) {}

  bool chance(std::uint64_t one_in) { return random_() % one_in == 0; }

  void act() {
    if (pages_.size() < pages_max && chance(6)) pages_.emplace_back(enter("T"), world_.app().codec());
    pages_.remove_if([this](Page& page) {
      Visitor& visitor = page.visitor();
      // Seldom, so that they get far.
      if (chance(60)) steer(visitor, std::int32_t(random_() % 6284) - 3142, std::int32_t(random_() % 130));
      if (chance(80)) say(visitor, "Hello");
      if (!chance(400)) return false;
      chance(2) ? visitor.client->close() : visitor.client->vanish();
      return true;
    });
  }

  void check(Page& page) {
    page.read(pond_.tick_number());
    const Player* self = player(page.visitor());
    ASSERT_NE(self, nullptr);
    EXPECT_EQ(page.self(), self->shown);
    std::map<std::int32_t, Swimmer> believed;
    for (const auto& [id, arrival] : page.others()) believed[id] = arrival.swimmer;
    std::map<std::int32_t, Swimmer> truth;
    for (const auto& [session, player] : pond_.players()) {
      const Grid::Cell cell = pond_.grid().cell_at(player.shown.x, player.shown.y);
      EXPECT_EQ(player.cell, cell);
      if (&player != self && pond_.grid().near(self->cell, cell)) truth[player.id] = player.shown;
    }
    EXPECT_TRUE(believed == truth) << "page of " << self->id << " at tick " << pond_.tick_number();
    arrivals_ += page.arrivals();
  }

  std::mt19937_64 random_;
  std::list<Page> pages_;
  int arrivals_ = 0;
};

TEST_P(PondSimulation, KeepsEveryPageInTheTruth) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  for (int i = 0; i < 1500 && !HasFailure(); ++i) {
    act();
    tick();
    arrivals_ = 0;
    for (Page& page : pages_) check(page);
    EXPECT_EQ(pond_.players().size(), pages_.size());
  }
  EXPECT_GT(arrivals_, 50) << "the visitors met too seldom to prove anything";
}

INSTANTIATE_TEST_SUITE_P(Seeds, PondSimulation, testing::Values(1, 2, 3, 4, 5, 6));

TEST(PondRuns, RepeatWithTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    nano::testing::World world{seed};
    Pond& pond = world.app().add<Pond>(world.app().random(), 20);
    world.start();
    std::vector<std::shared_ptr<nano::testing::Client>> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back(world.connect());
      clients.back()->notify("Pond.Enter", EnterRequest{""});
    }
    std::vector<std::int32_t> places;
    for (const auto& [session, player] : pond.players()) {
      places.insert(places.end(), {player.shown.x, player.shown.y, player.shown.heading});
    }
    return places;
  };
  EXPECT_EQ(run(7).size(), 60u);
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

}  // namespace
}  // namespace tadpole
