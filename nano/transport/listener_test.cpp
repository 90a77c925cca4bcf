#include "nano/net/listener.h"

#include <chrono>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "nano/net/client_socket_for_tests.h"
#include "nano/transport/listener_settings_for_tests.h"
#include "nano/transport/socket_pair_for_tests.h"

namespace nano {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds short_time{60};
constexpr std::chrono::hours forever{1};

/// A listener without an application: its own loop, and time limits of its own.
class ListenerTest : public ::testing::TestWithParam<bool> {
 protected:
  ~ListenerTest() override {
    if (!thread_.joinable()) return;
    scheduler_.stop();
    thread_.join();
    loop_.stop();
  }
  std::string listen(ListenerSettings settings) {
    ListenerOptions options = std::move(settings).options();
    options.busy = wires_;
    options.router = router_;
    GetParam() ? loop_.attach(scheduler_, std::make_shared<ReceiveLine>(scheduler_))
               : loop_.attach(scheduler_);
    const auto listener =
        listen_on({&loop_.io()}, "127.0.0.1:0",
                  connect_to({&loop_}, std::make_shared<const ListenerOptions>(std::move(options))))
            .front();
    const std::string address = listener->address();
    thread_ = std::thread{[this, listener] {
      scheduler_.post([listener] { listener->start(); });
      scheduler_.run();
    }};
    return address;
  }
  void answer_at_once() {
    router_->add_handler(
        "/", [](HttpRequest, HttpResponseWriter reply) { reply.send(HttpResponse::text(200, "!")); });
  }
  static void expect_last_answer(ClientSocket& client) {
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string answer = client.receive_all();
    EXPECT_TRUE(answer.ends_with("\r\n\r\n!")) << answer;
  }
  /// Waits for the end of all that a stop would wait for.
  bool nothing_holds_up_a_stop() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (wires_->count() != 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return wires_->count() == 0;
  }
  Driver& driver() { return GetParam() ? static_cast<Driver&>(parking_) : loop_; }

  Log log_{LogLevel::off};
  SystemClock clock_;
  ParkingDriver parking_;
  InlineWorkers workers_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, driver(), workers_, log_};
  std::shared_ptr<HttpRouter> router_ = std::make_shared<HttpRouter>();
  std::shared_ptr<BusyCount> wires_ = std::make_shared<BusyCount>();
  Timer timer_;
  std::thread thread_;
};
INSTANTIATE_TEST_SUITE_P(Loop, ListenerTest, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "OnItsThread" : "Inline"; });

class InlineListener : public ::testing::Test, protected InlineLoop<ManualClock> {};

TEST_F(InlineListener, GivesThoseWhoComeAfterALongQuietTimeTheirTime) {
  ListenerOptions options =
      ListenerSettings{.websocket = true, .handshake_timeout = std::chrono::seconds{10}}.options();
  options.busy = std::make_shared<BusyCount>();
  const auto router = std::make_shared<HttpRouter>();
  options.router = router;
  router->add_handler(
      "/", [](HttpRequest, HttpResponseWriter reply) { reply.send(HttpResponse::text(200, "!")); });
  const auto listener =
      listen_on({&loop.io()}, "127.0.0.1:0",
                connect_to({&loop}, std::make_shared<const ListenerOptions>(std::move(options))))
          .front();
  listener->start();
  const auto turn = [&] {
    scheduler.run_once();
    loop.wait(TimePoint{});
  };
  for (int i = 0; i < 3; ++i) turn();
  scheduler.run_once();  // which waits from here on
  clock.advance(forever);
  ClientSocket client{listener->address()};
  loop.wait(std::nullopt);
  for (int i = 0; i < 10; ++i) turn();
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  client.finish();
  for (int i = 0; i < 10; ++i) turn();
  EXPECT_TRUE(client.receive_all().ends_with("\r\n\r\n!"));
  listener->stop();
  turn();
}

TEST_P(ListenerTest, ARequestThatNeverEndsIsClosedAfterTheHandshakeTimeout) {
  ClientSocket client{listen({.websocket = true, .handshake_timeout = short_time})};
  client.send("GET / HTTP/1.1\r\nHost: sl");
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.empty() || answer == "reset") << answer;  // a reset if it came after the timeout
}

TEST_P(ListenerTest, AnIdleKeptConnectionIsClosedAfterTheIdleTimeoutAndNotBefore) {
  answer_at_once();
  ClientSocket client{listen({.websocket = true, .handshake_timeout = forever, .idle_timeout = short_time})};
  const auto begin = std::chrono::steady_clock::now();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: sl");
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n!")) << answer << ": the second request never ends";
  EXPECT_GE(std::chrono::steady_clock::now() - begin, short_time);
}

TEST_P(ListenerTest, AHandlerMayTakeLongerThanAnyTimeout) {
  constexpr milliseconds request_time{500};
  router_->add_handler("/", [&](HttpRequest, HttpResponseWriter reply) {
    scheduler_.post([&, held = std::make_shared<HttpResponseWriter>(std::move(reply))] {
      timer_ = scheduler_.after(request_time + short_time,
                                [held] { held->send(HttpResponse::text(200, "at last")); });
    });
  });
  const std::string address =
      listen({.websocket = true, .handshake_timeout = request_time, .idle_timeout = short_time});
  std::string answer;
  // A busy machine may not bring the request in time. A server that cuts off the handler always does.
  for (int attempt = 0; attempt < 10 && !answer.ends_with("\r\n\r\nat last"); ++attempt) {
    ClientSocket client{address};
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    answer = client.receive_all();
  }
  EXPECT_TRUE(answer.ends_with("\r\n\r\nat last")) << answer;
}

TEST_P(ListenerTest, AfterItsLastAnswerAClientsEndIsHeardWhateverItStillSends) {
  answer_at_once();
  ClientSocket client{listen({.websocket = true, .close_timeout = forever})};
  expect_last_answer(client);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.finish();
  EXPECT_TRUE(nothing_holds_up_a_stop());
}

TEST_P(ListenerTest, AClientThatFloodsAfterItsLastAnswerIsCutOffAfterTheCloseTimeout) {
  answer_at_once();
  ClientSocket client{listen({.websocket = true, .close_timeout = short_time})};
  expect_last_answer(client);
  while (client.send(std::string(4096, 'x'))) {
  }
  EXPECT_TRUE(nothing_holds_up_a_stop());
}

TEST_P(ListenerTest, AnAnswerIsSentAlsoWhenTheTimeToCloseIsOverBeforeTheTurnIs) {
  ClientSocket client{listen({.websocket = true, .close_timeout = milliseconds{0}})};
  client.send("bad\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
}

TEST_P(ListenerTest, AHandlerThatDropsItsReplyIsAnswered500) {
  router_->add_handler("/", [](HttpRequest, HttpResponseWriter) {});
  ClientSocket client{listen({.websocket = true})};
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 500 "));
}

TEST_P(ListenerTest, WithoutHandlersAndFilesAPlainRequestIsToldToUpgrade) {
  ClientSocket client{listen({.websocket = true})};
  client.send("GET /nano HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 426 "));
}

/// Closes each wire that it is asked to take.
ReceiverFactory refuse_with(WireClose how) {
  return [how](std::shared_ptr<Wire> wire) {
    wire->close(how, {"refused", ""});
    return std::shared_ptr<WireReceiver>{};
  };
}

TEST_P(ListenerTest, AClientThatDoesNotCloseIsCutOffAfterTheCloseTimeout) {
  ClientSocket client{listen({.make_receiver = refuse_with(WireClose::flush), .close_timeout = short_time})};
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(nothing_holds_up_a_stop()) << "though the client still holds its end";
}

TEST_P(ListenerTest, AWireThatIsDroppedEndsWithAReset) {
  std::latch connected{1};  // a reset that is quicker than connect() returns would be its error
  const ReceiverFactory refuse = [&connected](std::shared_ptr<Wire> wire) {
    connected.wait();
    return refuse_with(WireClose::drop)(std::move(wire));
  };
  ClientSocket client{listen({.make_receiver = refuse, .close_timeout = forever})};
  connected.count_down();
  EXPECT_EQ(client.receive_all(), "reset");
}

TEST(ListenerAddress, OfAllInterfacesServesBothFamilies) {
  LogicLoop loop;
  const auto options = std::make_shared<const ListenerOptions>();
  const auto listener = listen_on({&loop.io()}, ":0", connect_to({&loop}, options)).front();
  EXPECT_TRUE(listener->address().starts_with("[::]:")) << listener->address();
  EXPECT_NO_THROW(ClientSocket{listener->address()});  // over IPv4
}

TEST(ListenerAddress, OfAHostNameIsEveryAddressThatItStandsForOnOnePort) {
  LogicLoop loop;
  const auto options = std::make_shared<const ListenerOptions>();
  const auto listeners = listen_on({&loop.io()}, "localhost:0", connect_to({&loop}, options));
  bool serves_ipv4 = false;
  for (const auto& listener : listeners) {
    EXPECT_EQ(listener->port(), listeners.front()->port());
    serves_ipv4 = serves_ipv4 || listener->address().starts_with("127.0.0.1:");
  }
  EXPECT_TRUE(serves_ipv4);
  EXPECT_NO_THROW(ClientSocket{listeners.front()->address()});  // over IPv4
  if (listeners.size() == 1) return;
  EXPECT_THROW(listen_on({&loop.io()}, "localhost:" + std::to_string(listeners.front()->port()),
                         connect_to({&loop}, options)),
               std::runtime_error)
      << "one of two is not enough";
}

}  // namespace
}  // namespace nano
