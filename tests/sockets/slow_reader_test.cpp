// Clients that read slowly, and a server that is held up itself: neither is thrown out for it.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

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

  Server server_{{.io_threads = io_threads(), .options = quick_heartbeats()}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, SlowReader, each_transport(), transport_name);

TEST_P(SlowReader, GetsThreeLargeAnswersOfOneTurn) {
  Client client{server_, transport()};
  client.socket().shrink_receive_buffer();
  client.open();
  constexpr std::size_t bytes = 3'000'000;
  std::string requests;
  for (std::uint64_t id = 1; id <= 3; ++id)
    requests += request_packet(id, "Service.Bytes", std::to_string(bytes));
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
