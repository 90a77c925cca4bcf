// What an application does wrong costs the handler that does it: it is logged with route and session, and
// answered `internal`.

#include <functional>
#include <new>
#include <stdexcept>

#include "nano/component/handler_test_fixture.h"
#include "nano/scheduler/local_scheduler.h"
#include "nano/session/group.h"

namespace nano {
namespace {

using Mistake = std::function<void(Session&)>;

class Clumsy final : public Component {
 public:
  static void routes(Routes<Clumsy>& on) {
    on.add<&Clumsy::at_once>("AtOnce").add<&Clumsy::later>("Later").add<&Clumsy::fine>("Fine");
    on.add<&Clumsy::twice>("Twice");
  }
  std::string at_once(Session& session) { return mistake(session), "unharmed"; }
  Task<std::string> later(SessionPtr session) {
    co_await scheduler().yield();
    mistake(*session);
    co_return "unharmed";
  }
  Task<std::string> twice(SessionPtr) {
    Task<int> task = one();
    const int first = co_await std::move(task);
    const int second = co_await std::move(task);
    co_return std::to_string(first + second);
  }
  std::string fine(const std::string& text) { return text; }

  Mistake mistake;

 private:
  static Task<int> one() { co_return 1; }
};

class MistakesTest : public HandlerTest<Clumsy> {
 protected:
  void expect_internal(const std::string& route) {
    EXPECT_EQ(ask(route), internal_error);
    EXPECT_TRUE(world_.log().contains("handler failed route=" + route + " session=1"));
    EXPECT_EQ(ask("Clumsy.Fine", "and on"), "and on");
  }
  void expect_costs_its_handler(Mistake mistake) {
    component_.mistake = std::move(mistake);
    expect_internal("Clumsy.AtOnce");
    expect_internal("Clumsy.Later");
  }
};

TEST_F(MistakesTest, ResultsThatAreNotLookedAt) {
  expect_costs_its_handler([](Session&) {
    const Result<std::string> failed = Error{"room_full", "The room is full."};
    static_cast<void>(failed->size());
  });
  EXPECT_TRUE(world_.log().contains("room_full: The room is full."));
  expect_costs_its_handler([](Session&) { static_cast<void>(Result<int>{1}.error()); });
}

TEST_F(MistakesTest, EmptyFunctions) {
  expect_costs_its_handler([](Session&) { Function<void()>{}(); });
  expect_costs_its_handler([](Session&) { std::function<void()>{}(); });
}

TEST_F(MistakesTest, RunningTheSchedulerFromWithinAHandler) {
  component_.mistake = [](Session& session) { session.host().scheduler().run_ready(); };
  expect_internal("Clumsy.Later");
}

TEST_F(MistakesTest, AwaitingATaskTwice) { expect_internal("Clumsy.Twice"); }

TEST_F(MistakesTest, AGroupWithMembersOfTwoServers) {
  testing::World other;
  other.app().add<Clumsy>();
  other.start();
  const auto stranger = other.connect();
  Group group;
  group.add(*other.app().find_session(1));
  expect_costs_its_handler([&](Session& session) { group.add(session); });
  EXPECT_EQ(group.count(), 1u);
}

TEST_F(MistakesTest, ThrowingWhatIsNoException) {
  expect_costs_its_handler([](Session&) { throw 42; });
  expect_costs_its_handler([](Session&) { throw Error{"oops", "no exception"}; });
  expect_costs_its_handler([](Session&) { throw std::bad_alloc{}; });
}

/// A local scheduler of the application's own.
class BrokenScheduler final : public LocalScheduler {
 public:
  bool schedule(Function<void()>) override { throw std::runtime_error("the frame is broken"); }
};

TEST(MistakesOfALocalScheduler, CostTheMessageAndNotThoseBehindIt) {
  testing::World world;
  BrokenScheduler broken;
  world.app().add<Clumsy>({.name = "Broken", .handler_name = nullptr, .scheduler = &broken});
  world.app().add<Clumsy>();
  world.start();
  const auto client = world.connect();
  const std::uint64_t failed = client->send_request("Broken.Fine", "x");
  const std::uint64_t behind = client->send_request("Clumsy.Fine", "y");
  world.settle();
  EXPECT_FALSE(client->take_reply<std::string>(failed).ok());
  EXPECT_EQ(*client->take_reply<std::string>(behind), "y");
  EXPECT_TRUE(
      world.log().contains("handler failed route=Broken.Fine session=1 error=\"the frame is broken\""));
}

}  // namespace
}  // namespace nano
