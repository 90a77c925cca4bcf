// What may go wrong with TLS. Each costs its own connection at most.

#include <chrono>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include <gtest/gtest.h>

#include "nano/net/tls_stream.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

using std::chrono::milliseconds;

auto each_tls_transport() {
  return ::testing::Combine(each_io_threads(), ::testing::Values(Transport::tls, Transport::websocket_tls));
}

/// The first bytes of a client.
std::string client_hello() {
  const TlsContext context = TlsContext::client();
  TlsStream stream{context};
  stream.start();
  return stream.take_output();
}

class Tls : public OverTransports {
 protected:
  void expect_others_served() { EXPECT_TRUE(Client(server_, transport()).open().echoes()); }

  Server server_{io_threads()};
  Socket socket_{server_.port(transport())};  // speaks no TLS by itself
};
INSTANTIATE_TEST_SUITE_P(Sockets, Tls, each_tls_transport(), transport_name);

TEST_P(Tls, GarbageEndsTheConnectionWithTheReasonInTheLog) {
  socket_.send(std::string(1000, '\x55'));
  socket_.receive_all();
  EXPECT_NE(socket_.last(), Received::nothing);
  EXPECT_TRUE(server_.log().wait_for("TLS failed"));
  expect_others_served();
}

TEST_P(Tls, PlainTextEndsTheConnection) {
  socket_.send(is_websocket(transport()) ? upgrade_request() : opening());
  const std::string answer = socket_.receive_all();
  EXPECT_NE(socket_.last(), Received::nothing);
  expect_others_served();
  if (!is_websocket(transport())) return;
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_NE(answer.find("https://"), std::string::npos) << answer;
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

class TlsTimeout : public OverTransports {
 protected:
  /// What a client gets that sends these bytes and then waits for its end.
  std::string answer_to(std::string_view bytes, std::chrono::milliseconds handshake_timeout) {
    Options options;
    options.handshake_timeout = handshake_timeout;
    Server server{{.io_threads = io_threads(), .options = options}};
    Socket socket{server.port(transport())};
    socket.send(bytes);
    std::string answer = socket.receive_all();
    EXPECT_NE(socket.last(), Received::nothing);  // a reset if the bytes came after the timeout
    return answer;
  }
  const std::string hello_ = client_hello();
};
INSTANTIATE_TEST_SUITE_P(Sockets, TlsTimeout, each_tls_transport(), transport_name);

TEST_P(TlsTimeout, ClosesAClientThatStopsInTheMiddleOfItsHello) {
  EXPECT_EQ(answer_to(hello_.substr(0, hello_.size() / 2), milliseconds{100}), "");
}

TEST_P(TlsTimeout, ClosesAClientThatDoesNotFinishTheHandshake) {
  std::string answer;
  // A busy machine may not answer within the first of them.
  for (const int timeout_ms : {100, 1000, 10'000}) {
    if (answer.empty()) answer = answer_to(hello_, milliseconds{timeout_ms});
  }
  EXPECT_NE(answer, "") << "the server's hello";
}

}  // namespace
}  // namespace nano::sockets
