#include <stdexcept>

#include "examples/tadpole/pond_test_fixture.h"

namespace tadpole {
namespace {

class PondTest : public PondFixture, public testing::Test {};

constexpr std::int32_t right = 0;
constexpr std::int32_t left = 3142;

// -- coming ------------------------------------------------------------------------------------------------

TEST_F(PondTest, TellsANewcomerWhoItIsAndHowOneSwimsHere) {
  const Visitor alice = enter(" Alice\n");
  EXPECT_EQ(alice.entered.name, "Alice");
  EXPECT_EQ(alice.entered.self.id, alice.id());
  EXPECT_EQ(alice.entered.self.speed, 0);
  EXPECT_EQ(alice.entered.rules.tick_hz, 20);
  EXPECT_EQ(alice.entered.rules.width, Pond::width);
  EXPECT_EQ(alice.entered.visitors, 1);
  EXPECT_EQ(enter("Bob").entered.visitors, 2);
}

TEST_F(PondTest, NamesThoseWhoGiveNoVisibleName) {
  EXPECT_EQ(enter("\u200B \u202E").entered.name, "Tadpole 1");
  EXPECT_EQ(enter(std::string(1000, 'x')).entered.name, std::string(16, 'x'));
}

TEST_F(PondTest, LetsTheFirstVisitorsMeet) {
  Visitor alice = enter("Alice");
  Visitor bob = enter("Bob");
  EXPECT_FALSE(alice.client->next_push()) << "what there is to see is told by the tick";
  tick();
  const auto seen = take<ViewChanged>(alice, "onView");
  ASSERT_EQ(seen.size(), 1u);
  ASSERT_EQ(seen[0].came.size(), 1u) << "its own tadpole is not among them";
  EXPECT_EQ(seen[0].came[0].name, "Bob");
  EXPECT_EQ(seen[0].came[0].swimmer, bob.entered.self);
  EXPECT_TRUE(seen[0].gone.empty());
  EXPECT_EQ(take<ViewChanged>(bob, "onView").at(0).came.at(0).name, "Alice");
}

TEST_F(PondTest, IsEnteredOnceBySession) {
  Visitor alice = enter("Alice");
  const auto again = alice.client->request<EnterReply>("Pond.Enter", EnterRequest{"Eve"});
  EXPECT_EQ(again.error().code, "already_entered");
  EXPECT_EQ(pond_.players().size(), 1u);
}

TEST_F(PondTest, ShowsACrowdOfNewcomersAFewAtATime) {
  std::vector<Visitor> crowd;
  for (int i = 0; i < Pond::newcomers_per_tick + 3; ++i) crowd.push_back(enter(""));
  const auto appeared = [&] {
    int count = 0;
    for (const auto& [session, player] : pond_.players()) count += player.cell != Grid::nowhere;
    return count;
  };
  say(crowd.back(), "first!");
  steer(crowd.back(), right, 100);
  tick();
  EXPECT_EQ(appeared(), Pond::newcomers_per_tick);
  EXPECT_FALSE(crowd.back().client->next_push());
  EXPECT_EQ(player(crowd.back())->shown, crowd.back().entered.self) << "it waits where it was told to be";
  tick();
  EXPECT_EQ(appeared(), Pond::newcomers_per_tick + 3);
  EXPECT_EQ(take<Said>(crowd.back(), "onSay").size(), 1u) << "said before it appeared, heard then";
}

TEST_F(PondTest, IsFullAtSomeTime) {
  std::vector<std::shared_ptr<nano::testing::Client>> clients;
  const auto session_count = [&] { return pond_.players().size(); };
  while (session_count() < Pond::visitors_max) {
    clients.push_back(world_.connect());
    clients.back()->send_request("Pond.Enter", EnterRequest{""});
    if (clients.size() % 50 == 0) world_.settle();
    ASSERT_LE(clients.size(), Pond::visitors_max + 50);
  }
  auto late = world_.connect();
  const auto refused = late->request<EnterReply>("Pond.Enter", EnterRequest{""});
  EXPECT_EQ(refused.error().code, "pond_full");
}

// -- swimming ----------------------------------------------------------------------------------------------

TEST_F(PondTest, MovesWhoeverSteersAndTellsItToAllInView) {
  Visitor alice = enter("Alice");
  Visitor bob = enter_and_appear("Bob");
  steer(alice, right, 100);
  tick(20);
  const auto moves = take<Moves>(bob, "onMoves");
  ASSERT_EQ(moves.size(), 20u);
  EXPECT_EQ(moves.back().tick, moves.front().tick + 19);
  ASSERT_EQ(moves.back().moved.size(), 1u);
  EXPECT_EQ(moves.back().moved[0], player(alice)->shown);
  EXPECT_GT(moves.back().moved[0].speed, 0);
  EXPECT_EQ(take<Moves>(alice, "onMoves").size(), 20u) << "its own moves, too";
}

TEST_F(PondTest, IsSilentAboutThoseWhoRest) {
  Visitor alice = enter("Alice");
  Visitor bob = enter_and_appear("Bob");
  swim(alice, right, 10);
  EXPECT_FALSE(take<Moves>(bob, "onMoves").empty());
  EXPECT_FALSE(take<Moves>(alice, "onMoves").empty());
  tick(100);
  EXPECT_TRUE(take<Moves>(bob, "onMoves").empty());
  EXPECT_TRUE(take<Moves>(alice, "onMoves").empty());
}

TEST_F(PondTest, DropsSteeringThatMakesNoSense) {
  Visitor alice = enter_and_appear("Alice");
  auto raw = [&](std::string_view json) {
    alice.client->send_message({.type = nano::protocol::MessageType::notify, .route = "Pond.Steer"}, json);
    tick();
  };
  raw(R"({"heading":1e300,"thrust":100})");
  raw(R"({"heading":0.5,"thrust":100})");
  raw(R"({"heading":NaN,"thrust":100})");
  raw(R"({"heading":"0","thrust":100})");
  raw(R"({"thrust":100})");
  raw("\xFF");
  EXPECT_EQ(player(alice)->body.speed, 0);
  raw(R"({"heading":2147483647,"thrust":2147483647})");
  tick(200);
  EXPECT_EQ(player(alice)->body.speed, Pond::speed_max);
}

TEST_F(PondTest, HearsNoMoreThanThirtySteersAtOnce) {
  Visitor alice = enter_and_appear("Alice");
  for (int i = 0; i < 200; ++i) steer(alice, right, 10);
  steer(alice, right, 100);
  tick(20);
  EXPECT_EQ(player(alice)->body.speed, Pond::speed_max / 10) << "the last one came too soon";
  steer(alice, right, 100);
  tick(20);
  EXPECT_EQ(player(alice)->body.speed, Pond::speed_max);
}

TEST_F(PondTest, TicksAtItsRate) {
  world_.advance(60s);
  EXPECT_EQ(pond_.tick_number(), 1200);
}

TEST(PondRate, IsAnOption) {
  for (const int tick_hz : {1, 30, 120}) {
    nano::testing::World world;
    Pond& pond = world.app().add<Pond>(world.app().random(), tick_hz);
    world.start();
    world.advance(10s + 1ms);
    EXPECT_EQ(pond.tick_number(), 10 * tick_hz);
  }
}

TEST(PondRate, HasBounds) {
  for (const int tick_hz : {0, 121}) {
    nano::testing::World world;
    world.app().add<Pond>(world.app().random(), tick_hz);
    EXPECT_THROW(world.start(), std::invalid_argument);
  }
}

// -- who sees whom -----------------------------------------------------------------------------------------

TEST_F(PondTest, PartsThoseWhoSwimFarFromEachOtherAndBringsThemTogetherAgain) {
  Visitor alice = enter("Alice");
  Visitor bob = enter_and_appear("Bob");
  take<ViewChanged>(alice, "onView");
  swim(bob, right, 200);  // 3000 units
  const auto parted = take<ViewChanged>(alice, "onView");
  ASSERT_EQ(parted.size(), 1u);
  EXPECT_EQ(parted[0].gone, std::vector<std::int32_t>{bob.id()});
  EXPECT_EQ(take<ViewChanged>(bob, "onView").back().gone, std::vector<std::int32_t>{alice.id()});

  steer(bob, left, 50);
  say(bob, "Where are you?");
  tick();
  EXPECT_FALSE(alice.client->next_push()) << "she hears nothing of him";
  EXPECT_EQ(take<Said>(bob, "onSay").size(), 1u) << "he hears himself";

  swim(bob, left, 200);
  const auto together = take<ViewChanged>(alice, "onView");
  ASSERT_EQ(together.size(), 1u);
  ASSERT_EQ(together[0].came.size(), 1u);
  EXPECT_EQ(together[0].came[0].swimmer.id, bob.id());
  EXPECT_EQ(together[0].came[0].name, "Bob");
}

TEST_F(PondTest, ShowsWhatIsWithinAScreenAround) {
  Visitor alice = enter("Alice");
  Visitor bob = enter_and_appear("Bob");
  steer(bob, right, 100);
  while (player(bob)->shown.x - player(alice)->shown.x < Pond::cell_size) {
    ASSERT_TRUE(pond_.grid().near(player(alice)->cell, player(bob)->cell));
    tick();
  }
}

// -- speech ------------------------------------------------------------------------------------------------

TEST_F(PondTest, CarriesSpeechToAllInViewAndToTheSpeaker) {
  Visitor alice = enter("Alice");
  Visitor bob = enter_and_appear("Bob");
  say(bob, "Hello,\n\u202Ealice  ");
  tick();
  for (Visitor* listener : {&alice, &bob}) {
    const auto heard = take<Said>(*listener, "onSay");
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].id, bob.id());
    EXPECT_EQ(heard[0].text, "Hello, alice");
  }
}

TEST_F(PondTest, LimitsSpeechInLengthAndRate) {
  Visitor alice = enter_and_appear("Alice");
  say(alice, std::string(5000, 'x'));
  for (int i = 0; i < 50; ++i) say(alice, "spam");
  tick();
  const auto heard = take<Said>(alice, "onSay");
  ASSERT_EQ(heard.size(), 5u);
  EXPECT_EQ(heard[0].text, std::string(120, 'x'));
  world_.advance(2s);
  for (int i = 0; i < 50; ++i) say(alice, "spam");
  tick();
  EXPECT_EQ(take<Said>(alice, "onSay").size(), 1u);
}

TEST_F(PondTest, HearsNobodyWhoHasNotEntered) {
  Visitor alice = enter_and_appear("Alice");
  Visitor outsider{world_.connect(), {}};
  say(outsider, "psst");
  steer(outsider, right, 100);
  say(alice, " \n\u200B");
  tick();
  EXPECT_FALSE(alice.client->next_push());
  EXPECT_FALSE(outsider.client->next_push());
}

// -- going -------------------------------------------------------------------------------------------------

TEST_F(PondTest, ForgetsThoseWhoGo) {
  Visitor alice = enter("Alice");
  Visitor bob = enter_and_appear("Bob");
  Visitor carol = enter_and_appear("Carol");
  take<ViewChanged>(alice, "onView");
  say(bob, "bye");
  bob.client->close();
  carol.client->vanish();
  tick();
  const auto seen = take<ViewChanged>(alice, "onView");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].gone, (std::vector<std::int32_t>{bob.id(), carol.id()}));
  EXPECT_EQ(pond_.players().size(), 1u);
  EXPECT_EQ(world_.app().session_count(), 1u);
}

TEST_F(PondTest, ForgetsThoseWhoGoBeforeTheyAppear) {
  Visitor alice = enter_and_appear("Alice");
  Visitor bob = enter("Bob");
  bob.client->vanish();
  tick();
  EXPECT_FALSE(alice.client->next_push());
  EXPECT_EQ(pond_.players().size(), 1u);
}

TEST_F(PondTest, KeepsNoSessionAliveThatHasClosed) {
  Visitor alice = enter_and_appear("Alice");
  const std::weak_ptr<nano::Session> session = player(alice)->session;
  alice.client->vanish();
  tick();
  EXPECT_TRUE(session.expired());
}

// -- numbers -----------------------------------------------------------------------------------------------

TEST_F(PondTest, TellsTheNumberOfVisitorsAtMostOnceASecondAndOnlyWhenItChanged) {
  Visitor alice = enter("Alice");
  std::vector<Visitor> others;
  for (int i = 0; i < 4; ++i) others.push_back(enter(""));
  world_.advance(1s);
  auto told = take<Visitors>(alice, "onVisitors");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].visitors, 5);
  world_.advance(10s);
  EXPECT_TRUE(take<Visitors>(alice, "onVisitors").empty());
  others.clear();
  world_.advance(1s);
  EXPECT_EQ(take<Visitors>(alice, "onVisitors").at(0).visitors, 1);
}

TEST_F(PondTest, TellsEverybodyHowItKeepsItsRate) {
  Visitor alice = enter("Alice");
  world_.advance(10s);
  auto outsider = world_.connect();
  const auto stats = outsider->request<Stats>("Pond.Stats", std::string{"{}"});
  ASSERT_TRUE(stats.ok());
  EXPECT_EQ(stats->visitors, 1);
  EXPECT_EQ(stats->tick_hz, 20);
  EXPECT_EQ(stats->ticks, 200);
  EXPECT_NEAR(stats->ticks_per_second, 20, 1e-6);
  EXPECT_EQ(stats->lateness_ms_max, 0) << "time stands still while a test's world works";
}

TEST_F(PondTest, TellsItsStatisticsTwiceASecondAtMost) {
  auto client = world_.connect();
  const auto ask = [&] { return client->request<Stats>("Pond.Stats", std::string{"{}"}); };
  EXPECT_TRUE(ask().ok());
  EXPECT_TRUE(ask().ok());
  EXPECT_EQ(ask().error().code, "too_many_requests");
  world_.advance(500ms);
  EXPECT_TRUE(ask().ok());
}

}  // namespace
}  // namespace tadpole
