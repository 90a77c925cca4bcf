// How a server with clients stops.

#include <chrono>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "tests/sockets/http_client.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int going_away = 1001;

class Stop : public OverTransports {
 protected:
  void expect_orderly_end_of(Client& client) {
    EXPECT_EQ(client.read_to_end(), Received::end);
    if (is_websocket(transport())) {
      EXPECT_EQ(client.close_code(), going_away);
    }
  }
  Server server_{io_threads()};
};
INSTANTIATE_TEST_SUITE_P(Sockets, Stop, each_transport(), transport_name);

TEST_P(Stop, ClosesItsClientsInAnOrderlyWayAndReturnsZero) {
  Client client{server_, transport()};
  ASSERT_TRUE(client.open().echoes());
  server_.ask_to_stop();
  expect_orderly_end_of(client);
  client.socket().shut_down_sending();
  EXPECT_EQ(server_.wait_for_end(), 0);
}

TEST_P(Stop, WhatIsQueuedStillLeaves) {
  Client client{server_, transport()};
  client.open();
  constexpr std::size_t bytes = std::size_t{8} << 20;
  client.send(request_packet(1, "Service.Echo", "before") +
              request_packet(2, "Service.Bytes", std::to_string(bytes)));
  ASSERT_EQ(client.next_message()->payload, "before");  // so the other is queued as well
  server_.ask_to_stop();
  const auto answer = client.next_message();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload.size(), bytes);
  expect_orderly_end_of(client);
  client.socket().shut_down_sending();
  EXPECT_EQ(server_.wait_for_end(), 0);
}

TEST_P(Stop, ClosesClientsInTheirHandshakeToo) {
  Socket silent{server_.port(transport())};
  Client half_open{server_, transport()};
  half_open.send(packet(protocol::PacketType::handshake));
  ASSERT_TRUE(half_open.next_packet());
  silent.shut_down_sending();
  server_.ask_to_stop();
  expect_orderly_end_of(half_open);
  half_open.socket().shut_down_sending();
  EXPECT_EQ(server_.wait_for_end(), 0);
}

TEST_P(Stop, ASecondRequestWaitsForNothing) {
  const auto stop_twice = [] {
    Server server{io_threads()};
    Client client{server, transport()};
    client.answer_close(false);
    EXPECT_TRUE(client.open().echoes());
    const auto begin = Clock::now();
    server.ask_to_stop();
    server.ask_to_stop();
    EXPECT_EQ(server.wait_for_end(), 0);
    return Clock::now() - begin;
  };
  Clock::duration took = stop_twice();
  // A machine that is held up may take long once. A server that waits for its client always does.
  for (int attempt = 1; attempt < 3 && took >= limits::close_timeout; ++attempt) took = stop_twice();
  EXPECT_LT(took, limits::close_timeout);
}

TEST_P(Stop, NewClientsAreNotAcceptedAnyMore) {
  const std::uint16_t port = server_.port(transport());
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_THROW(Socket{port}, std::runtime_error);
}

/// These wait for real time limits, so there are few of them.
class StopOfStubborn : public Stop {};
INSTANTIATE_TEST_SUITE_P(Sockets, StopOfStubborn,
                         ::testing::Values(std::tuple{0u, Transport::tcp},
                                           std::tuple{1u, Transport::websocket_tls}),
                         transport_name);

TEST_P(StopOfStubborn, ClientsThatNeverCloseIsBounded) {
  Client client{server_, transport()};
  client.answer_close(false);
  ASSERT_TRUE(client.open().echoes());
  EXPECT_EQ(server_.stop(), 0);
}

TEST_P(StopOfStubborn, ClientsThatNeverReadIsBounded) {
  Client client{server_, transport()};
  client.socket().shrink_receive_buffer();
  client.open();
  client.send(request_packet(1, "Service.Bytes", "16000000"));
  std::string begin_of_answer;
  while (begin_of_answer.size() < 1000) ASSERT_EQ(client.socket().receive(begin_of_answer), Received::bytes);
  EXPECT_EQ(server_.stop(), 0);
}

class StopWithHttp : public OnIoThreads {
 protected:
  void configure(Application& app) {
    app.serve_files("/", folder_.path());
    app.handle_http("/never", [this, &app](HttpRequest) { return never(app, begun_); });
    app.handle_http("/hello", [](const HttpRequest&) { return HttpResponse::text(200, "hello"); });
  }
  static Task<HttpResponse> never(Application& app, std::promise<void>& begun) {
    begun.set_value();
    co_await app.scheduler().sleep(std::chrono::hours{1});
    co_return HttpResponse::text(200, "too late");
  }
  /// Until the handler of /never runs.
  void wait_until_begun() { ASSERT_EQ(begun_.get_future().wait_for(time_limit), std::future_status::ready); }

  WebFolder folder_;
  std::promise<void> begun_;
  Server server_{{.io_threads = io_threads(), .configure = [this](Application& app) { configure(app); }}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, StopWithHttp, each_io_threads(), io_threads_name);

TEST_P(StopWithHttp, DoesNotWaitForIdleConnections) {
  HttpClient idle{server_};
  ASSERT_EQ(idle.get("/").status, 200);
  const auto begin = Clock::now();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_LT(Clock::now() - begin, limits::shutdown_timeout);
}

TEST_P(StopWithHttp, LetsADownloadFinish) {
  HttpClient client{server_};
  client.socket().shrink_receive_buffer();
  ASSERT_EQ(client.get("/").status, 200);
  client.send(get_request("/large.bin", "Connection: close\r\n"));
  HttpClient other{server_};
  ASSERT_EQ(other.get("/").status, 200);
  std::string first;
  ASSERT_EQ(client.socket().receive(first), Received::bytes);
  server_.ask_to_stop();
  const std::string rest = client.socket().receive_all();
  EXPECT_EQ(client.socket().last(), Received::end);
  EXPECT_GT(first.size() + rest.size(), WebFolder::large_file_bytes);
  client.socket().shut_down_sending();
  EXPECT_EQ(server_.wait_for_end(), 0);
}

TEST_P(StopWithHttp, AHandlerThatIsCancelledAnswers500) {
  HttpClient client{server_};
  client.send(get_request("/never"));
  ASSERT_NO_FATAL_FAILURE(wait_until_begun());
  const auto begin = Clock::now();
  server_.ask_to_stop();
  EXPECT_EQ(client.answer().status, 500);
  EXPECT_EQ(server_.wait_for_end(), 0);
  EXPECT_LT(Clock::now() - begin, limits::shutdown_timeout);
}

TEST_P(StopWithHttp, ARequestThatFollowsACancelledOneAnswers503) {
  HttpClient client{server_};
  client.send(get_request("/never") + get_request("/hello"));
  ASSERT_NO_FATAL_FAILURE(wait_until_begun());
  const auto begin = Clock::now();
  server_.ask_to_stop();
  EXPECT_EQ(client.answer().status, 500);
  EXPECT_EQ(client.answer().status, 503);
  EXPECT_EQ(server_.wait_for_end(), 0);
  EXPECT_LT(Clock::now() - begin, limits::shutdown_timeout);
}

}  // namespace
}  // namespace nano::sockets
