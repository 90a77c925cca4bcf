// RFC 6455 over real sockets: the upgrade, control frames, close in both directions, violations.

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "tests/sockets/parameters.h"
#include "tests/sockets/service.h"

namespace nano::sockets {
namespace {

using namespace std::string_literals;
namespace frames = testing_frames;

constexpr int text = 1, binary = 2, close = 8, ping = 9, pong = 10;

/// A client that looks at frames.
struct FrameClient {
  explicit FrameClient(Server& server, bool tls = false)
      : socket(server, tls ? Transport::websocket_tls : Transport::websocket) {
    socket.send(upgrade_request());
    std::string response;
    while (response.find("\r\n\r\n") == std::string::npos && socket.receive(response) == Received::bytes) {
    }
    EXPECT_TRUE(response.starts_with("HTTP/1.1 101 ")) << response;
    EXPECT_NE(response.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos) << "RFC 6455, section 1.3";
    reader.take(response.substr(response.find("\r\n\r\n") + 4));
  }

  /// The next frame; opcode 0 when the connection ends.
  ServerFrame next() {
    while (true) {
      if (auto frame = reader.next()) return std::move(*frame);
      std::string bytes;
      if (socket.receive(bytes) != Received::bytes) return {};
      reader.take(bytes);
    }
  }
  ServerFrame next_of(int opcode) {
    ServerFrame frame;
    do {
      frame = next();
    } while (frame.opcode != opcode && frame.opcode != 0);
    return frame;
  }

  Socket socket;
  ServerFrameReader reader;
};

class WebSocket : public OnIoThreads {
 protected:
  /// After these bytes the server closes with this code, ends the stream, and serves others.
  void expect_close_after(const std::string& bytes, int code) {
    FrameClient client{server_};
    client.socket.send(bytes);
    EXPECT_EQ(client.next_of(close).close_code(), code);
    client.socket.send(frames::close(code));
    EXPECT_EQ(client.socket.receive_all(), "");
    EXPECT_EQ(client.socket.last(), Received::end);
    EXPECT_TRUE(Client(server_, Transport::websocket).open().echoes());
  }

  std::string answer_to(const std::string& request, bool tls = false) {
    Socket socket{server_, tls ? Transport::websocket_tls : Transport::websocket};
    socket.send(request);
    std::string answer = socket.receive_all();
    EXPECT_EQ(socket.last(), Received::end);
    EXPECT_TRUE(Client(server_, Transport::websocket).open().echoes());
    return answer;
  }

  Service* service_ = nullptr;
  Server server_{{.io_threads = io_threads(), .configure = [this](Application& app) {
                    service_ = &app.add<Service>(ComponentOptions{.name = "Held"});
                    app.listen_tcp("127.0.0.1:0");
                  }}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, WebSocket, each_io_threads(), io_threads_name);

// -- upgrade ------------------------------------------------------------------------------------------------

TEST_P(WebSocket, UpgradeOnAnotherPathIs404) {
  EXPECT_TRUE(answer_to(upgrade_request("/other")).starts_with("HTTP/1.1 404 "));
}

TEST_P(WebSocket, PlainHttpIs426) {
  const std::string answer = answer_to("GET /nano HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 426 ")) << answer;
  EXPECT_NE(answer.find("\r\nUpgrade: websocket\r\n"), std::string::npos) << answer;
}

TEST_P(WebSocket, AnotherVersionIs426AndNamesOurs) {
  const std::string answer = answer_to(upgrade_request("/nano", "8"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 426 ")) << answer;
  EXPECT_NE(answer.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos) << answer;
}

TEST_P(WebSocket, AMissingOrShortKeyIs400) {
  EXPECT_TRUE(answer_to(upgrade_request("/nano", "13", "")).starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(answer_to(upgrade_request("/nano", "13", "c2hvcnQ=")).starts_with("HTTP/1.1 400 "));
}

TEST_P(WebSocket, GarbageInsteadOfHttpIs400) {
  EXPECT_TRUE(answer_to("\x01\x02\x03 this is no HTTP\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(answer_to(opening() + "\r\n\r\n", true).starts_with("HTTP/1.1 400 "));
}

TEST_P(WebSocket, AHeadWithoutEndIs431) {
  EXPECT_TRUE(answer_to("GET /nano HTTP/1.1\r\nX: " + std::string(20'000, 'x')).starts_with("HTTP/1.1 431 "));
}

TEST_P(WebSocket, FramesThatComeInTheSameWriteAsTheUpgradeAreRead) {
  Socket socket{server_, Transport::websocket};
  socket.send(upgrade_request() + frames::binary(opening() + request_packet(1, "Service.Echo", "hasty")));
  std::string all;
  while (all.find("hasty") == std::string::npos) ASSERT_EQ(socket.receive(all), Received::bytes) << all;
}

class Origins : public OnIoThreads {};
INSTANTIATE_TEST_SUITE_P(Sockets, Origins, each_io_threads(), io_threads_name);

TEST_P(Origins, OfPagesThatAreNotListedAre403) {
  std::uint16_t port = 0;
  Server server{{.io_threads = io_threads(), .configure = [&](Application& app) {
                   app.listen_websocket("127.0.0.1:0", {.origins = {"https://good.example"}});
                   app.on_started([&] {
                     const std::string address = app.addresses().back().address;
                     port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
                   });
                 }}};
  const auto answer_to_origin = [port](std::string_view origin) {
    Socket socket{port};
    socket.send(upgrade_request("/nano", "13",
                                "dGhlIHNhbXBsZSBub25jZQ==", "Origin: " + std::string{origin} + "\r\n"));
    std::string answer;
    while (answer.find("\r\n") == std::string::npos && socket.receive(answer) == Received::bytes) {
    }
    return answer.substr(0, answer.find("\r\n"));
  };
  EXPECT_TRUE(answer_to_origin("https://evil.example").starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(answer_to_origin("https://good.example").starts_with("HTTP/1.1 101 "));
}

// -- frames -------------------------------------------------------------------------------------------------

TEST_P(WebSocket, PacketsSpanMessagesAndFragmentsAndSeveralShareOne) {
  const std::string packets = opening() + request_packet(1, "Service.Echo", "spanning") +
                              request_packet(2, "Service.Echo", "everything");
  for (const std::size_t cut : {std::size_t{1}, std::size_t{3}, std::size_t{5}, packets.size() - 1}) {
    const std::string head = packets.substr(0, cut), tail = packets.substr(cut);
    const std::string as_messages = frames::binary(head) + frames::binary(tail);
    const std::string as_fragments = frames::encode({.opcode = binary, .payload = head, .final = false}) +
                                     frames::ping("between") + frames::encode({.opcode = 0, .payload = tail});
    for (const std::string& bytes : {as_messages, as_fragments}) {
      Client client{server_, Transport::websocket};
      client.send_raw(bytes);
      EXPECT_EQ(client.next_message()->payload, "spanning");
      EXPECT_EQ(client.next_message()->payload, "everything");
    }
  }
}

TEST_P(WebSocket, APingIsAnsweredWithItsPayload) {
  FrameClient client{server_};
  client.socket.send(frames::ping("are you there?"));
  EXPECT_EQ(client.next_of(pong).payload, "are you there?");
  client.socket.send(frames::ping(""));
  EXPECT_EQ(client.next_of(pong).payload, "");
  EXPECT_TRUE(Client(server_, Transport::websocket).open().echoes());
}

/// Pongs that pile up would be outside the send queue's budget. A client beyond the budget is not even read.
TEST_P(WebSocket, APingOfAClientThatDoesNotReadIsNotAnswered) {
  Options options;
  options.send_queue_bytes_max = std::size_t{32} << 20;
  Service* service = nullptr;
  Server server{{.io_threads = io_threads(), .options = options, .configure = [&service](Application& app) {
                   service = &app.add<Service>(ComponentOptions{.name = "Held"});
                 }}};
  FrameClient client{server};
  client.socket.shrink_receive_buffer();
  client.socket.send(frames::binary(opening() + request_packet(1, "Service.Bytes", "16000000")));
  std::string bytes;
  while (bytes.size() < 1000) ASSERT_EQ(client.socket.receive(bytes), Received::bytes);
  client.reader.take(bytes);  // and from here on it does not read: neither the kernel nor the server is done
  client.socket.send(frames::ping("hello?") + frames::binary(notify_packet("Held.Hold")));
  ASSERT_TRUE(server.wait_until([service](Application&) { return service->held() == 1; }));
  client.socket.send(frames::close(1000));
  ServerFrame frame;
  while ((frame = client.next()).opcode != close) ASSERT_EQ(frame.opcode, binary);
}

TEST_P(WebSocket, APongThatNobodyAskedForIsIgnored) {
  Client client{server_, Transport::websocket};
  client.open().send_raw(frames::encode({.opcode = pong, .payload = "hello"}));
  EXPECT_TRUE(client.echoes());
}

TEST_P(WebSocket, AnUnmaskedFrameCloses1002) {
  expect_close_after(frames::encode({.payload = opening(), .masked = false}), 1002);
}

TEST_P(WebSocket, ReservedBitsAndOpcodesClose1002) {
  expect_close_after(frames::encode({.payload = opening(), .reserved_bits = 0x40}), 1002);
  expect_close_after(frames::encode({.opcode = 5, .payload = "x"}), 1002);
  expect_close_after(frames::encode({.opcode = 11, .payload = "x"}), 1002);
}

TEST_P(WebSocket, BrokenFragmentsAndLongControlFramesClose1002) {
  expect_close_after(frames::encode({.opcode = 0, .payload = "continues nothing"}), 1002);
  expect_close_after(frames::encode({.opcode = ping, .payload = "fragmented", .final = false}), 1002);
  expect_close_after(frames::encode({.opcode = ping, .payload = std::string(126, 'p')}), 1002);
}

TEST_P(WebSocket, ATextFrameCloses1003) {
  expect_close_after(frames::encode({.opcode = text, .payload = "{}"}), 1003);
}

TEST_P(WebSocket, AnOversizedMessageCloses1009) {
  expect_close_after(frames::encode({.payload = "", .claimed_bytes = (1u << 20) + 1}), 1009);
  expect_close_after(frames::encode({.payload = "", .claimed_bytes = ~std::uint64_t{0} >> 1}), 1009);
}

TEST_P(WebSocket, RequestsBeforeAViolationAreAnsweredBeforeTheCloseFrame) {
  Client client{server_, Transport::websocket};
  client.send_raw(frames::binary(opening() + request_packet(1, "Service.Echo", "first")) +
                  frames::encode({.opcode = text, .payload = "then this"}));
  const auto answer = client.next_message();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload, "first");
  EXPECT_EQ(client.read_to_end(), Received::end);
  EXPECT_EQ(client.close_code(), 1003);
}

// -- close --------------------------------------------------------------------------------------------------

TEST_P(WebSocket, TheClientsCloseIsAnsweredWithItsCodeThenTcpEnds) {
  for (const int code : {1000, 1001, 3000, 4999}) {
    FrameClient client{server_};
    client.socket.send(frames::binary(opening()) + frames::close(code, "bye"));
    EXPECT_EQ(client.next_of(close).close_code(), code);
    EXPECT_EQ(client.socket.receive_all(), "");
    EXPECT_EQ(client.socket.last(), Received::end);
  }
  EXPECT_TRUE(server_.wait_until_no_sessions());
}

TEST_P(WebSocket, AnEmptyCloseIsAnsweredWithAnEmptyOneAndBadCodesWith1002) {
  FrameClient client{server_};
  client.socket.send(frames::encode({.opcode = close}));
  EXPECT_EQ(client.next_of(close).payload, "");
  expect_close_after(frames::close(1005), 1002);
  expect_close_after(frames::close(999), 1002);
  expect_close_after(frames::encode({.opcode = close, .payload = "x"}), 1002);
  expect_close_after(frames::close(1000, "\xff\xfe"), 1007);
}

TEST_P(WebSocket, RequestsBeforeTheClientsCloseAreAnsweredBeforeItsAnswer) {
  Client client{server_, Transport::websocket};
  client.answer_close(false);
  client.send_raw(frames::binary(opening() + request_packet(1, "Service.Echo", "last words")) +
                  frames::close(1000));
  const auto answer = client.next_message();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload, "last words");
  EXPECT_EQ(client.read_to_end(), Received::end);
  EXPECT_EQ(client.close_code(), 1000);
}

TEST_P(WebSocket, AnAnswerThatTakesLongerDoesNotHoldUpTheClose) {
  FrameClient client{server_};
  client.socket.send(frames::binary(opening() + request_packet(1, "Held.Hold")) + frames::close(1000));
  EXPECT_EQ(client.next_of(close).close_code(), 1000);
  EXPECT_EQ(client.socket.receive_all(), "");
  EXPECT_EQ(client.socket.last(), Received::end);
  server_.on_logic([this](Application&) { service_->release(); });
  EXPECT_TRUE(server_.wait_until_no_sessions());
}

TEST_P(WebSocket, TheServersCloseAwaitsTheClientsAnswer) {
  FrameClient client{server_, true};
  client.socket.send(frames::binary(opening() + notify_packet("Service.Close")));
  EXPECT_EQ(client.next_of(close).close_code(), 1000);
  client.socket.send(frames::ping("not an answer") + frames::close(1000));
  std::string rest;
  EXPECT_NE(client.socket.receive(rest), Received::nothing);
  EXPECT_EQ(rest, "") << "nothing follows a close frame";
}

}  // namespace
}  // namespace nano::sockets
