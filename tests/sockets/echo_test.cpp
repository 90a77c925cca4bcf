// Messages over each transport, however the bytes travel.

#include <algorithm>
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "tests/sockets/parameters.h"
#include "tests/sockets/service.h"

namespace nano::sockets {
namespace {

using protocol::MessageType;
using protocol::PacketType;

class Echo : public OverTransports {};
INSTANTIATE_TEST_SUITE_P(Sockets, Echo, each_transport(), transport_name);

TEST_P(Echo, AnswersARequestWithItsOwnBytes) {
  Server server{io_threads()};
  Client client{server, transport()};
  client.open();
  EXPECT_EQ(client.request("Service.Echo", "hello").payload, "hello");
  EXPECT_EQ(client.request("Service.Later", "a turn later").payload, "a turn later");
  EXPECT_EQ(client.request("Service.Double", R"({"value":21})").payload, R"({"value":42})");
}

TEST_P(Echo, AnswersAHandshakeAnAckAndRequestsThatComeInOneWrite) {
  Server server{io_threads()};
  Client client{server, transport()};
  client.send(opening() + request_packet(1, "Service.Echo", "one") +
              request_packet(2, "Service.Echo", "two"));
  ASSERT_EQ(client.next_packet()->type, PacketType::handshake);
  ASSERT_EQ(client.next_packet()->type, PacketType::heartbeat);
  EXPECT_EQ(client.next_message()->payload, "one");
  EXPECT_EQ(client.next_message()->payload, "two");
}

TEST_P(Echo, UnderstandsAStreamThatArrivesByteByByte) {
  Server server{io_threads()};
  Client client{server, transport()};
  const std::string packets = opening() + request_packet(7, "Service.Echo", "split");
  const std::string bytes = is_websocket(transport()) ? testing_frames::binary(packets) : packets;
  for (const char byte : bytes) ASSERT_TRUE(client.send_raw({&byte, 1}));
  EXPECT_EQ(client.next_message()->payload, "split");
}

TEST_P(Echo, AnswersAThousandRequestsOfOneWriteInOrder) {
  Server server{io_threads()};
  Client client{server, transport()};
  client.open();
  std::string packets;
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    packets += request_packet(id, "Service.Echo", std::to_string(id));
  }
  ASSERT_TRUE(client.send(packets));
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    const auto answer = client.next_message();
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->id, id);
    ASSERT_EQ(answer->payload, std::to_string(id));
  }
}

TEST_P(Echo, SendsAResponseOfEightMebibytes) {
  Server server{io_threads()};
  Client client{server, transport()};
  client.open();
  constexpr std::size_t bytes = std::size_t{8} << 20;
  const Message answer = client.request("Service.Bytes", std::to_string(bytes));
  EXPECT_EQ(answer.payload.size(), bytes);
  EXPECT_EQ(std::count(answer.payload.begin(), answer.payload.end(), 'b'),
            static_cast<std::ptrdiff_t>(bytes));
  EXPECT_TRUE(client.echoes());
}

TEST_P(Echo, PushesArriveInTheOrderMadeAndBeforeTheAnswer) {
  Server server{io_threads()};
  Client client{server, transport()};
  client.open();
  client.send(request_packet(1, "Service.PushMany", "600"));  // more than one gather write takes
  for (int i = 0; i < 600; ++i) {
    const auto push = client.next_message();
    ASSERT_TRUE(push);
    ASSERT_EQ(push->type, MessageType::push);
    ASSERT_EQ(push->route, "onPush");
    ASSERT_EQ(push->payload, std::to_string(i));
  }
  EXPECT_EQ(client.next_message()->type, MessageType::response);
}

/// WebSocket has its own close.
class HalfClose : public OverTransports {};
INSTANTIATE_TEST_SUITE_P(Sockets, HalfClose,
                         ::testing::Combine(each_io_threads(),
                                            ::testing::Values(Transport::tcp, Transport::tls)),
                         transport_name);

TEST_P(HalfClose, AClientThatHasHalfClosedStillGetsItsAnswersAlsoLateOnes) {
  Service* service = nullptr;
  Server server{{.io_threads = io_threads(), .configure = [&](Application& app) {
                   service = &app.add<Service>(ComponentOptions{.name = "Held"});
                 }}};
  Client client{server, transport()};
  client.open();
  client.send(request_packet(1, "Service.Echo", "early") + request_packet(2, "Held.Hold", "late"));
  client.socket().shut_down_sending();
  EXPECT_EQ(client.next_message()->payload, "early");
  ASSERT_TRUE(server.wait_until([&](Application&) { return service->held() == 1; }));
  server.on_logic([&](Application&) { service->release(); });
  EXPECT_EQ(client.next_message()->payload, "late");
  EXPECT_EQ(client.read_to_end(), Received::end);
}

class Listeners : public OnIoThreads {};
INSTANTIATE_TEST_SUITE_P(Sockets, Listeners, each_io_threads(), io_threads_name);

TEST_P(Listeners, OfAllTransportsServeTheSameComponentsAtOnce) {
  Server server{io_threads()};
  std::deque<Client> clients;
  for (const Transport transport : all_transports) {
    for (int i = 0; i < 3; ++i) clients.emplace_back(server, transport).open();
  }
  for (Client& client : clients) client.send(request_packet(1, "Service.Echo", "all at once"));
  for (Client& client : clients) EXPECT_EQ(client.next_message()->payload, "all at once");
  EXPECT_EQ(server.on_logic([](Application& app) { return app.session_count(); }), clients.size());
}

}  // namespace
}  // namespace nano::sockets
