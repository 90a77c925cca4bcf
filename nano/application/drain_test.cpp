// What a stop finishes, in which order, and within which time.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/application/drain_test_fixture.h"
#include "nano/application/environment.h"
#include "nano/scheduler/cancellable_task.h"
#include "nano/testing/advance.h"

namespace nano {
namespace {

class DrainTest : public ::testing::Test {
 protected:
  DrainTest() : worker_(world_.app().add<Worker>(events_)) {
    world_.start();
    begin_ = world_.clock().now();
  }

  std::shared_ptr<testing::Client> client() { return clients_.emplace_back(world_.connect()); }
  /// How long the stop took.
  Duration stop() {
    const TimePoint begin = world_.clock().now();
    world_.stop();
    EXPECT_TRUE(world_.app().stopped());
    return world_.clock().now() - begin;
  }
  static std::string text_of(const Result<std::string>& reply) { return reply ? *reply : reply.error().code; }
  void expect_no_warning() const { EXPECT_FALSE(world_.log().contains("warning")); }
  static Duration timeout() { return limits::shutdown_timeout; }

  Texts events_;
  testing::World world_;
  Worker& worker_;
  TimePoint begin_;
  std::vector<std::shared_ptr<testing::Client>> clients_;
};

TEST_F(DrainTest, WithNothingToDoTakesNoTime) {
  EXPECT_EQ(stop(), Duration::zero());
  expect_no_warning();
}

TEST_F(DrainTest, WithIdleClientsItTakesNoTimeEither) {
  for (int i = 0; i < 1234; ++i) client();
  EXPECT_EQ(stop(), Duration::zero());
  for (const auto& each : clients_) EXPECT_EQ(each->close_reason(), "shutdown");
}

TEST_F(DrainTest, EachRequestThatWasBegunIsAnswered) {
  std::vector<std::pair<testing::Client*, std::uint64_t>> asked;
  for (int i = 0; i < 50; ++i) {
    client();
    for (int j = 0; j < 20; ++j) {
      asked.emplace_back(clients_.back().get(), clients_.back()->send_request("Worker.Slow", "300"));
    }
  }
  EXPECT_EQ(stop(), milliseconds{300});
  for (const auto& [from, id] : asked) EXPECT_EQ(text_of(from->take_reply<std::string>(id)), "300");
  expect_no_warning();
}

TEST_F(DrainTest, NewRequestsAreRefusedWithAnErrorAndNotifiesWithoutAWord) {
  client();
  const std::uint64_t before = clients_[0]->send_request("Worker.Slow", "300");
  world_.app().stop();
  world_.settle();
  EXPECT_TRUE(world_.app().stopping());
  EXPECT_EQ(text_of(clients_[0]->request<std::string>("Worker.Echo", "now")), "unavailable");
  clients_[0]->notify("Worker.Note", "now");
  EXPECT_EQ(text_of(clients_[0]->take_reply<std::string>(before)), "timeout") << "not yet answered";
  world_.advance(milliseconds{300});
  EXPECT_EQ(text_of(clients_[0]->take_reply<std::string>(before)), "300");
  EXPECT_EQ(events_, Texts{"slow 300"});
  EXPECT_TRUE(world_.app().stopped());
}

TEST_F(DrainTest, WhatClosedCallbacksStartEnds) {
  for (int i = 0; i < 100; ++i) client()->notify("Worker.SaveWhenClosed", "");
  EXPECT_EQ(stop(), milliseconds{200});
  EXPECT_EQ(worker_.saved, 100u);
}

TEST_F(DrainTest, CallsBetweenServicesGoOnUntilTheEnd) {
  const std::uint64_t id = client()->send_request("Worker.Ask", "Worker.Slow");
  worker_.at_shutdown = [&] {
    world_.app().scheduler().spawn([](Application& app, Texts& events) -> Task<void> {
      const Result<std::string> answer = co_await app.call<std::string>("Worker.Echo", "still");
      events.push_back(text_of(answer));
    }(world_.app(), events_));
  };
  EXPECT_EQ(stop(), milliseconds{1100});
  EXPECT_EQ(text_of(clients_[0]->take_reply<std::string>(id)), "got 100");
  EXPECT_EQ(events_, (Texts{"slow 100", "still"}));
}

TEST_F(DrainTest, AnsweredByWhoeverHoldsTheRequest) {
  const std::uint64_t held = client()->send_request("Worker.Hold", "");
  worker_.at_before_shutdown = [this] { worker_.held[0].respond("goodbye"); };
  EXPECT_EQ(stop(), Duration::zero());
  EXPECT_EQ(text_of(clients_[0]->take_reply<std::string>(held)), "goodbye");
}

TEST_F(DrainTest, WhatIsNotAnsweredInItsPartOfTheTimeGetsAnErrorAndIsNamed) {
  client();
  std::vector<std::uint64_t> ids;
  for (const char* route : {"Worker.Hold", "Worker.Hold", "Worker.Hold"}) {
    ids.push_back(clients_[0]->send_request(route, ""));
  }
  ids.push_back(clients_[0]->send_request("Worker.Slow", "60000"));
  const SessionPtr session = worker_.held[1].session().shared_from_this();
  const std::uint64_t released = worker_.held[1].release();
  EXPECT_LE(stop(), timeout());
  for (const std::uint64_t id : ids) {
    EXPECT_EQ(text_of(clients_[0]->take_reply<std::string>(id)), "unavailable");
  }
  EXPECT_EQ(clients_[0]->close_reason(), "shutdown");
  EXPECT_TRUE(
      world_.log().contains("requests answered with an error, as the server stops count=4 released=1 "
                            "routes=\"Worker.Hold 3, Worker.Slow 1\""));
  EXPECT_TRUE(
      world_.log().contains("stopped before all was done coroutines=1 offloaded=0 of=\"Worker.Slow 1\""));
  worker_.held[0].respond("much too late");
  EXPECT_FALSE(worker_.held[0].open());
  EXPECT_FALSE(session->respond(released, std::string{"too late"}));
}

TEST_F(DrainTest, WhatIsReadyWellWithinTheTimeIsAnswered) {
  const std::uint64_t id = client()->send_request("Worker.Slow", "5000");
  EXPECT_EQ(stop(), seconds{5});
  EXPECT_EQ(text_of(clients_[0]->take_reply<std::string>(id)), "5000");
  expect_no_warning();
}

TEST_F(DrainTest, ARequestOfAClientThatHasGoneIsNotWaitedFor) {
  client()->send_request("Worker.Hold", "");
  clients_[0]->vanish();
  world_.advance(seconds{200});
  ASSERT_EQ(world_.app().session_count(), 0u);
  EXPECT_EQ(stop(), Duration::zero());
  expect_no_warning();
}

TEST_F(DrainTest, CoroutinesEndWithinTheWholeTimeThoughTheNextStepsBegin) {
  world_.app().scheduler().spawn(worker_.wait(timeout() * 4 / 5, "saved"));
  Duration closed{};
  client();
  world_.app().find_session(1)->on_closed([&](Session&) { closed = world_.clock().now() - begin_; }).detach();
  EXPECT_EQ(stop(), timeout() * 4 / 5);
  EXPECT_EQ(closed, timeout() * limits::stop_percent_answers / 100);
  EXPECT_EQ(events_, Texts{"saved"});
}

TEST_F(DrainTest, WhatNeverEndsIsCancelledCountedAndNamed) {
  for (int i = 0; i < 3; ++i) {
    world_.app().scheduler().spawn(worker_.wait(seconds{3600}, "never"), {.name = "autosave"});
  }
  const Timer timer = world_.app().scheduler().after(
      seconds{1}, [&] { world_.app().scheduler().spawn(worker_.wait(seconds{3600}, "never")); });
  EXPECT_EQ(stop(), timeout() * limits::stop_percent_components / 100);
  EXPECT_EQ(world_.app().scheduler().spawned_count(), 0u);
  EXPECT_TRUE(world_.log().contains(
      "stopped before all was done coroutines=4 offloaded=0 of=\"autosave 3, timer 1\""));
}

TEST_F(DrainTest, ALoopInTheBackgroundCostsNoTimeAndRunsUntilTheEnd) {
  const auto loop = [](Application& app, std::size_t& rounds) -> Task<void> {
    for (;;) {
      co_await app.scheduler().sleep(milliseconds{100});
      ++rounds;
    }
  };
  std::size_t rounds = 0;
  world_.app().scheduler().spawn(loop(world_.app(), rounds), {.background = true});
  client()->send_request("Worker.Slow", "1000");
  EXPECT_EQ(stop(), seconds{1});
  EXPECT_GE(rounds, 9u);
  EXPECT_EQ(world_.app().scheduler().spawned_count(), 0u);
  expect_no_warning();
}

TEST_F(DrainTest, TimersRunMeanwhile) {
  std::size_t ticks = 0;
  const Timer timer = world_.app().scheduler().every(milliseconds{100}, [&] { ++ticks; });
  client()->send_request("Worker.Slow", "1000");
  EXPECT_EQ(stop(), seconds{1});
  EXPECT_GE(ticks, 9u);
}

TEST_F(DrainTest, AHookOrCallbackMayAskForTheStopThatIsHappening) {
  worker_.at_before_shutdown = [this] { world_.app().stop(); };
  worker_.at_shutdown = [this] { world_.app().stop(); };
  world_.app().on_session_closed([this](Session&) { world_.app().stop(); }).detach();
  client()->notify("Worker.SaveWhenClosed", "");
  EXPECT_EQ(stop(), milliseconds{200});
  EXPECT_EQ(worker_.saved, 1u);
}

TEST_F(DrainTest, AskedAgainFromOutsideItEndsAtOnce) {
  client()->send_request("Worker.Slow", "60000");
  world_.app().stop();
  world_.settle();
  EXPECT_FALSE(world_.app().stopped());
  world_.app().stop();
  world_.settle();
  EXPECT_TRUE(world_.app().stopped());
  EXPECT_TRUE(world_.log().contains("of=\"Worker.Slow 1\""));
}

TEST_F(DrainTest, NobodyIsLetInMeanwhile) {
  client()->send_request("Worker.Slow", "1000");
  world_.app().stop();
  world_.settle();
  EXPECT_EQ(world_.connect_silently()->close_reason(), "shutdown");
  world_.advance(seconds{1});
  EXPECT_TRUE(world_.app().stopped());
}

TEST_F(DrainTest, NoTurnClosesMoreSessionsThanOthersCanWaitFor) {
  for (std::size_t i = 0; i < 2 * limits::sessions_closed_per_turn + 1; ++i) client();
  std::vector<std::size_t> left;
  world_.app().scheduler().at_turn_end([&] { left.push_back(world_.app().session_count()); });
  EXPECT_EQ(stop(), Duration::zero());
  for (std::size_t i = 1; i < left.size(); ++i) {
    EXPECT_LE(left[i - 1] - left[i], limits::sessions_closed_per_turn);
  }
  EXPECT_EQ(left.back(), 0u);
}

/// Keeps the last job until the test runs it.
class HeldWorker final : public WorkerPool {
 public:
  bool submit(Function<void()> job) override {
    job_ = std::move(job);
    return true;
  }
  void run() { std::exchange(job_, {})(); }

 private:
  Function<void()> job_;
};

TEST(DrainOfWorkers, ACallThatNobodyNeedsAnyMoreIsWaitedForAndNamed) {
  ManualClock clock;
  ManualDriver driver;
  HeldWorker worker;
  testing::LogCapture log;
  Application app{Options{}, Environment{clock, driver, worker, log.log(), 1}};
  app.start();
  Scheduler& scheduler = app.scheduler();
  std::optional<CancellableTask<int>> asking;
  const auto save = [](Scheduler& on, std::function<void()> during) -> Task<int> {
    auto call = on.offload([during] { during(); });
    co_await call;
    co_return 1;
  };
  asking.emplace(save(scheduler, [&] {
    asking->cancel();  // as a client does that leaves
    app.stop();
    testing::advance(clock, scheduler, limits::shutdown_timeout * 99 / 100, [&] { scheduler.run_ready(); });
    EXPECT_TRUE(log.contains("coroutines=0 offloaded=1 of=\"Room.Save 1\" sessions=0"));
    EXPECT_FALSE(app.stopped());
  }));
  const auto wait = [](CancellableTask<int>& task) -> Task<void> { co_await task; };
  scheduler.run_now([&] { scheduler.spawn(wait(*asking)); }, "Room.Save");
  worker.run();
  scheduler.run_ready();
  EXPECT_TRUE(app.stopped());
}

/// A component whose hooks wait.
class Patient : public Component {
 public:
  Patient(std::string name, Texts& events) : name_(std::move(name)), events_(events) {}
  static void routes(Routes<Patient>&) {}
  Task<void> before_shutdown(TimePoint deadline) override { return take_time("before_shutdown", deadline); }
  Task<void> shutdown(TimePoint deadline) override { return take_time("shutdown", deadline); }

  Duration takes = milliseconds{100};
  std::string throws_in;

 private:
  Task<void> take_time(std::string hook, TimePoint deadline) {
    EXPECT_GE(deadline, now());
    if (takes > seconds{60}) events_.push_back(name_ + " begins " + hook);
    auto row = offload([] { return 1; });
    const int one = co_await row;
    co_await sleep(one * takes);
    if (throws_in == hook) throw std::runtime_error(hook + " broke");
    events_.push_back(name_ + " " + hook);
  }

  const std::string name_;
  Texts& events_;
};

class DrainHooks : public ::testing::Test {
 protected:
  DrainHooks() {
    for (const std::string name : {"a", "b", "c"}) {
      ComponentOptions options;
      options.name = name;
      components_.push_back(&world_.app().add<Patient>(std::move(options), name, events_));
    }
    world_.start();
    client_ = world_.connect();
    world_.app().find_session(1)->on_closed([this](Session&) { events_.push_back("closed"); }).detach();
  }

  Texts events_;
  testing::World world_;
  std::vector<Patient*> components_;
  std::shared_ptr<testing::Client> client_;
};

TEST_F(DrainHooks, AreAwaitedOneAfterTheOtherInReverseOrder) {
  const TimePoint begin = world_.clock().now();
  world_.stop();
  EXPECT_EQ(world_.clock().now() - begin, milliseconds{600});
  EXPECT_EQ(events_, (Texts{"c before_shutdown", "b before_shutdown", "a before_shutdown", "closed",
                            "c shutdown", "b shutdown", "a shutdown"}));
}

TEST_F(DrainHooks, ThatThrowAreLoggedAndTheOthersRunAllTheSame) {
  components_[1]->throws_in = "before_shutdown";
  components_[2]->throws_in = "shutdown";
  world_.stop();
  EXPECT_EQ(events_, (Texts{"c before_shutdown", "a before_shutdown", "closed", "b shutdown", "a shutdown"}));
  EXPECT_TRUE(world_.log().contains("task failed in=b.before_shutdown error=\"before_shutdown broke\""));
  EXPECT_TRUE(world_.log().contains("task failed in=c.shutdown error=\"shutdown broke\""));
}

TEST_F(DrainHooks, ThatHangTakeNothingFromTheSessionsAndTheOtherHooks) {
  components_[2]->takes = std::chrono::hours{1};
  const TimePoint begin = world_.clock().now();
  world_.stop();
  EXPECT_LE(world_.clock().now() - begin, limits::shutdown_timeout);
  EXPECT_EQ(events_, (Texts{"c begins before_shutdown", "b before_shutdown", "a before_shutdown", "closed",
                            "c begins shutdown", "b shutdown", "a shutdown"}));
  EXPECT_TRUE(world_.log().contains("coroutines=2 offloaded=0 of=\"c.before_shutdown 1, c.shutdown 1\""));
}

}  // namespace
}  // namespace nano
