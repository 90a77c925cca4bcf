#include "nano/transport/handshake_line.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/transport/io_loop.h"
#include "nano/transport/socket_pair_for_tests.h"
#include "nano/transport/tls_certificate_for_tests.h"

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

/// A loop of which clients want TLS.
class HandshakesTest : public ::testing::Test {
 protected:
  HandshakesTest() {
    scheduler_.adopt_thread();
    loop_.attach(scheduler_);
    ListenerOptions options;
    options.wires = std::make_shared<std::atomic<std::size_t>>(0);
    options.make_receiver = [](const std::shared_ptr<Wire>&) { return nullptr; };
    options.tls = std::make_shared<TlsContext>(TlsContext::server(
        {.certificate_chain = certificate_.certificate_file, .private_key = certificate_.key_file}));
    options_ = std::make_shared<const ListenerOptions>(std::move(options));
  }

  static std::string client_hello() {
    const TlsContext context = TlsContext::client();
    TlsStream stream{context};
    stream.start();
    return stream.take_output();
  }
  void turn() { loop_.wait(TimePoint{}); }

  TestCertificate certificate_;
  SystemClock clock_;
  InlineWorkers workers_;
  IoLoop loop_;
  Scheduler scheduler_{clock_, loop_, workers_, Log{LogLevel::off}};
  std::shared_ptr<const ListenerOptions> options_;
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
  loop_.handshakes().spend(std::chrono::hours{1});
  for (int i = 0; i < 10; ++i) {
    peers.push_back(connect_pair(loop_, options_));
    peers.back().send(client_hello());
  }
  for (int i = 0; i < 10; ++i) turn();
  for (Peer& peer : peers) EXPECT_TRUE(peer.receive().empty());
}

}  // namespace
}  // namespace nano
