// Internal header. For the tests of the pond: a world with visitors, in memory and in virtual time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "examples/tadpole/pond.h"
#include "nano/testing/world.h"

namespace tadpole {

using namespace std::chrono_literals;

struct Visitor {
  std::shared_ptr<nano::testing::Client> client;
  EnterReply entered;

  std::int32_t id() const { return entered.id; }
};

class PondFixture {
 protected:
  explicit PondFixture(std::uint64_t seed = 1, int tick_hz = Pond::tick_hz_default)
      : world_(seed), pond_(world_.app().add<Pond>(world_.app().random(), tick_hz)) {
    world_.start();
  }

  Visitor enter(const std::string& name) {
    auto client = world_.connect();
    auto entered = client->request<EnterReply>("Pond.Enter", EnterRequest{name});
    EXPECT_TRUE(entered.ok());
    return {std::move(client), *entered};
  }
  /// The same, and the others know it.
  Visitor enter_and_appear(const std::string& name) {
    Visitor visitor = enter(name);
    tick();
    return visitor;
  }

  void tick(int ticks = 1) { world_.advance(ticks * 50ms); }

  void steer(Visitor& visitor, std::int32_t heading, std::int32_t thrust) {
    visitor.client->notify("Pond.Steer", SteerRequest{heading, thrust});
  }
  /// Swims straight for `ticks`, then rests.
  void swim(Visitor& visitor, std::int32_t heading, int ticks) {
    steer(visitor, heading, 100);
    tick(ticks);
    steer(visitor, heading, 0);
    tick(30);
  }
  void say(Visitor& visitor, const std::string& text) {
    visitor.client->notify("Pond.Say", SayRequest{text});
  }

  /// The player as the pond knows it, or null.
  const Player* player(const Visitor& visitor) const {
    for (const auto& [session, player] : pond_.players()) {
      if (player.id == visitor.id()) return &player;
    }
    return nullptr;
  }

  /// Takes all pushes that have come; those of `route` are returned, decoded.
  template <class T>
  std::vector<T> take(Visitor& visitor, std::string_view route) {
    std::vector<T> taken;
    while (std::optional<nano::testing::Push> push = visitor.client->next_push()) {
      if (push->route == route) taken.push_back(push->as<T>(world_.app().codec()).value());
    }
    return taken;
  }

  nano::testing::World world_;
  Pond& pond_;
};

}  // namespace tadpole
