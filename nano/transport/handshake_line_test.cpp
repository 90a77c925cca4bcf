#include "nano/net/handshake_line.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/net/tls_certificate_for_tests.h"
#include "nano/transport/logic_loop.h"
#include "nano/transport/socket_pair_for_tests.h"

namespace nano {
namespace {

using std::chrono::milliseconds;

TEST(AddressLine, AddressesTakeTurnsHoweverManyOfOneAreInLine) {
  AddressLine<std::string> line;
  for (int i = 0; i < 1000; ++i) line.add(1, "flood");
  line.add(2, "first");
  line.add(3, "second");
  line.add(2, "third");
  std::string taken;
  for (int i = 0; i < 6; ++i) taken += line.take() + " ";
  EXPECT_EQ(taken, "flood first second flood third flood ");
}

TEST(AddressLine, IsEmptyWhenAllHaveBeenTaken) {
  AddressLine<int> line;
  line.add(1, 10);
  line.add(1, 11);
  EXPECT_EQ(line.take(), 10);
  EXPECT_FALSE(line.empty());
  EXPECT_EQ(line.take(), 11);
  EXPECT_TRUE(line.empty());
}

TEST(AddressLine, TakesTheNetworkOfAnIpv6AddressForOneClient) {
  const auto network = [](const char* text) { return network_of(asio::ip::make_address(text)); };
  EXPECT_EQ(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
  EXPECT_NE(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
  EXPECT_NE(network("192.0.2.1"), network("192.0.2.2"));
  EXPECT_EQ(network("192.0.2.1"), network("::ffff:192.0.2.1")) << "as a listener for both sees it";
}

TEST(HandshakeOrder, ThoseThatWereAnsweredGoFirst) {
  HandshakeOrder<std::string> order;
  for (int i = 0; i < 3; ++i) order.add(1, "new", false);
  order.add(2, "begun", true);
  order.add(3, "begun", true);
  std::string taken;
  while (!order.empty()) taken += order.take() + " ";
  EXPECT_EQ(taken, "begun begun new new new ");
}

TEST(HandshakeOrder, ThoseThatGoOnAndOnDoNotKeepOutTheOthers) {
  HandshakeOrder<std::string> order;
  for (int i = 0; i < 100; ++i) order.add(1, "on", true);
  order.add(2, "new", false);
  order.add(3, "new", false);
  int until_all_new = 0;
  for (int left = 2; left > 0; ++until_all_new) left -= order.take() == "new";
  EXPECT_LE(until_all_new, 10);
}

class TimeBudgetTest : public ::testing::Test {
 protected:
  bool allows() { return budget_.allows(clock_.now()); }

  ManualClock clock_;
  TimeBudget budget_{25, milliseconds{10}};
};

TEST_F(TimeBudgetTest, GrowsByItsPartOfTheTimeThatPasses) {
  ASSERT_TRUE(allows());
  budget_.spend(milliseconds{12});
  EXPECT_FALSE(allows());
  clock_.advance(milliseconds{8});
  EXPECT_FALSE(allows()) << "just paid back";
  clock_.advance(milliseconds{1});
  EXPECT_TRUE(allows());
}

TEST_F(TimeBudgetTest, SavesUpNoMoreThanABurst) {
  clock_.advance(std::chrono::hours{1});
  ASSERT_TRUE(allows());
  budget_.spend(milliseconds{10});
  EXPECT_FALSE(allows());
}

TEST_F(TimeBudgetTest, TellsWhenItAllowsAgain) {
  ASSERT_TRUE(allows());
  EXPECT_LE(budget_.allows_at(), clock_.now());
  budget_.spend(milliseconds{11});
  ASSERT_FALSE(allows());
  clock_.advance(budget_.allows_at() - clock_.now());
  EXPECT_TRUE(allows());
}

TEST_F(TimeBudgetTest, SavesUpNothingBeforeItsFirstUse) {
  budget_.spend(std::chrono::hours{1});
  clock_.advance(std::chrono::hours{100});  // as a machine that has run for long
  EXPECT_FALSE(allows());
}

TEST_F(TimeBudgetTest, HoldsNoMoreThanABurstAgainstItsUsers) {
  ASSERT_TRUE(allows());
  budget_.spend(std::chrono::hours{1});  // the thread was stopped meanwhile
  clock_.advance(milliseconds{40});
  EXPECT_FALSE(allows()) << "just paid back";
  clock_.advance(milliseconds{1});
  EXPECT_TRUE(allows());
}

/// Goes on by itself each time that it is read, if it is told to.
class TickingClock final : public Clock {
 public:
  TimePoint now() const override {
    elapsed_ += tick_;
    return TimePoint{std::chrono::hours{1} + elapsed_};
  }
  TimePoint coarse_now() const override { return TimePoint{std::chrono::hours{1} + elapsed_}; }
  WallTime wall() const override { return {}; }
  void advance(Duration by) { elapsed_ += by; }
  void tick(Duration by) { tick_ = by; }

 private:
  mutable Duration elapsed_{0};
  Duration tick_{0};
};

/// What a packet costs the game.
class SlowReceiver final : public WireReceiver {
 public:
  explicit SlowReceiver(TickingClock& clock) : clock_(clock) {}
  std::size_t on_packets(protocol::ByteView packets, TurnShare&) override {
    clock_.advance(milliseconds{100});
    return packets.size();
  }
  void on_malformed(std::string_view) override {}
  void on_end_of_input() override {}
  void on_drained() override {}
  void on_lost(std::string_view) override {}

 private:
  TickingClock& clock_;
};

/// The client's end of a TLS connection.
class TlsPeer {
 public:
  explicit TlsPeer(Peer peer) : peer_(std::move(peer)) { stream_.start(); }

  Peer& peer() { return peer_; }
  /// What is to be said next, with `text` behind the end of the handshake.
  void send(std::string_view text = {}) {
    take();
    if (!text.empty()) stream_.encrypt({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    peer_.send(stream_.take_output());
  }
  /// Whether anything has come.
  bool take() {
    const std::string bytes = peer_.receive();
    (void)stream_.decrypt({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                          [this](std::span<std::uint8_t> text) { text_.append(text.begin(), text.end()); });
    return !bytes.empty();
  }
  const std::string& text() const { return text_; }

 private:
  Peer peer_;
  TlsContext context_ = TlsContext::client();
  TlsStream stream_{context_};
  std::string text_;
};

/// A loop of which clients want TLS.
class HandshakesTest : public ::testing::Test {
 protected:
  HandshakesTest() {
    scheduler_.adopt_thread();
    loop_.attach(scheduler_);
    ListenerOptions options;
    options.busy = std::make_shared<BusyCount>();
    options.make_receiver = [this](const std::shared_ptr<Wire>&) {
      return std::make_shared<SlowReceiver>(clock_);
    };
    options.tls = std::make_shared<TlsContext>(TlsContext::server(
        {.certificate_chain = certificate_.certificate_file, .private_key = certificate_.key_file}));
    options.router = std::make_shared<HttpRouter>();
    options.packet_body_bytes_max = 1024;
    options.handshake_timeout = std::chrono::seconds{10};
    options_ = std::make_shared<const ListenerOptions>(options);
    options.websocket = true;
    websocket_options_ = std::make_shared<const ListenerOptions>(std::move(options));
  }

  static std::string client_hello() {
    const TlsContext context = TlsContext::client();
    TlsStream stream{context};
    stream.start();
    return stream.take_output();
  }
  void turn() {
    scheduler_.run_once();
    loop_.wait(TimePoint{});
  }
  /// Handshakes get no time, or do, while that much passes.
  void wait_for(Duration duration, bool others_handshake) {
    constexpr milliseconds step{100};
    for (Duration waited{0}; waited < duration; waited += step) {
      if (others_handshake) loop_.io().handshakes().spend(std::chrono::hours{1});
      scheduler_.run_once();
      clock_.advance(step);
      loop_.wait(TimePoint{});
    }
  }
  /// A client whose hello has been answered.
  std::unique_ptr<TlsPeer> greeted(const std::shared_ptr<const ListenerOptions>& options) {
    auto client = std::make_unique<TlsPeer>(connect_pair(loop_, options));
    client->send();
    for (int i = 0; i < 3; ++i) turn();
    return client;
  }

  TestCertificate certificate_;
  TickingClock clock_;
  InlineWorkers workers_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, loop_, workers_, Log{LogLevel::off}};
  std::shared_ptr<const ListenerOptions> options_;
  std::shared_ptr<const ListenerOptions> websocket_options_;
};

TEST_F(HandshakesTest, AreAnsweredWhenThereIsTime) {
  Peer peer = connect_pair(loop_, options_);
  peer.send(client_hello());
  turn();
  EXPECT_FALSE(peer.receive().empty());
}

TEST_F(HandshakesTest, OfClientsThatHaveGoneAreNotComputed) {
  Peer peer = connect_pair(loop_, options_);
  peer.send(client_hello());
  peer.finish();
  for (int i = 0; i < 3; ++i) turn();
  EXPECT_TRUE(peer.receive().empty());
}

TEST_F(HandshakesTest, BeyondTheBudgetWaitUnread) {
  std::vector<Peer> peers;
  loop_.io().handshakes().spend(std::chrono::hours{1});
  for (int i = 0; i < 10; ++i) {
    peers.push_back(connect_pair(loop_, options_));
    peers.back().send(client_hello());
  }
  for (int i = 0; i < 10; ++i) turn();
  for (Peer& peer : peers) EXPECT_TRUE(peer.receive().empty());
}

TEST_F(HandshakesTest, ThatWereBegunAreFinishedBeforeOthers) {
  const auto first = greeted(options_);
  std::vector<Peer> others;
  for (int i = 0; i < 30; ++i) {
    others.push_back(connect_pair(loop_, options_));
    others.back().send(client_hello());
  }
  first->send();
  clock_.tick(milliseconds{1});  // as if each took so long
  turn();
  EXPECT_TRUE(first->take()) << "tickets, which follow the handshake";
}

TEST_F(HandshakesTest, LoseNoTimeWhileTheyWaitForTheirTurn) {
  Peer peer = connect_pair(loop_, options_);
  Peer websocket_peer = connect_pair(loop_, websocket_options_);
  for (Peer* client : {&peer, &websocket_peer}) client->send(client_hello());
  wait_for(std::chrono::seconds{60}, true);
  for (Peer* client : {&peer, &websocket_peer}) EXPECT_FALSE(client->at_end()) << "they wait for the server";
  wait_for(std::chrono::seconds{9}, false);
  for (Peer* client : {&peer, &websocket_peer}) {
    EXPECT_FALSE(client->receive().empty());
    EXPECT_FALSE(client->at_end());
  }
  wait_for(std::chrono::seconds{2}, false);
  for (Peer* client : {&peer, &websocket_peer}) EXPECT_TRUE(client->at_end()) << "the server waits for them";
}

TEST_F(HandshakesTest, DoNotPayForWhatTheirClientsWantBehindThem) {
  const auto first = greeted(options_);
  loop_.io().handshakes().spend(limits::handshake_burst / 2);
  first->send(std::string_view{"\x03\0\0\0", 4});
  Peer next = connect_pair(loop_, options_);
  next.send(client_hello());
  const TimePoint before = clock_.now();
  for (int i = 0; i < 3; ++i) turn();
  ASSERT_EQ(clock_.now() - before, milliseconds{100});
  EXPECT_FALSE(next.receive().empty());
}

TEST_F(HandshakesTest, OfClientsThatHaveSentAllAndCloseTheirSideAreFinished) {
  const auto client = greeted(websocket_options_);
  client->send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  client->peer().finish();
  for (int i = 0; i < 10; ++i) turn();
  client->take();
  EXPECT_TRUE(client->text().starts_with("HTTP/1.1 426 ")) << client->text();
}

TEST_F(HandshakesTest, OfClientsThatGoInTheMiddleAreGivenUp) {
  for (const auto& options : {options_, websocket_options_}) {
    const auto client = greeted(options);
    client->peer().finish();
    for (int i = 0; i < 10; ++i) turn();
    client->take();
    EXPECT_TRUE(client->peer().at_end());
  }
}

}  // namespace
}  // namespace nano
