// Clients that do not read, or send more than is handled: each costs itself only.

#include <chrono>
#include <future>
#include <memory>
#include <poll.h>
#include <string>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class Backpressure : public OverTransports {
 protected:
  static Options impatient() {
    Options options;
    options.send_stall_timeout = std::chrono::milliseconds{300};
    return options;
  }

  Server server_{{.io_threads = io_threads(), .options = impatient()}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, Backpressure, each_transport(), transport_name);

TEST_P(Backpressure, AClientThatNeverReadsItsPushesIsClosedWhileOthersAreServed) {
  Client lazy{server_, transport()};
  lazy.open();
  for (int i = 0; i < 200 && !server_.log().contains("reason=backpressure"); ++i) {
    if (!lazy.send(notify_packet("Service.Flood"))) break;
    ASSERT_TRUE(Client(server_, Transport::tcp).open().echoes());
  }
  EXPECT_TRUE(server_.log().wait_for("reason=backpressure"));
  EXPECT_NE(lazy.read_to_end(), Received::nothing);
  EXPECT_TRUE(Client(server_, transport()).open().echoes());
}

TEST_P(Backpressure, AClientThatReadsGetsMoreThanItsBudgetInAll) {
  Client client{server_, transport()};
  client.open();
  for (int round = 0; round < 8; ++round) {
    client.send(notify_packet("Service.Flood"));
    for (int i = 0; i < 8; ++i) {
      const auto push = client.next_message();
      ASSERT_TRUE(push) << "round " << round << " push " << i;
      ASSERT_EQ(push->payload.size(), 64u * 1024);
    }
  }
  EXPECT_TRUE(client.echoes());
}

TEST_P(Backpressure, RequestsOfAClientThatNeverReadsItsAnswersAreNotTakenForEver) {
  Client lazy{server_, transport()};
  lazy.open();
  const std::string request = request_packet(1, "Service.Echo", std::string(60'000, 'e'));
  constexpr std::size_t too_many_bytes = std::size_t{256} << 20;
  std::size_t sent = 0;
  while (sent < too_many_bytes && lazy.send(request)) sent += request.size();
  EXPECT_LT(sent, too_many_bytes);
  EXPECT_TRUE(server_.log().wait_for("reason=backpressure"));
  EXPECT_TRUE(Client(server_, transport()).open().echoes());
}

class BusyLogic : public OverTransports {
 protected:
  /// Holds the logic thread up until `go_on_` is set.
  void occupy_logic() {
    server_.post([go_on = std::make_shared<std::future<void>>(go_on_.get_future())] { go_on->wait(); });
  }

  Server server_{io_threads()};
  std::promise<void> go_on_;  // goes first: a test that ends early holds nobody up
};
// Without I/O threads the logic thread reads by itself.
INSTANTIATE_TEST_SUITE_P(Sockets, BusyLogic,
                         ::testing::Combine(::testing::Values(1u, 2u), ::testing::ValuesIn(all_transports)),
                         transport_name);

TEST_P(BusyLogic, RequestsBeyondTheReceiveQueueWaitInTheKernelAndNoneIsLost) {
  Client client{server_, transport()};
  client.open();
  occupy_logic();
  constexpr int requests = 20;  // 600 kB; the queue takes 256 KiB
  std::future<bool> all_sent = std::async(std::launch::async, [&client] {
    bool sent = true;
    for (std::uint64_t id = 1; id <= requests; ++id) {
      sent = sent && client.send(request_packet(id, "Service.Echo", std::string(30'000, 'e')));
    }
    return sent;
  });
  // Where the kernel's buffers are small, the last of them leave only when the logic goes on.
  all_sent.wait_for(std::chrono::milliseconds{300});
  go_on_.set_value();
  ASSERT_TRUE(all_sent.get());
  for (int id = 1; id <= requests; ++id) {
    const auto answer = client.next_message();
    ASSERT_TRUE(answer) << id;
    ASSERT_EQ(answer->id, static_cast<std::uint64_t>(id));
  }
  EXPECT_TRUE(client.echoes());
}

TEST_P(BusyLogic, ASenderIsSlowedDownByTcp) {
  Client client{server_, transport()};
  client.open();
  occupy_logic();
  constexpr std::size_t too_many_bytes = std::size_t{256} << 20;
  const std::string notify = notify_packet("Service.Echo", std::string(30'000, 'e'));
  pollfd writable{client.socket().descriptor(), POLLOUT, 0};
  std::size_t sent = 0;
  constexpr int long_enough_ms = 300;  // for a server that would read
  while (sent < too_many_bytes && ::poll(&writable, 1, long_enough_ms) == 1) {
    ASSERT_TRUE(client.send(notify));  // fits: a socket is writable when a third of its buffer is free
    sent += notify.size();
  }
  EXPECT_LT(sent, too_many_bytes);
  go_on_.set_value();
  EXPECT_TRUE(client.echoes());
}

class Pings : public OnIoThreads {};
INSTANTIATE_TEST_SUITE_P(Sockets, Pings, each_io_threads(), io_threads_name);

TEST_P(Pings, DoNotKeepAClientThatSendsNothingElseAndNeverReads) {
  Options options;
  options.heartbeat_interval = std::chrono::milliseconds{100};
  Server server{{.io_threads = io_threads(), .options = options}};
  Client lazy{server, Transport::websocket};
  lazy.open();
  std::string pings;
  for (int i = 0; i < 500; ++i) pings += testing_frames::ping(std::string(125, 'p'));
  while (lazy.send_raw(pings)) {
  }
  EXPECT_TRUE(server.log().wait_for("reason=heartbeat_timeout"));
  // Not further than the handshake: from then on this server takes each pause for silence.
  EXPECT_NO_THROW(Client(server, Transport::websocket).open());
}

}  // namespace
}  // namespace nano::sockets
