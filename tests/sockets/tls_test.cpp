// What may go wrong with TLS. Each costs its own connection at most.

#include <chrono>
#include <string>
#include <sys/socket.h>

#include <gtest/gtest.h>

#include "nano/transport/tls_stream.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class Tls : public OverTransports {
 protected:
  static Options options() {
    Options made;
    made.handshake_timeout = std::chrono::milliseconds{100};
    return made;
  }
  /// The first bytes of a client.
  static std::string client_hello() {
    const TlsContext context = TlsContext::client();
    TlsStream stream{context};
    stream.start();
    return stream.take_output();
  }
  void expect_others_served() { EXPECT_TRUE(Client(server_, transport()).open().echoes()); }

  Server server_{{.io_threads = io_threads(), .options = options()}};
  Socket socket_{server_.port(transport())};  // speaks no TLS by itself
};
INSTANTIATE_TEST_SUITE_P(Sockets, Tls,
                         ::testing::Combine(each_io_threads(),
                                            ::testing::Values(Transport::tls, Transport::websocket_tls)),
                         transport_name);

TEST_P(Tls, GarbageEndsTheConnectionWithTheReasonInTheLog) {
  socket_.send(std::string(1000, '\x55'));
  socket_.receive_all();
  EXPECT_NE(socket_.last(), Received::nothing);
  EXPECT_TRUE(server_.log().wait_for("TLS failed"));
  expect_others_served();
}

TEST_P(Tls, PlainTextEndsTheConnection) {
  socket_.send(is_websocket(transport()) ? upgrade_request() : opening());
  socket_.receive_all();
  EXPECT_NE(socket_.last(), Received::nothing);
  expect_others_served();
}

TEST_P(Tls, AClientThatStopsInTheMiddleOfItsHelloIsClosedAfterTheHandshakeTimeout) {
  const std::string hello = client_hello();
  socket_.send(hello.substr(0, hello.size() / 2));
  EXPECT_EQ(socket_.receive_all(), "");
  EXPECT_EQ(socket_.last(), Received::end);
  expect_others_served();
}

TEST_P(Tls, AClientThatDoesNotFinishTheHandshakeIsClosedAfterTheHandshakeTimeout) {
  socket_.send(client_hello());
  EXPECT_NE(socket_.receive_all(), "") << "the server's hello";
  EXPECT_EQ(socket_.last(), Received::end);
  expect_others_served();
}

TEST_P(Tls, GarbageAfterTheHandshakeEndsTheConnection) {
  Client client{server_, transport()};
  client.open();
  ASSERT_TRUE(client.echoes());
  const std::string garbage(200, '\x17');
  ::send(client.socket().descriptor(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
  EXPECT_NE(client.read_to_end(), Received::nothing);
  EXPECT_TRUE(server_.log().wait_for("TLS failed"));
  EXPECT_TRUE(server_.wait_until_no_sessions());
  expect_others_served();
}

TEST_P(Tls, AResetInTheMiddleOfTheHandshakeHarmsNobody) {
  socket_.send(client_hello());
  socket_.reset();
  expect_others_served();
}

}  // namespace
}  // namespace nano::sockets
