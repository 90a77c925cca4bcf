// Clients that try to fill the log.

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "nano/base/limits.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

constexpr int flood = 40;

class LogFlood : public OverTransports {
 protected:
  /// Lines at the level that operators see.
  long lines(std::string_view event) const {
    const std::string text = server_.log().text();
    long count = 0;
    for (std::size_t at = 0; (at = text.find(event, at)) != std::string::npos; at += event.size()) ++count;
    return count;
  }

  Server server_{io_threads()};
};
INSTANTIATE_TEST_SUITE_P(Sockets, LogFlood, each_transport(), transport_name);

TEST_P(LogFlood, OfGarbageIsCountedAndHidesNothing) {
  for (int i = 0; i < flood; ++i) {
    Socket socket{server_.port(transport())};  // without TLS also where the server expects it
    socket.send("\xff\xff\xff\xff garbage \r\n\r\n");
    socket.receive_all();
  }
  for (int i = 0; i < flood && is_websocket(transport()); ++i) {
    Socket socket{server_, transport()};
    socket.send(
        "GET /nano HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n");
    socket.receive_all();
  }
  Client client{server_, transport()};
  client.open();
  for (int i = 0; i < flood; ++i) client.send(notify_packet("No.Such" + std::to_string(i)));
  EXPECT_TRUE(client.echoes());

  const long most = limits::log_lines_per_source;
  EXPECT_LE(lines("info TLS failed"), most);
  EXPECT_LE(lines("info WebSocket refused"), most);
  EXPECT_LE(lines("info connection closed"), most);
  EXPECT_EQ(lines("warning notify failed"), most);
  const long kinds =
      lines("info TLS failed") + lines("info WebSocket refused") + lines("info connection closed");
  EXPECT_TRUE(kinds == 0 || kinds >= most) << server_.log().text();

  server_.stop();
  EXPECT_NE(server_.log().text().find("notify failed left_out=" + std::to_string(flood - most)),
            std::string::npos)
      << server_.log().text();
}

}  // namespace
}  // namespace nano::sockets
