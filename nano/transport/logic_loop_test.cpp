#include "nano/transport/logic_loop.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <asio/post.hpp>
#include <gtest/gtest.h>

#include "nano/transport/listener_settings_for_tests.h"
#include "nano/transport/socket_pair_for_tests.h"

namespace nano {
namespace {

/// A scheduler on this thread, with a loop on a thread of its own.
class LogicLoopTest : public ::testing::Test {
 protected:
  LogicLoopTest() {
    scheduler_.adopt_thread();
    loop_.attach(scheduler_, std::make_shared<ReceiveLine>(scheduler_));
  }
  ~LogicLoopTest() override { loop_.stop(); }

  Log log_{LogLevel::off};
  SystemClock clock_;
  ParkingDriver parking_;
  InlineWorkers workers_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, parking_, workers_, log_};
};

TEST_F(LogicLoopTest, RunsWhatIsPostedOnItsOwnThreadInOrder) {
  std::vector<int> ran;
  std::promise<std::thread::id> thread;
  for (int i = 0; i < 100; ++i) loop_.io().post([&ran, i] { ran.push_back(i); });
  loop_.io().post([&thread] { thread.set_value(std::this_thread::get_id()); });
  EXPECT_NE(thread.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(ran.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST_F(LogicLoopTest, TakesTheLogicsTasksAtTheEndOfItsTurnAndAnswersThemOnTheLogicThread) {
  const std::thread::id logic = std::this_thread::get_id();
  std::vector<int> answers;
  scheduler_.post([&] {
    for (int i = 0; i < 100; ++i) {
      loop_.from_logic([&, i] {
        EXPECT_NE(std::this_thread::get_id(), logic);
        loop_.to_logic([&, i] {
          EXPECT_EQ(std::this_thread::get_id(), logic);
          answers.push_back(i);
          if (answers.size() == 100) scheduler_.stop();
        });
      });
    }
  });
  scheduler_.run();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)], i);
}

TEST_F(LogicLoopTest, TakesTasksOfManyThreads) {
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) loop_.io().post([&] { ++ran; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::promise<void> last;
  loop_.io().post([&] { last.set_value(); });
  last.get_future().wait();
  EXPECT_EQ(ran, 4000);
}

TEST_F(LogicLoopTest, RunsWhatWasPostedBeforeItStopsAndDropsTheRest) {
  std::atomic<bool> before{false};
  auto token = std::make_shared<int>();
  loop_.io().post([&] { before = true; });
  loop_.stop();
  EXPECT_TRUE(before);
  loop_.io().post([token] {});
  EXPECT_TRUE(loop_.is_inline()) << "calls of a stopped loop need no thread";
}

/// The time of a loop with clients, inline or on its own thread, goes on while the test says so.
class LogicLoopTime : public ::testing::TestWithParam<bool> {
 protected:
  LogicLoopTime() {
    scheduler_.adopt_thread();
    GetParam() ? loop_.attach(scheduler_, std::make_shared<ReceiveLine>(scheduler_))
               : loop_.attach(scheduler_);
  }
  ~LogicLoopTime() override { loop_.stop(); }

  /// Runs `call` on the loop's thread.
  template <class F>
  void on_loop(F call) {
    if (loop_.is_inline()) return call();
    std::promise<void> done;
    loop_.io().post([&] {
      call();
      done.set_value();
    });
    done.get_future().wait();
  }
  Peer connect(ListenerSettings settings = {}) {
    ListenerOptions options = std::move(settings).options();
    options.busy = std::make_shared<BusyCount>();
    if (!options.make_receiver) options.make_receiver = [](const auto&) { return nullptr; };
    return connect_pair(loop_, std::make_shared<const ListenerOptions>(std::move(options)));
  }
  void turn() {
    if (loop_.is_inline()) scheduler_.run_once();
    loop_.wait(TimePoint{});
  }
  /// A turn in which that much passes while the thread waits.
  void wait_for(Duration duration) {
    if (loop_.is_inline()) scheduler_.run_once();
    asio::post(loop_.io().context(), [&] { clock_.advance(duration); });
    loop_.wait(std::nullopt);
  }

  ManualClock clock_;
  ParkingDriver parking_;
  InlineWorkers workers_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, GetParam() ? static_cast<Driver&>(parking_) : loop_, workers_,
                       Log{LogLevel::off}};
};
INSTANTIATE_TEST_SUITE_P(Loop, LogicLoopTime, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "OnItsThread" : "Inline"; });

TEST_P(LogicLoopTime, IsListenedToInIdleTimeAfterManyClientsCameAtOnce) {
  on_loop([this] {
    const Peer one = connect();
    const Peer two = connect();
    turn();  // both can be written to
    const TimePoint before = loop_.io().listened();
    wait_for(std::chrono::seconds{1});
    EXPECT_EQ(loop_.io().listened() - before, std::chrono::seconds{1});
  });
}

TEST_P(LogicLoopTime, OfAClientEndsWithItsConnection) {
  on_loop([this] {
    Peer late = connect({.websocket = true, .handshake_timeout = std::chrono::seconds{10}});
    { Peer gone = connect({.websocket = true, .handshake_timeout = std::chrono::seconds{10}}); }
    for (int i = 0; i < 3; ++i) turn();
    wait_for(std::chrono::seconds{9});
    EXPECT_FALSE(late.at_end());
    wait_for(std::chrono::seconds{1});
    EXPECT_TRUE(late.at_end());
  });
}

/// Wants to be told, each time that it is, when all has been sent.
class AlwaysWriting final : public WireReceiver {
 public:
  explicit AlwaysWriting(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) { wire_->tell_when_drained(); }
  std::size_t on_packets(protocol::ByteView packets, TurnShare&) override { return packets.size(); }
  void on_malformed(std::string_view) override {}
  void on_end_of_input() override { std::exchange(wire_, nullptr)->close(WireClose::drop, {}); }
  void on_drained() override { wire_->tell_when_drained(); }
  void on_lost(std::string_view) override {}

 private:
  std::shared_ptr<Wire> wire_;
};

class InlineLogicLoop : public ::testing::Test, protected InlineLoop<SystemClock> {};

TEST_F(InlineLogicLoop, ForgetsWhoHasGoneThoughOthersAlwaysHaveSomethingToWrite) {
  std::weak_ptr<Wire> last;
  ListenerOptions options;
  options.busy = std::make_shared<BusyCount>();
  options.make_receiver = [&last](const std::shared_ptr<Wire>& wire) {
    last = wire;
    return std::make_shared<AlwaysWriting>(wire);
  };
  const auto shared = std::make_shared<const ListenerOptions>(std::move(options));
  const Peer writing = connect_pair(loop, shared);
  const std::weak_ptr<Wire> writing_wire = last;
  std::optional<Peer> gone = connect_pair(loop, shared);
  gone.reset();
  for (int i = 0; i < 5; ++i) loop.wait(TimePoint{});
  EXPECT_TRUE(last.expired());
  if (const auto wire = writing_wire.lock()) wire->close(WireClose::drop, {});
}

TEST_F(InlineLogicLoop, IsTheLogicThreadsOwnPlaceToWait) {
  int ran = 0;
  loop.from_logic([&] { ++ran; });
  loop.to_logic([&] { ++ran; });
  EXPECT_EQ(ran, 2) << "both at once: there is nobody to hand over to";
  loop.io().post([&] {
    ++ran;
    scheduler.stop();
  });
  scheduler.run();
  EXPECT_EQ(ran, 3);
}

TEST_F(InlineLogicLoop, WakesForTimersAndForOtherThreads) {
  std::thread other;
  const Timer timer = scheduler.after(std::chrono::milliseconds{5}, [&] {
    other = std::thread{[&] { scheduler.post([&] { scheduler.stop(); }); }};
  });
  scheduler.run();
  other.join();
}

}  // namespace
}  // namespace nano
