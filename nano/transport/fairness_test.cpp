// A client that sends now and then, while others flood.

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/session/session_host.h"
#include "nano/transport/connect.h"
#include "nano/transport/socket_pair_for_tests.h"
#include "protocol/packet.h"

namespace nano {
namespace {

using protocol::PacketType;
using std::chrono::microseconds;

/// Packets numbered from `first` on.
std::string numbered(std::size_t first, std::size_t count) {
  std::string bytes;
  for (std::size_t i = first; i < first + count; ++i) {
    const auto packet = protocol::encode_packet(PacketType::data, protocol::as_bytes(std::to_string(i)));
    bytes.append(packet.begin(), packet.end());
  }
  return bytes;
}

/// A manual clock that the loop's thread may read.
class SharedManualClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint{std::chrono::hours{1} + Duration{elapsed_ns_.load()}}; }
  WallTime wall() const override { return {}; }
  void advance(Duration by) { elapsed_ns_ += by.count(); }

 private:
  std::atomic<Duration::rep> elapsed_ns_{0};
};

/// Handles packets as a session's connection does: within its share, each taking its time on a manual clock.
class Handler final : public WireReceiver {
 public:
  Handler(std::shared_ptr<Wire> wire, SharedManualClock& clock, Scheduler& scheduler, Duration each)
      : wire_(std::move(wire)), clock_(clock), scheduler_(scheduler), each_(each) {}

  std::size_t on_packets(protocol::ByteView packets, TurnShare& share) override {
    const std::size_t whole = packets.size();
    while (!packets.empty() && share.packets > 0) {
      const std::size_t bytes = protocol::packet_header_bytes + protocol::read_body_bytes(packets.data());
      if (make_wait) {
        share.waits = Wait::for_receiver;
        break;
      }
      EXPECT_EQ(protocol::as_text(packets.subspan(4, bytes - 4)), std::to_string(handled));
      packets = packets.subspan(bytes);
      ++handled;
      --share.packets;
      clock_.advance(each_);
      scheduler_.note("handler");
      if (scheduler_.noted_at() >= share.until) share.packets = 0;
      if (then) then();
    }
    return whole - packets.size();
  }
  void on_malformed(std::string_view what) override { ends.emplace_back(what); }
  void on_end_of_input() override { ends.emplace_back("end"); }
  void on_drained() override {}
  void on_lost(std::string_view) override { ends.emplace_back("lost"); }

  Wire& wire() { return *wire_; }

  std::size_t handled = 0;
  bool make_wait = false;
  std::vector<std::string> ends;
  std::function<void()> then;

 private:
  std::shared_ptr<Wire> wire_;
  SharedManualClock& clock_;
  Scheduler& scheduler_;
  const Duration each_;
};

/// The parameter: whether the loop has a thread of its own.
class Fairness : public ::testing::TestWithParam<bool> {
 protected:
  Fairness() {
    scheduler_.adopt_thread();
    GetParam() ? loop_.attach(scheduler_, std::make_shared<ReceiveLine>(scheduler_))
               : loop_.attach(scheduler_);
    ListenerOptions options;
    options.busy = std::make_shared<BusyCount>();
    options.packet_body_bytes_max = 65536;
    options.make_receiver = [this](std::shared_ptr<Wire> wire) {
      handlers_.push_back(std::make_shared<Handler>(std::move(wire), clock_, scheduler_, each_));
      return handlers_.back();
    };
    options_ = std::make_shared<const ListenerOptions>(std::move(options));
  }
  ~Fairness() override {
    for (const auto& handler : handlers_) handler->wire().close(WireClose::drop, {"shutdown", ""});
    scheduler_.run_once();
    loop_.stop();
  }

  std::size_t connect() {
    std::promise<Peer> made;
    loop_.io().post([&] { made.set_value(connect_pair(loop_, options_)); });
    const std::size_t number = peers_.size();
    if (!GetParam()) loop_.wait(TimePoint{});
    peers_.push_back(made.get_future().get());
    while (handlers_.size() <= number) turn();
    return number;
  }
  /// Until the loop's thread has read what it is going to read.
  void let_read() {
    for (int i = 0; GetParam() && i < 40; ++i) {
      std::promise<void> turned;
      loop_.io().post([&] { turned.set_value(); });
      turned.get_future().wait();
    }
  }
  /// One turn of the logic thread, in which it waits for nothing.
  void turn() {
    scheduler_.run_once();
    if (!GetParam()) loop_.wait(TimePoint{});
  }
  void turn_until(const std::function<bool()>& done) {
    for (int i = 0; i < 100'000 && !done(); ++i) {
      turn();
      let_read();  // else the logic thread finds only what was read of some
    }
    EXPECT_TRUE(done());
  }

  Duration each_ = microseconds{1};
  SharedManualClock clock_;
  InlineWorkers workers_;
  ParkingDriver parking_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, GetParam() ? static_cast<Driver&>(parking_) : loop_, workers_,
                       Log{LogLevel::off}};
  std::shared_ptr<const ListenerOptions> options_;
  std::vector<std::shared_ptr<Handler>> handlers_;
  std::vector<Peer> peers_;
};
INSTANTIATE_TEST_SUITE_P(Transport, Fairness, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "IoThread" : "Inline"; });

constexpr std::size_t floods = 200;
constexpr std::size_t packets_of_a_flood = 3000;

class FairnessUnderFloods : public Fairness {
 protected:
  void flood() {
    for (std::size_t i = 0; i < floods; ++i) connect();
    bystander_ = connect();
    for (std::size_t i = 0; i < floods; ++i) peers_[i].send(numbered(0, packets_of_a_flood));
    let_read();
    turn_until([this] {  // each has had its share and wants more
      return std::all_of(handlers_.begin(), handlers_.begin() + floods,
                         [](const auto& handler) { return handler->handled > 0; });
    });
  }
  /// How many turns, and how much time, the bystander waits for its next packet to be handled.
  void expect_quick_answer(Duration longest) {
    const std::size_t before = handlers_[bystander_]->handled;
    const TimePoint sent_at = clock_.now();
    peers_[bystander_].send(numbered(before, 1));
    let_read();
    int turns = 0;
    while (handlers_[bystander_]->handled == before && turns < 1000) {
      turn();
      ++turns;
    }
    EXPECT_LE(turns, 2);
    EXPECT_LE(clock_.now() - sent_at, longest);
  }
  std::size_t handled_of_floods() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < floods; ++i) sum += handlers_[i]->handled;
    return sum;
  }

  std::size_t bystander_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Transport, FairnessUnderFloods, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "IoThread" : "Inline"; });

TEST_P(FairnessUnderFloods, ABystanderIsHeardWithinARoundHoweverManyFlood) {
  flood();
  ASSERT_LT(handled_of_floods(), floods * packets_of_a_flood / 2) << "the floods wait";
  for (int i = 0; i < 20; ++i) expect_quick_answer(2 * limits::round_time + std::chrono::milliseconds{1});
  turn_until([this] { return handled_of_floods() == floods * packets_of_a_flood; });
}

TEST_P(FairnessUnderFloods, FloodsHaveEqualParts) {
  flood();
  turn_until([this] { return handled_of_floods() >= floods * packets_of_a_flood / 2; });
  std::size_t least = packets_of_a_flood;
  std::size_t most = 0;
  for (std::size_t i = 0; i < floods; ++i) {
    least = std::min(least, handlers_[i]->handled);
    most = std::max(most, handlers_[i]->handled);
  }
  EXPECT_GE(least, packets_of_a_flood / 4) << "half of all is handled";
  // A thread of its own reads on meanwhile, and whose next piece it has read is new in the line.
  if (!GetParam()) {
    EXPECT_LE(most - least, packets_of_a_flood / 4);
  }
}

class FairnessOfSlowHandlers : public FairnessUnderFloods {
 protected:
  FairnessOfSlowHandlers() { each_ = std::chrono::milliseconds{1}; }
};
INSTANTIATE_TEST_SUITE_P(Transport, FairnessOfSlowHandlers, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "IoThread" : "Inline"; });

TEST_P(FairnessOfSlowHandlers, ABystanderWaitsForARoundOfThem) {
  flood();
  for (int i = 0; i < 20; ++i) {
    expect_quick_answer(2 * limits::round_time + 3 * std::chrono::milliseconds{1});
  }
}

class FairnessAmongMany : public Fairness {
 protected:
  FairnessAmongMany() { each_ = std::chrono::milliseconds{1}; }
};
INSTANTIATE_TEST_SUITE_P(Transport, FairnessAmongMany, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "IoThread" : "Inline"; });

TEST_P(FairnessAmongMany, NobodyIsServedTwiceBeforeAllWhoWaitAreServedOnce) {
  constexpr std::size_t clients = 40;  // each of which sends its next as soon as it has been heard
  std::size_t turns_taken = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < clients; ++i) {
    connect();
    handlers_[i]->then = [&, i] {
      ++turns_taken;
      most = std::max(most, handlers_[i]->handled);
      peers_[i].send(numbered(handlers_[i]->handled, 1));
    };
  }
  for (Peer& peer : peers_) peer.send(numbered(0, 1));
  let_read();
  turn_until([&] { return turns_taken >= clients; });
  EXPECT_LE(most, 2u) << "one more, by whom a round happens to begin with";
}

TEST_P(Fairness, WhatCameBeforeTheEndIsHandledFirst) {
  const std::size_t client = connect();
  peers_[client].send(numbered(0, 10'000));
  peers_[client].finish();
  turn_until([&] { return !handlers_[client]->ends.empty(); });
  EXPECT_EQ(handlers_[client]->handled, 10'000u);
  EXPECT_EQ(handlers_[client]->ends, std::vector<std::string>{"end"});
}

TEST_P(Fairness, WhatCameBeforeABadPacketIsHandledFirst) {
  const std::size_t client = connect();
  peers_[client].send(numbered(0, 10'000) + "\xff garbage");
  turn_until([&] { return !handlers_[client]->ends.empty(); });
  EXPECT_EQ(handlers_[client]->handled, 10'000u);
  EXPECT_EQ(handlers_[client]->ends, std::vector<std::string>{"unknown packet type"});
}

TEST_P(Fairness, AHandlerThatClosesHearsNothingMore) {
  const std::size_t client = connect();
  Handler& handler = *handlers_[client];
  handler.then = [&] {
    if (handler.handled == 100) handler.wire().close(WireClose::flush, {"kicked", ""});
  };
  peers_[client].send(numbered(0, 10'000));
  peers_[client].finish();
  for (int i = 0; i < 100; ++i) turn();
  let_read();
  for (int i = 0; i < 100; ++i) turn();
  EXPECT_EQ(handler.ends, std::vector<std::string>{});
}

TEST_P(Fairness, AReceiverThatWaitsHoldsUpItsOwnClientOnly) {
  const std::size_t client = connect();
  const std::size_t other = connect();
  Handler& handler = *handlers_[client];
  handler.make_wait = true;
  peers_[client].send(numbered(0, 10'000));
  peers_[client].finish();
  peers_[other].send(numbered(0, 10));
  turn_until([&] { return handlers_[other]->handled == 10; });
  let_read();
  for (int i = 0; i < 100; ++i) turn();
  EXPECT_EQ(handler.handled, 0u);
  EXPECT_EQ(handler.ends, std::vector<std::string>{});
  handler.make_wait = false;
  handler.wire().resume();
  turn_until([&] { return !handler.ends.empty(); });
  EXPECT_EQ(handler.handled, 10'000u);
}

}  // namespace
}  // namespace nano
