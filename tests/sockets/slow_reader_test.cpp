// Clients that read slowly, and a server that is held up itself: neither is thrown out for it.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

using std::chrono::milliseconds;

constexpr Duration interval = milliseconds{200};

class SlowReader : public OverTransports {
 protected:
  static Options quick_heartbeats() {
    Options options;
    options.heartbeat_interval = interval;
    return options;
  }

  explicit SlowReader(Options options = quick_heartbeats())
      : server_{{.io_threads = io_threads(), .options = std::move(options)}} {}

  Server server_;
};
INSTANTIATE_TEST_SUITE_P(Sockets, SlowReader, each_transport(), transport_name);

TEST_P(SlowReader, GetsThreeLargeAnswersOfOneTurn) {
  Client client{server_, transport()};
  client.socket().shrink_receive_buffer();
  client.open();
  constexpr std::size_t bytes = 3'000'000;
  std::string requests;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    requests += request_packet(id, "Service.Bytes", std::to_string(bytes));
  }
  ASSERT_TRUE(client.send(requests));
  for (std::uint64_t id = 1; id <= 3; ++id) {
    const auto answer = client.next_message();
    ASSERT_TRUE(answer) << id;
    EXPECT_EQ(answer->id, id);
    EXPECT_EQ(answer->payload.size(), bytes);
  }
  EXPECT_TRUE(client.echoes());
}

TEST_P(SlowReader, GetsThousandsOfPushesOfOneTurn) {
  Client client{server_, transport()};
  client.open();
  constexpr int pushes = 30'000;
  ASSERT_TRUE(client.send(notify_packet("Service.PushMany", std::to_string(pushes))));
  for (int i = 0; i < pushes; ++i) {
    const auto push = client.next_message();
    ASSERT_TRUE(push) << i;
    ASSERT_EQ(push->payload, std::to_string(i));
  }
}

TEST_P(SlowReader, StaysOverManyHeartbeatIntervalsInWhichItCannotAnswer) {
  Client client{server_, transport()};
  client.socket().shrink_receive_buffer();
  client.open();
  ASSERT_TRUE(client.send(request_packet(1, "Service.Bytes", "2000000")));
  // Another client's heartbeats are the clock.
  Client other{server_, Transport::tcp};
  other.open();
  std::string raw;
  for (int i = 0; i < 6 && raw.size() < 1'500'000; ++i) {
    do {
      const auto packet = other.next_packet();
      ASSERT_TRUE(packet);
      if (packet->type == protocol::PacketType::heartbeat) break;
    } while (true);
    ASSERT_TRUE(other.send(packet(protocol::PacketType::heartbeat)));
    ASSERT_EQ(client.socket().receive(raw), Received::bytes);
  }
  EXPECT_EQ(server_.on_logic([](Application& app) { return app.session_count(); }), 2u)
      << "though it has said nothing";
}

/// A client that has more pushes waiting than fit its budget, so that an echo waits behind them.
class WaitingRequests : public SlowReader {
 protected:
  explicit WaitingRequests(Options options = quick_heartbeats()) : SlowReader(std::move(options)) {
    client_.socket().shrink_receive_buffer();
    client_.open();
    client_.send(notify_packet("Service.PushMany", "60000") + request_packet(1, "Service.Echo", "behind"));
    server_.wait_until([](Application& app) { return queued_bytes(app) > limits::send_queue_bytes; });
  }
  static std::size_t queued_bytes(Application& app) {
    const SessionPtr session = app.find_session(1);
    return session ? session->queued_bytes() : 0;
  }

  /// Reads on to the answer of the echo.
  bool is_answered() {
    while (const auto message = client_.next_message()) {
      if (message->id == 1) return message->payload == "behind";
    }
    return false;
  }

  Client client_{server_, transport()};
};
INSTANTIATE_TEST_SUITE_P(Sockets, WaitingRequests, each_transport(), transport_name);

class RequestsThatAreForgotten : public WaitingRequests {
 protected:
  static Options impatient() {
    Options options = quick_heartbeats();
    options.send_stall_timeout = milliseconds{800};
    return options;
  }
  RequestsThatAreForgotten() : WaitingRequests(impatient()) {}
};
INSTANTIATE_TEST_SUITE_P(Sockets, RequestsThatAreForgotten, each_transport(), transport_name);

TEST_P(RequestsThatAreForgotten, DoNotKeepAClientThatStopsReadingWithinItsBudget) {
  std::string raw;
  while (server_.on_logic(queued_bytes) > limits::send_queue_bytes) {
    ASSERT_EQ(client_.socket().receive(raw), Received::bytes);
  }
  EXPECT_TRUE(server_.log().wait_for("reason=heartbeat_timeout"));
}

TEST_P(WaitingRequests, DoNotDelayTheLossOfTheirClient) {
  client_.socket().reset();
  EXPECT_TRUE(server_.log().wait_for("reason=connection_lost"));
  EXPECT_FALSE(server_.log().contains("reason=backpressure"));
}

TEST_P(WaitingRequests, AreHandledWhenEnoughHasBeenRead) { EXPECT_TRUE(is_answered()); }

TEST_P(WaitingRequests, AreHandledAlsoWhileTheServerKeepsTheLineFull) {
  // What is written makes room, and is made up for in the same turn.
  server_.on_logic([](Application& app) {
    app.scheduler().at_turn_end([session = app.find_session(1)] {
      session->push_latest("world", "onWorld", std::string(600'000, 's'));
    });
  });
  EXPECT_TRUE(is_answered());
}

TEST_P(SlowReader, HasEachOfItsPacketsHandledOnceHoweverTheyWereCut) {
  if (!is_websocket(transport())) return;
  Client client{server_, transport()};
  client.socket().shrink_receive_buffer();
  client.open();
  // The first of two messages in one read takes the client over its budget, with nothing left of it.
  ASSERT_TRUE(client.send_raw(testing_frames::binary(notify_packet("Service.PushMany", "60000")) +
                              testing_frames::binary(request_packet(1, "Service.Echo", "once"))));
  ASSERT_TRUE(client.send(request_packet(2, "Service.Echo", "after it")));
  std::vector<std::uint64_t> answered;
  while (answered.empty() || answered.back() != 2) {
    const auto message = client.next_message();
    ASSERT_TRUE(message);
    if (message->type == protocol::MessageType::response) answered.push_back(message->id);
  }
  EXPECT_EQ(answered, (std::vector<std::uint64_t>{1, 2}));
}

TEST_P(SlowReader, WhoseServerIsHeldUpStaysToo) {
  Client client{server_, transport()};
  client.open();
  server_.on_logic([](Application&) {
    const auto until = std::chrono::steady_clock::now() + 5 * interval;
    while (std::chrono::steady_clock::now() < until) {
    }
  });
  ASSERT_TRUE(client.send(packet(protocol::PacketType::heartbeat)));
  EXPECT_TRUE(client.echoes());
  EXPECT_TRUE(server_.log().wait_for("logic thread stalled"));
}

}  // namespace
}  // namespace nano::sockets
