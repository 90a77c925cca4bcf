#include "nano/net/ready_set.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "nano/net/listener.h"
#include "nano/session/message_frame.h"
#include "nano/transport/connect.h"
#include "nano/transport/socket_pair_for_tests.h"

namespace nano {
namespace {

using protocol::PacketType;

std::string packets(std::size_t count) {
  const auto packet = protocol::encode_packet(PacketType::heartbeat, {});
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.append(packet.begin(), packet.end());
  return bytes;
}

/// What the logic is told of one connection.
struct Receiver final : WireReceiver {
  explicit Receiver(std::shared_ptr<Wire> its_wire) : wire(std::move(its_wire)) {}

  std::size_t on_packets(protocol::ByteView bytes, TurnShare&) override {
    received += bytes.size();
    if (then) then();
    return bytes.size();
  }
  void on_malformed(std::string_view) override { FAIL() << "nothing malformed is sent here"; }
  void on_end_of_input() override { ended = true; }
  void on_drained() override {}
  void on_lost(std::string_view) override { ended = true; }

  std::shared_ptr<Wire> wire;
  std::size_t received = 0;
  bool ended = false;
  std::function<void()> then;
};

/// A loop without a thread, that is told when to turn.
class ReadySetTest : public ::testing::Test {
 protected:
  ReadySetTest() {
    scheduler_.adopt_thread();
    loop_.attach(scheduler_);
    ListenerOptions options;
    options.busy = wires_;
    options.packet_body_bytes_max = 65536;
    options.make_receiver = [this](std::shared_ptr<Wire> wire) {
      receivers_.push_back(std::make_shared<Receiver>(std::move(wire)));
      return receivers_.back();
    };
    options_ = std::make_shared<const ListenerOptions>(std::move(options));
  }

  ~ReadySetTest() override {
    for (const auto& receiver : receivers_) receiver->wire->close(WireClose::drop, {"shutdown", ""});
  }

  Peer connect() { return connect_pair(loop_, options_); }
  void turn() { loop_.wait(TimePoint{}); }

  Log log_{LogLevel::off};
  SystemClock clock_;
  InlineWorkers workers_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, loop_, workers_, log_};
  std::shared_ptr<BusyCount> wires_ = std::make_shared<BusyCount>();
  std::shared_ptr<const ListenerOptions> options_;
  std::vector<std::shared_ptr<Receiver>> receivers_;
};

TEST_F(ReadySetTest, ReadsAConnectionOnceInEachTurnHoweverMuchItSends) {
  Peer peer = connect();
  Receiver& receiver = *receivers_.at(0);
  const std::string all = packets(250'000);
  const std::string_view stream = all;
  std::size_t sent = peer.send(stream.substr(0, 200'000));  // the system may cut it anywhere
  ASSERT_GT(sent, 2 * limits::read_buffer_bytes);
  // What comes while it is being read is a new event each time.
  receiver.then = [&] { sent += peer.send(stream.substr(sent, 20'000)); };
  std::size_t before = 0;
  for (int i = 0; i < 1000 && receiver.received < all.size(); ++i) {
    turn();
    EXPECT_LE(receiver.received - before, limits::read_buffer_bytes + protocol::packet_header_bytes);
    before = receiver.received;
  }
  EXPECT_EQ(receiver.received, all.size());
}

TEST_F(ReadySetTest, LetsAConnectionCloseAnotherThatIsReadyInTheSameTurn) {
  Peer one = connect();
  Peer other = connect();
  const auto close_the_other = [this](std::size_t who) {
    return [this, who] { receivers_[1 - who]->wire->close(WireClose::drop, {"kicked", ""}); };
  };
  for (std::size_t i : {0u, 1u}) receivers_.at(i)->then = close_the_other(i);
  one.send(packets(1));
  other.send(packets(1));
  turn();
  EXPECT_EQ(receivers_[0]->received + receivers_[1]->received, 4u) << "only the first one was heard";
  turn();
}

TEST_F(ReadySetTest, TellsTheEndOfTheStreamThatCameTogetherWithTheLastBytes) {
  Peer peer = connect();
  peer.send(packets(3));
  peer.finish();
  for (int i = 0; i < 4; ++i) turn();
  EXPECT_EQ(receivers_.at(0)->received, 12u);
  EXPECT_TRUE(receivers_[0]->ended);
}

TEST_F(ReadySetTest, WritesOnWhenAClientThatWasSlowHasRead) {
  Peer peer = connect();
  const Frame frame = make_frame(PacketType::data, protocol::as_bytes(std::string(400, 'x')));
  std::size_t sent = 0;
  while (receivers_.at(0)->wire->send(frame) == SendStatus::queued) sent += frame.packet().size();
  ASSERT_GT(sent, 500'000u) << "more than a socket takes";
  std::size_t received = 0;
  for (int i = 0; i < 1000 && received <= sent; ++i) {
    turn();
    received += peer.receive().size();
  }
  EXPECT_EQ(received, sent + frame.packet().size()) << "the one beyond the budget, too";
  EXPECT_EQ(receivers_[0]->wire->send(frame), SendStatus::queued) << "the budget is free again";
}

TEST_F(ReadySetTest, FollowsTheConnectionsThatAreLeftWhenOthersGo) {
  std::vector<Peer> peers;
  for (int i = 0; i < 10; ++i) peers.push_back(connect());
  for (const std::size_t gone : {0u, 9u, 4u}) receivers_[gone]->wire->close(WireClose::drop, {"kicked", ""});
  for (Peer& peer : peers) peer.send(packets(1));
  for (std::size_t i = 0; i < peers.size(); ++i) turn();  // a slow machine hears but one in each
  for (std::size_t i = 0; i < peers.size(); ++i) {
    EXPECT_EQ(receivers_[i]->received, i == 0 || i == 9 || i == 4 ? 0u : 4u) << i;
  }
}

TEST_F(ReadySetTest, AcceptsABoundedNumberInEachTurn) {
  const auto listener = listen_on({&loop_.io()}, "127.0.0.1:0", connect_to({&loop_}, options_)).front();
  const std::string address = listener->address();
  listener->start();
  asio::io_context clients;
  std::vector<asio::ip::tcp::socket> sockets;
  const std::size_t count = 2 * static_cast<std::size_t>(limits::accepts_per_turn) + 10;
  for (std::size_t i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    sockets.emplace_back(clients).connect({asio::ip::address_v4::loopback(), port});
  }
  std::size_t before = 0;
  const TimePoint end = clock_.now() + std::chrono::seconds{20};
  while (receivers_.size() < count && clock_.now() < end) {
    loop_.wait(end);  // a connection that is made may take a while to be there for the server
    EXPECT_LE(receivers_.size() - before, static_cast<std::size_t>(limits::accepts_per_turn));
    before = receivers_.size();
  }
  EXPECT_EQ(receivers_.size(), count);
  listener->stop();
}

}  // namespace
}  // namespace nano
