// How a server with clients stops.

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/network/reserved_port_for_tests.h"
#include "tests/sockets/http_client.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int going_away = 1001;

/// `stop` starts a server, stops it, and tells whether all was done in time. On a machine that is held up it
/// may not be, once; a server that waits for what it should not, or drops what it should not, never does it.
template <class StopServer>
void expect_in_time(StopServer&& stop) {
  bool in_time = stop();
  for (int attempt = 1; attempt < 3 && !in_time; ++attempt) in_time = stop();
  EXPECT_TRUE(in_time);
}

/// `stop` starts a server, stops it, and tells how long the stop took.
template <class StopServer>
void expect_no_waiting(StopServer&& stop) {
  expect_in_time([&stop] { return stop() < limits::close_timeout; });
}

Options with_time(Duration shutdown_timeout) {
  Options options;
  options.shutdown_timeout = shutdown_timeout;
  return options;
}

class Stop : public OverTransports {
 protected:
  void expect_orderly_end_of(Client& client) {
    EXPECT_EQ(client.read_to_end(), Received::end);
    expect_going_away(client);
  }
  void expect_going_away(const Client& client) {
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
  expect_in_time([this] {
    Server server{io_threads()};
    Client client{server, transport()};
    client.open();
    constexpr std::size_t bytes = std::size_t{8} << 20;
    client.send(request_packet(1, "Service.Echo", "before") +
                request_packet(2, "Service.Bytes", std::to_string(bytes)));
    EXPECT_EQ(client.next_message()->payload, "before");  // so the other is queued as well
    server.ask_to_stop();
    const auto answer = client.next_message();
    if (!answer) return false;
    EXPECT_EQ(answer->payload.size(), bytes);
    if (client.read_to_end() != Received::end) return false;
    expect_going_away(client);
    client.socket().shut_down_sending();
    EXPECT_EQ(server.wait_for_end(), 0);
    return true;
  });
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
  expect_no_waiting([this] {
    Server server{io_threads()};
    Client client{server, transport()};
    client.answer_close(false);
    EXPECT_TRUE(client.open().echoes());
    const auto begin = Clock::now();
    server.ask_to_stop();
    server.ask_to_stop();
    EXPECT_EQ(server.wait_for_end(), 0);
    return Clock::now() - begin;
  });
}

TEST_P(Stop, NewClientsAreNotAcceptedAnyMore) {
  const cluster::ReservedPort reserved;  // so that no other program listens there after the stop
  const std::string address = reserved.address();
  const TlsFiles tls = is_tls(transport()) ? tls_files() : TlsFiles{};
  Server server{{.io_threads = io_threads(), .configure = [&](Application& app) {
                   if (is_websocket(transport())) {
                     app.listen_websocket(address, {.tls = is_tls(transport()), .tls_files = tls});
                   } else {
                     app.listen_tcp(address, {.tls = is_tls(transport()), .tls_files = tls});
                   }
                 }}};
  EXPECT_NO_THROW(Socket{reserved.port()});
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THROW(Socket{reserved.port()}, std::runtime_error);
}

/// Saves a file for each client that goes, and takes its time to answer.
class Keeper final : public Component {
 public:
  static void routes(Routes<Keeper>& on) { on.add<&Keeper::join>("Join").add<&Keeper::slow>("Slow"); }
  void join(Session& session) {
    session.on_closed([this](Session&) { begin_saves(1); }).detach();
  }
  void begin_saves(std::size_t count) {
    while (count-- > 0) scheduler().spawn(save());
  }
  Task<std::string> slow(std::string in) {
    ++begun;
    co_await sleep(std::chrono::milliseconds{300});
    co_return in;
  }

  std::size_t begun = 0;
  std::atomic<std::size_t> saved = 0;

 private:
  Task<void> save() {
    co_await sleep(std::chrono::milliseconds{10});
    auto call = offload([] {});
    co_await call;
    ++saved;
  }
};

class StopWithWork : public OnIoThreads {
 protected:
  Keeper* keeper_ = nullptr;
  Server server_{{.io_threads = io_threads(),
                  .options = with_time(std::chrono::minutes{10}),
                  .configure = [this](Application& app) { keeper_ = &app.add<Keeper>(); }}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, StopWithWork, each_io_threads(), io_threads_name);

TEST_P(StopWithWork, WhatClosedCallbacksStartEnds) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<Client>(server_, Transport::tcp));
    clients.back()->open().request("Keeper.Join");
  }
  server_.ask_to_stop();
  for (const auto& client : clients) {
    client->read_to_end();
    client->socket().shut_down_sending();
  }
  EXPECT_EQ(server_.wait_for_end(), 0);
  EXPECT_EQ(keeper_->saved, 100u);
}

TEST_P(StopWithWork, WhatClosedCallbacksHaveForTheWorkersIsNotRefusedHoweverMuchItIs) {
  constexpr std::size_t saves = limits::worker_queue_jobs + 100;
  server_.on_logic([this](Application& app) {
    app.on_session_closed([this](Session&) { keeper_->begin_saves(saves); }).detach();
  });
  Client client{server_, Transport::tcp};
  ASSERT_TRUE(client.open().echoes());
  server_.ask_to_stop();
  client.read_to_end();
  client.socket().shut_down_sending();
  EXPECT_EQ(server_.wait_for_end(), 0);
  EXPECT_EQ(keeper_->saved, saves);
}

TEST_P(StopWithWork, EachRequestThatWasBegunIsAnswered) {
  constexpr std::size_t each = 20;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<Client>(server_, Transport::tcp));
    std::string requests;
    for (std::size_t id = 1; id <= each; ++id) requests += request_packet(id, "Keeper.Slow", "here");
    clients.back()->open().send(requests);
  }
  ASSERT_TRUE(server_.wait_until([this](Application&) { return keeper_->begun == 50 * each; }));
  server_.ask_to_stop();
  for (const auto& client : clients) {
    for (std::size_t i = 0; i < each; ++i) {
      const auto answer = client->next_message();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->payload, "here");
    }
    EXPECT_EQ(client->read_to_end(), Received::end);
    client->socket().shut_down_sending();
  }
  EXPECT_EQ(server_.wait_for_end(), 0);
}

TEST_P(StopWithWork, WhatIsAskedMeanwhileIsRefused) {
  Client client{server_, Transport::tcp};
  client.open().send(request_packet(1, "Keeper.Slow", "here"));
  ASSERT_TRUE(server_.wait_until([this](Application&) { return keeper_->begun == 1; }));
  server_.ask_to_stop();
  ASSERT_TRUE(server_.wait_until([](Application& app) { return app.stopping(); }));
  client.send(request_packet(2, "Keeper.Slow", "late"));
  const auto refused = client.next_message();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->id, 2u);
  EXPECT_NE(refused->payload.find("unavailable"), std::string::npos) << refused->payload;
  const auto answer = client.next_message();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload, "here");
  client.read_to_end();
  client.socket().shut_down_sending();
  EXPECT_EQ(server_.wait_for_end(), 0);
}

TEST_P(StopWithWork, WhatAHookOfTheTurnsEndPushesLeavesAtOnce) {
  Client client{server_, Transport::tcp};
  client.open();
  server_.on_logic([](Application& app) {
    auto pushed = std::make_shared<bool>(false);
    app.scheduler().at_turn_end([&app, pushed] {
      if (!std::exchange(*pushed, true)) app.find_session(1)->push("onTurnEnd", "now");
    });
  });
  const auto push = client.next_message();
  ASSERT_TRUE(push);
  EXPECT_EQ(push->route, "onTurnEnd");
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

/// Has little time to stop; with files at /, an answer at /hello, and a handler that ends by itself after an
/// hour at /never.
class HttpServer {
 public:
  explicit HttpServer(std::uint32_t io_threads)
      : server_{{.io_threads = io_threads,
                 .options = with_time(std::chrono::seconds{1}),
                 .configure = [this](Application& app) { configure(app); }}} {}

  Server& operator*() { return server_; }
  Server* operator->() { return &server_; }
  void wait_until_begun() { EXPECT_EQ(begun_.get_future().wait_for(time_limit), std::future_status::ready); }

 private:
  void configure(Application& app) {
    app.serve_files("/", folder_.path());
    app.handle_http("/never", [this, &app](HttpRequest) { return never(app, begun_); });
    app.handle_http("/slow", [this, &app](HttpRequest) { return slow(app, begun_); });
    app.handle_http("/hello", [](const HttpRequest&) { return HttpResponse::text(200, "hello"); });
  }
  static Task<HttpResponse> slow(Application& app, std::promise<void>& begun) {
    begun.set_value();
    co_await app.scheduler().sleep(std::chrono::milliseconds{100});
    co_return HttpResponse::text(200, "at last");
  }
  static Task<HttpResponse> never(Application& app, std::promise<void>& begun) {
    begun.set_value();
    co_await app.scheduler().sleep(std::chrono::hours{1});
    co_return HttpResponse::text(200, "too late");
  }

  WebFolder folder_;
  std::promise<void> begun_;
  Server server_;
};

class StopWithHttp : public OnIoThreads {};
INSTANTIATE_TEST_SUITE_P(Sockets, StopWithHttp, each_io_threads(), io_threads_name);

TEST_P(StopWithHttp, DoesNotWaitForIdleConnections) {
  expect_no_waiting([] {
    HttpServer server{io_threads()};
    HttpClient idle{*server};
    EXPECT_EQ(idle.get("/").status, 200);
    const auto begin = Clock::now();
    EXPECT_EQ(server->stop(), 0);
    return Clock::now() - begin;
  });
}

TEST_P(StopWithHttp, LetsADownloadFinish) {
  expect_in_time([] {
    HttpServer server{io_threads()};
    HttpClient client{*server};
    client.socket().shrink_receive_buffer();
    EXPECT_EQ(client.get("/").status, 200);
    client.send(get_request("/large.bin", "Connection: close\r\n"));
    HttpClient other{*server};
    EXPECT_EQ(other.get("/").status, 200);
    std::string first;
    EXPECT_EQ(client.socket().receive(first), Received::bytes);
    server->ask_to_stop();
    const std::string rest = client.socket().receive_all();
    client.socket().shut_down_sending();
    EXPECT_EQ(server->wait_for_end(), 0);
    return client.socket().last() == Received::end &&
           first.size() + rest.size() > WebFolder::large_file_bytes;
  });
}

TEST_P(StopWithHttp, AHandlerAtWorkAnswers) {
  HttpServer server{io_threads()};
  HttpClient client{*server};
  client.send(get_request("/slow"));
  server.wait_until_begun();
  server->ask_to_stop();
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(server->wait_for_end(), 0);
}

TEST_P(StopWithHttp, WhatIsAskedMeanwhileAnswers503) {
  HttpServer server{io_threads()};
  HttpClient waiting{*server};
  HttpClient other{*server};
  EXPECT_EQ(other.get("/hello").status, 200);
  waiting.send(get_request("/never"));
  server.wait_until_begun();
  server->ask_to_stop();
  ASSERT_TRUE(server->wait_until([](Application& app) { return app.stopping(); }));
  EXPECT_EQ(other.get("/hello").status, 503);
  EXPECT_EQ(server->wait_for_end(), 0);
}

TEST_P(StopWithHttp, ARequestThatIsGivenUpAnswers503IsNamedAndTheLastOfItsConnection) {
  expect_no_waiting([] {
    HttpServer server{io_threads()};
    HttpClient client{*server};
    client.send(get_request("/never") + get_request("/hello"));
    server.wait_until_begun();
    const auto begin = Clock::now();
    server->ask_to_stop();
    EXPECT_EQ(client.answer().status, 503);
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(server->wait_for_end(), 0);
    EXPECT_TRUE(server->log().contains("as the server stops count=1 released=0 routes=\"/never 1\""));
    return Clock::now() - begin;
  });
}

TEST_P(StopWithHttp, ARequestThatFollowsOneAtWorkAnswers503) {
  HttpServer server{io_threads()};
  HttpClient client{*server};
  client.send(get_request("/slow") + get_request("/hello"));
  server.wait_until_begun();
  server->ask_to_stop();
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 503);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server->wait_for_end(), 0);
}

}  // namespace
}  // namespace nano::sockets
