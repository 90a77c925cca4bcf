// What a stop waits for in frames, and how it counts its time.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/application/drain_test_fixture.h"
#include "nano/scheduler/local_scheduler.h"

namespace nano {
namespace {

TEST(DrainOfFrames, MessagesThatWaitForAFrameAreHandled) {
  testing::World world;
  FrameScheduler frames{world.app().scheduler(), milliseconds{50}};
  Texts events;
  world.app().add<Worker>(ComponentOptions{.scheduler = &frames}, events);
  world.start();
  auto client = world.connect();
  const std::uint64_t id = client->send_request("Worker.Echo", "in the frame");
  client->notify("Worker.Note", "too");
  world.stop();
  const Result<std::string> reply = client->take_reply<std::string>(id);
  EXPECT_TRUE(reply && *reply == "in the frame");
  EXPECT_EQ(events, Texts{"note too"});
}

TEST(DrainOfFrames, ARequestThatIsGivenUpWhileItWaitsForItsFrameIsAnsweredOnceAndNotHandled) {
  Options options;
  options.shutdown_timeout = seconds{1};
  testing::World world{1, options};
  FrameScheduler frames{world.app().scheduler(), milliseconds{800}};
  Texts events;
  Worker& worker = world.app().add<Worker>(ComponentOptions{.scheduler = &frames}, events);
  world.start();
  auto client = world.connect();
  const std::uint64_t echo = client->send_request("Worker.Echo", "never");
  const std::uint64_t slow = client->send_request("Worker.Slow", "1");
  const std::uint64_t hold = client->send_request("Worker.Hold", "");
  world.app().scheduler().spawn(worker.wait(milliseconds{900}, "saved"));
  world.stop();
  EXPECT_TRUE(world.app().stopped());
  for (const std::uint64_t id : {echo, slow, hold}) {
    const Result<std::string> reply = client->take_reply<std::string>(id);
    EXPECT_TRUE(!reply && reply.error().is(Errc::unavailable)) << id;
  }
  EXPECT_EQ(events, Texts{"saved"});
  EXPECT_TRUE(worker.held.empty());
}

/// Runs what waits when its component shuts down.
class LastFrame final : public LocalScheduler {
 public:
  [[nodiscard]] bool schedule(Function<void()> task) override {
    tasks_.push_back(std::move(task));
    return true;
  }
  void run() {
    for (Function<void()>& task : std::exchange(tasks_, {})) task();
  }

 private:
  std::vector<Function<void()>> tasks_;
};

TEST(DrainOfFrames, WhatWasGivenUpIsNotHandledByAFrameOfTheShutdown) {
  testing::World world;
  LastFrame frame;
  Texts events;
  Worker& worker = world.app().add<Worker>(ComponentOptions{.scheduler = &frame}, events);
  worker.at_shutdown = [&] { frame.run(); };
  world.start();
  auto client = world.connect();
  const std::uint64_t id = client->send_request("Worker.Echo", "never");
  client->notify("Worker.Note", "handled");
  world.stop();
  const Result<std::string> reply = client->take_reply<std::string>(id);
  EXPECT_TRUE(!reply && reply.error().is(Errc::unavailable));
  EXPECT_EQ(events, Texts{"note handled"});
}

TEST(DrainOfFrames, WhatClosedCallbacksAndClientsThatHaveGoneSentIsHandled) {
  testing::World world;
  FrameScheduler frames{world.app().scheduler(), milliseconds{50}};
  Texts events;
  world.app().add<Worker>(ComponentOptions{.scheduler = &frames}, events);
  const auto note = [](Session& session) { session.notify("Worker.Note", session.close_reason()); };
  world.app().on_session_closed(note).detach();
  world.start();
  auto gone = world.connect();
  gone->notify("Worker.Note", "before it went");
  gone->vanish();
  auto client = world.connect();
  world.stop();
  EXPECT_EQ(events, (Texts{"note before it went", "note connection_lost", "note shutdown"}));
}

TEST(DrainTime, StandsStillWhileTheProcessDoes) {
  testing::World world;
  Texts events;
  world.app().add<Worker>(events);
  world.start();
  auto client = world.connect();
  const std::uint64_t id = client->send_request("Worker.Ask", "Worker.Slow");  // a second, and then more
  world.app().stop();
  world.settle();
  world.clock().advance(limits::shutdown_timeout * 10);  // nothing runs
  world.advance(seconds{1});
  EXPECT_TRUE(world.app().stopped());
  const Result<std::string> reply = client->take_reply<std::string>(id);
  EXPECT_TRUE(reply && *reply == "got 100");
  EXPECT_FALSE(world.log().contains("stopped before all was done"));
}

TEST(DrainTime, IsNotUsedUpByClosedCallbacksThatTakeLong) {
  Options options;
  options.shutdown_timeout = seconds{2};
  testing::World world{1, options};
  Texts events;
  Worker& worker = world.app().add<Worker>(events);
  std::size_t told = 0;
  const auto count = [&](Session&) {
    world.clock().advance(milliseconds{2});
    ++told;
  };
  world.app().on_session_closed(count).detach();
  worker.at_shutdown = [&] { events.push_back("shut down"); };
  world.start();
  std::vector<std::shared_ptr<testing::Client>> clients;
  for (std::size_t i = 0; i < 4 * limits::sessions_closed_per_turn; ++i) clients.push_back(world.connect());
  const TimePoint begin = world.clock().now();
  world.stop();
  ASSERT_TRUE(world.app().stopped());
  EXPECT_LE(world.clock().now() - begin, options.shutdown_timeout + seconds{1});
  EXPECT_EQ(events, Texts{"shut down"});
  EXPECT_GT(told, limits::sessions_closed_per_turn);
  EXPECT_LT(told, clients.size());
  EXPECT_TRUE(world.log().contains("coroutines=0 offloaded=0 of=\"\" sessions=" +
                                   std::to_string(world.app().session_count())));
}

TEST(DrainTime, IsWhatTheOptionsSay) {
  Options options;
  options.shutdown_timeout = seconds{60};
  testing::World world{1, options};
  Texts events;
  world.app().add<Worker>(events);
  world.start();
  auto client = world.connect();
  const std::uint64_t id = client->send_request("Worker.Slow", "20000");
  world.stop();
  EXPECT_TRUE(client->take_reply<std::string>(id).ok());
}

}  // namespace
}  // namespace nano
