// Clients that come and go in every way, and random bytes on every port.

#include <chrono>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class Abuse : public OverTransports {
 protected:
  void expect_others_served() {
    EXPECT_TRUE(server_.wait_until_no_sessions());
    EXPECT_TRUE(Client(server_, transport()).open().echoes());
  }
  Server server_{io_threads()};
};
INSTANTIATE_TEST_SUITE_P(Sockets, Abuse, each_transport(), transport_name);

TEST_P(Abuse, HundredsOfConnectionsThatCloseAtOnce) {
  for (int i = 0; i < 300; ++i) {
    Socket socket{server_.port(transport())};
    if (i % 2 == 0) socket.reset();
  }
  expect_others_served();
}

TEST_P(Abuse, ClientsThatGoInTheMiddleOfTheirRequests) {
  for (int i = 0; i < 20; ++i) {
    Client client{server_, transport()};
    client.send(opening() + request_packet(1, "Service.Bytes", "1000000") +
                request_packet(2, "Service.Later", "x"));
    if (i % 3 == 0) client.socket().reset();
    if (i % 3 == 1) client.socket().shut_down_sending();
  }
  expect_others_served();
}

TEST_P(Abuse, AResetOfAnOpenConnectionClosesItsSession) {
  Client client{server_, transport()};
  client.open();
  ASSERT_TRUE(client.echoes());
  client.socket().reset();
  expect_others_served();
}

/// What a client would send, for the mutations to begin with.
std::string plausible(Transport transport) {
  const std::string packets = opening() + request_packet(1, "Service.Echo", "hello") +
                              notify_packet("Service.PushMany", "3") +
                              request_packet(2, "Service.Double", "{}");
  if (!is_websocket(transport)) return packets;
  return upgrade_request() + testing_frames::binary(packets) + testing_frames::ping("p") +
         testing_frames::binary(packets) + testing_frames::close(1000);
}

std::string random_bytes(std::mt19937_64& random, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

/// Random bytes, or plausible ones with some of them changed, cut or repeated.
std::string hostile(std::mt19937_64& random, Transport transport) {
  if (random() % 4 == 0) return random_bytes(random, random() % 3000);
  std::string bytes = plausible(transport);
  for (std::size_t changes = 1 + random() % 5; changes > 0; --changes) {
    const std::size_t at = random() % bytes.size();
    switch (random() % 4) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes.insert(at, random_bytes(random, random() % 20)); break;
      case 2: bytes.erase(at, 1 + random() % 10); break;
      default: bytes += bytes.substr(at, 500); break;
    }
    if (bytes.empty()) return bytes;
  }
  return bytes;
}

TEST_P(Abuse, RandomBytesNeverStopTheServer) {
  constexpr std::uint64_t seed = 20'240'611;
  std::mt19937_64 random{seed};
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " round " + std::to_string(round));
    const bool inside_tls = is_tls(transport()) && random() % 4 != 0;
    Socket socket{server_.port(transport()), inside_tls};
    const std::string bytes = hostile(random, transport());
    const std::size_t cut = bytes.empty() ? 0 : random() % bytes.size();
    socket.send(bytes.substr(0, cut));
    socket.send(bytes.substr(cut));
    if (round % 3 == 0) {
      socket.reset();
    } else if (round % 3 == 1) {
      socket.shut_down_sending();
      socket.receive_all();
      ASSERT_NE(socket.last(), Received::nothing) << "a client that sends no more is let go";
    }
  }
  expect_others_served();
}

class Crowd : public ::testing::TestWithParam<std::tuple<unsigned, Transport>> {};
INSTANTIATE_TEST_SUITE_P(Sockets, Crowd,
                         ::testing::Combine(::testing::Values(0u, 2u),
                                            ::testing::Values(Transport::tcp, Transport::websocket)),
                         transport_name);

TEST_P(Crowd, OfTwoThousandClientsAtOnceIsServed) {
  const auto [io_threads, transport] = GetParam();
  Options options;
  options.handshake_timeout = std::chrono::minutes{10};  // the first client waits until all have connected
  Server server{{.io_threads = io_threads, .options = options}};
  std::deque<Client> clients;
  constexpr std::size_t crowd = 2000;
  for (std::size_t i = 0; i < crowd; ++i) clients.emplace_back(server, transport);
  for (std::size_t i = 0; i < crowd; ++i) {
    clients[i].send(opening() + request_packet(1, "Service.Echo", std::to_string(i)));
  }
  for (std::size_t i = 0; i < crowd; ++i) {
    const auto answer = clients[i].next_message();
    ASSERT_TRUE(answer) << i;
    ASSERT_EQ(answer->payload, std::to_string(i));
  }
  EXPECT_EQ(server.on_logic([](Application& app) { return app.session_count(); }), crowd);
  clients.clear();
  EXPECT_TRUE(server.wait_until_no_sessions());
}

}  // namespace
}  // namespace nano::sockets
