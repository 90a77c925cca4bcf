#include "nano/scheduler/scheduler.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "nano/base/result.h"
#include "nano/scheduler/scheduler_test_fixture.h"

namespace nano {
namespace {

using namespace std::chrono_literals;
using SchedulerTasks = SchedulerFixture;
using SchedulerTurn = SchedulerFixture;
using SchedulerThread = SchedulerFixture;
using StallWarning = SchedulerFixture;

TEST_F(SchedulerTasks, RunInTheOrderPosted) {
  std::string order;
  for (const char c : {'a', 'b', 'c'}) scheduler_.post([&order, c] { order += c; });
  EXPECT_EQ(order, "");
  EXPECT_EQ(scheduler_.run_ready(), 3u);
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(scheduler_.run_ready(), 0u);
}

TEST_F(SchedulerTasks, PostedByATaskRunInTheNextTurn) {
  std::string order;
  scheduler_.post([&] {
    scheduler_.post([&] { order += "second"; });
    order += "first ";
  });
  EXPECT_TRUE(scheduler_.run_once());
  EXPECT_EQ(order, "first ");
  EXPECT_TRUE(scheduler_.run_once());
  EXPECT_EQ(order, "first second");
  EXPECT_FALSE(scheduler_.run_once());
}

TEST_F(SchedulerTasks, ThatThrowAreLoggedAndHarmNobody) {
  bool ran = false;
  scheduler_.post([] { throw std::runtime_error{"no such room"}; });
  scheduler_.post([] { throw Error{"room_full", "The room is full."}; });
  scheduler_.post([] { throw 7; });
  scheduler_.post([&] { ran = true; });
  EXPECT_EQ(scheduler_.run_ready(), 4u);
  EXPECT_TRUE(ran);
  EXPECT_EQ(recorded_.text(),
            "error task failed in=task error=\"no such room\"\n"
            "error task failed in=task error=\"room_full: The room is full.\"\n"
            "error task failed in=task error=\"an exception that is no std::exception\"\n");
}

TEST_F(SchedulerTasks, ThatAllThrowAreLoggedWithinABudget) {
  for (int i = 0; i < 500; ++i) scheduler_.post([] { throw std::runtime_error{"no such room"}; });
  scheduler_.post([] { throw std::runtime_error{"no such player"}; });
  for (int i = 0; i < 500; ++i) scheduler_.post([] { throw std::runtime_error{"no such room"}; });
  scheduler_.run_ready();
  EXPECT_EQ(std::ranges::count(recorded_.text(), '\n'), limits::log_lines_per_source + 1);
  EXPECT_NE(recorded_.text().find("error=\"no such player\" left_out=492\n"), std::string::npos);
  advance(limits::log_window);
  EXPECT_TRUE(recorded_.text().ends_with("error task failed about=task left_out=500\n"));
  EXPECT_EQ(scheduler_.next_deadline(), std::nullopt);
}

TEST_F(SchedulerThread, SaysAtItsEndWhatWasLeftOutOfTheLog) {
  std::optional<Scheduler> scheduler{std::in_place, clock_, driver_, workers_, recorded_.log()};
  const Log log = scheduler->log();
  std::jthread{[&log] {
    for (int i = 0; i < 1000; ++i) log.limited("192.0.2.1:1").info("refused");
  }}.join();
  scheduler.reset();
  EXPECT_TRUE(recorded_.text().ends_with("info refused left_out=992\n"));
}

TEST_F(SchedulerTasks, AreDestroyedRightAfterTheyRan) {
  const auto held = std::make_shared<int>();
  long holders = 0;
  scheduler_.post([held] {});
  scheduler_.post([&] { holders = held.use_count(); });
  scheduler_.run_ready();
  EXPECT_EQ(holders, 1);
}

TEST_F(SchedulerTasks, AreDroppedUnrunWithTheScheduler) {
  const auto held = std::make_shared<int>();
  bool ran = false;
  {
    Scheduler scheduler{clock_, driver_, workers_, recorded_.log()};
    scheduler.post([held, &ran] { ran = true; });
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(ran);
}

TEST_F(SchedulerTasks, MayPostFromTheirDestructorsWhileTheSchedulerEnds) {
  struct PostsAtItsEnd {
    explicit PostsAtItsEnd(Scheduler& s) : scheduler(s) {}
    ~PostsAtItsEnd() {
      scheduler.post([] {});
      auto never = scheduler.after(1s, [] {});
      EXPECT_FALSE(never.active());
    }
    Scheduler& scheduler;
  };
  Scheduler scheduler{clock_, driver_, workers_, recorded_.log()};
  scheduler.post([held = std::make_unique<PostsAtItsEnd>(scheduler)] {});
}

TEST_F(SchedulerTasks, RunNowIsLoggedAndNestsInATask) {
  std::string order;
  scheduler_.post([&] {
    scheduler_.run_now([&] {
      order += "inner ";
      throw std::runtime_error{"inner"};
    });
    order += "outer";
  });
  scheduler_.run_ready();
  EXPECT_EQ(order, "inner outer");
  EXPECT_EQ(recorded_.text(), "error task failed in=task error=inner\n");
}

TEST_F(SchedulerTasks, TooManyInOneTurnAreWarnedOf) {
  for (std::size_t i = 0; i < limits::posted_tasks_warning; ++i) scheduler_.post([] {});
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "");
  for (std::size_t i = 0; i < limits::posted_tasks_warning + 1; ++i) scheduler_.post([] {});
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "warning many posted tasks count=100001\n");
}

TEST_F(SchedulerTurn, RunsTasksThenTimersThenHooks) {
  std::string order;
  scheduler_.at_turn_end([&] { order += "hook "; });
  scheduler_.after(0s, [&] { order += "timer "; }).detach();
  scheduler_.post([&] { order += "task "; });
  scheduler_.run_once();
  EXPECT_EQ(order, "task timer hook ");
}

TEST_F(SchedulerTurn, HooksOfTheApplicationRunBeforeThoseThatSendWheneverTheyWereAdded) {
  std::string order;
  scheduler_.at_turn_end([&] { order += "sockets "; }, TurnEnd::sockets);
  scheduler_.at_turn_end([&] { order += "links "; }, TurnEnd::links);
  scheduler_.at_turn_end([&] { order += "application "; });
  scheduler_.run_once();
  EXPECT_EQ(order, "application links sockets ");
}

TEST_F(SchedulerTurn, HooksThatThrowAreLoggedAndStay) {
  int calls = 0;
  scheduler_.at_turn_end([&] {
    ++calls;
    throw std::runtime_error{"hook"};
  });
  scheduler_.at_turn_end([&] { ++calls; });
  scheduler_.run_once();
  scheduler_.run_once();
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(recorded_.text(),
            "error task failed in=\"turn end\" error=hook\nerror task failed in=\"turn end\" error=hook\n");
}

TEST_F(SchedulerTurn, HooksGoWithTheirHandle) {
  int calls = 0;
  {
    const Subscription hook = scheduler_.on_turn_end([&] { ++calls; });
    scheduler_.run_once();
    scheduler_.run_once();
  }
  scheduler_.run_once();
  EXPECT_EQ(calls, 2);
}

TEST_F(SchedulerTurn, WhatAHookStartsRunsInTheNextTurn) {
  std::string order;
  bool first = true;
  scheduler_.at_turn_end([&] {
    if (!std::exchange(first, false)) return;
    scheduler_.post([&] { order += "task "; });
    scheduler_.after(0s, [&] { order += "timer "; }).detach();
    scheduler_.at_turn_end([&] { order += "hook "; });
  });
  EXPECT_FALSE(scheduler_.run_once());
  EXPECT_EQ(order, "");
  EXPECT_TRUE(scheduler_.run_once());
  EXPECT_EQ(order, "task timer hook ");
}

TEST_F(SchedulerTurn, RunReadyAlsoRunsWhatOnlyAHookStarted) {
  bool ran = false;
  bool first = true;
  scheduler_.at_turn_end([&] {
    if (std::exchange(first, false)) scheduler_.after(0s, [&] { ran = true; }).detach();
  });
  EXPECT_EQ(scheduler_.run_ready(), 1u);
  EXPECT_TRUE(ran);
}

TEST_F(SchedulerThread, IsTheOneInsideRunReady) {
  EXPECT_FALSE(scheduler_.on_logic_thread());
  bool inside = false;
  scheduler_.post([&] { inside = scheduler_.on_logic_thread(); });
  scheduler_.run_ready();
  EXPECT_TRUE(inside);
  EXPECT_FALSE(scheduler_.on_logic_thread());
}

TEST_F(SchedulerThread, CanBeAdopted) {
  scheduler_.adopt_thread();
  EXPECT_TRUE(scheduler_.on_logic_thread());
  scheduler_.run_ready();
  EXPECT_TRUE(scheduler_.on_logic_thread());
}

using Misuse = SchedulerFixture;

TEST_F(Misuse, ThrowsWhenAnotherThreadStartsATimer) {
  scheduler_.adopt_thread();
  std::jthread{[this] { EXPECT_THROW(scheduler_.after(1s, [] {}).detach(), std::logic_error); }};
  EXPECT_FALSE(scheduler_.next_deadline());
}

TEST_F(Misuse, ATaskThatRunsTheSchedulerItselfHarmsNobody) {
  bool next_ran = false;
  scheduler_.post([this] { scheduler_.run_ready(); });
  scheduler_.post([this] { scheduler_.run(); });
  scheduler_.post([&] { next_ran = true; });
  scheduler_.run_ready();
  EXPECT_TRUE(next_ran);
  EXPECT_NE(recorded_.text().find("run_ready() was called from within a task"), std::string::npos);
}

TEST_F(Misuse, ASleepAwaitedByTwoThrowsInTheSecond) {
  SleepAwaiter sleep = scheduler_.sleep(1s);
  int woken = 0;
  const auto wait = [](SleepAwaiter& on, int& count) -> Task<void> {
    co_await on;
    ++count;
  };
  scheduler_.spawn(wait(sleep, woken));
  scheduler_.spawn(wait(sleep, woken));
  EXPECT_NE(recorded_.text().find("a sleep is awaited by one coroutine at a time"), std::string::npos);
  advance(1s);
  EXPECT_EQ(woken, 1);
}

TEST_F(StallWarning, NamesHowLongAndWhat) {
  scheduler_.post([this] { clock_.advance(99ms); });
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "");
  scheduler_.post([this] { clock_.advance(100ms); });
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "warning logic thread stalled in=task session=0 took_ms=100\n");
}

TEST_F(StallWarning, NamesTheSlowOneOfSeveralNotes) {
  scheduler_.post([this] {
    scheduler_.note("Room.Join");
    clock_.advance(1ms);
    scheduler_.note("Room.Search");
    clock_.advance(250ms);
    scheduler_.note("Room.Say");
    clock_.advance(1ms);
  });
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "warning logic thread stalled in=Room.Search session=0 took_ms=250\n");
}

TEST_F(StallWarning, CoversTimersAndHooksAndWhatADriverRuns) {
  scheduler_.after(0s, [this] { clock_.advance(1s); }).detach();
  scheduler_.run_ready();
  scheduler_.run_now([this] {
    scheduler_.note(std::string(200, 'x'));
    clock_.advance(2s);
  });
  bool slow = true;
  scheduler_.at_turn_end([&] { clock_.advance(std::exchange(slow, false) ? 3s : 0s); });
  scheduler_.run_once();
  EXPECT_EQ(recorded_.text(),
            "warning logic thread stalled in=timer session=0 took_ms=1000\n"
            "warning logic thread stalled in=" +
                std::string(WorkName::bytes_max, 'x') +
                " session=0 took_ms=2000\n"
                "warning logic thread stalled in=\"turn end\" session=0 took_ms=3000\n");
}

TEST_F(StallWarning, IsGivenForATurnOfManyQuickTasks) {
  for (int i = 0; i < 30; ++i) scheduler_.post([this] { clock_.advance(5ms); });
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "warning logic thread busy took_ms=150 tasks=30\n");
}

TEST_F(StallWarning, FollowsTheLimitAndIgnoresTimeBetweenTurns) {
  scheduler_.set_stall_limit(5ms);
  advance(10s);
  EXPECT_EQ(recorded_.text(), "");
  scheduler_.post([this] { clock_.advance(5ms); });
  scheduler_.run_ready();
  EXPECT_EQ(recorded_.text(), "warning logic thread stalled in=task session=0 took_ms=5\n");
}

}  // namespace
}  // namespace nano
