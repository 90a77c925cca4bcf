// HTTP clients that leave while their requests are being answered, and handlers that take too long.

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sockets/http_client.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class HttpLeave : public OnIoThreads {
 protected:
  /// Counts a coroutine for as long as it exists.
  struct Counted {
    explicit Counted(std::atomic<int>& count) : count(count) { ++count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count; }
    std::atomic<int>& count;
  };

  void configure(Application& app) {
    app.handle_http("/hello", [](const HttpRequest&) { return HttpResponse::text(200, "hello"); });
    app.handle_http("/never", [this, &app](HttpRequest) { return never(app, waiting_); });
    app.handle_http("/soon", [this, &app](HttpRequest) { return never(app, waiting_); },
                    {.timeout = milliseconds{20}});
    app.handle_http("/one", [this, &app](HttpRequest) { return never(app, waiting_); }, {.requests_max = 1});
    app.handle_http("/no-status", [](const HttpRequest&) { return HttpResponse::text(42, "never"); });
    app.handle_http("/no-header", [](const HttpRequest&) {
      return HttpResponse::text(200, "never").add_header("a: b\r\nc", "d");
    });
  }
  static Task<HttpResponse> never(Application& app, std::atomic<int>& waiting) {
    const Counted counted{waiting};
    co_await app.scheduler().sleep(hours{1});
    co_return HttpResponse::text(200, "too late");
  }
  bool wait_until_waiting(int count) {
    return server_.wait_until([&](Application&) { return waiting_ == count; });
  }

  std::atomic<int> waiting_{0};
  Server server_{{.io_threads = io_threads(), .configure = [this](Application& app) { configure(app); }}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, HttpLeave, each_io_threads(), io_threads_name);

TEST_P(HttpLeave, AHandlerWhoseClientResetsIsCancelled) {
  for (const bool tls : {false, true}) {
    HttpClient client{server_, tls};
    client.send(get_request("/never") + get_request("/never"));
    ASSERT_TRUE(wait_until_waiting(1));
    client.socket().reset();
    EXPECT_TRUE(wait_until_waiting(0)) << "the second request is not begun, either";
  }
  EXPECT_EQ(HttpClient{server_}.get("/hello").status, 200);
}

TEST_P(HttpLeave, HandlersWhoseClientsCloseAreCancelled) {
  constexpr int clients = 20;
  {
    std::vector<HttpClient> gone;
    for (int i = 0; i < clients; ++i) {
      gone.emplace_back(server_, i % 2 == 1).send(get_request("/never") + get_request("/never"));
    }
    ASSERT_TRUE(wait_until_waiting(clients));
  }
  EXPECT_TRUE(wait_until_waiting(0));
  EXPECT_EQ(HttpClient{server_}.get("/hello").status, 200);
}

TEST_P(HttpLeave, AClientThatClosesRightBehindItsRequestIsNoticed) {
  { HttpClient{server_}.send(get_request("/never")); }
  HttpClient half_closed{server_};
  half_closed.send(get_request("/never"));
  half_closed.socket().shut_down_sending();
  EXPECT_EQ(half_closed.answer().status, 504) << "who still reads is told";
  EXPECT_TRUE(half_closed.ended());
  EXPECT_TRUE(wait_until_waiting(0));
}

TEST_P(HttpLeave, AHandlerThatTakesTooLongIsCancelledAndAnswered504) {
  for (const bool tls : {false, true}) {
    HttpClient client{server_, tls};
    client.send(get_request("/soon") + get_request("/hello"));
    EXPECT_EQ(client.answer().status, 504);
    EXPECT_TRUE(client.ended());
    EXPECT_TRUE(wait_until_waiting(0));
  }
}

TEST_P(HttpLeave, RequestsBeyondAHandlersBoundAreAnswered503) {
  HttpClient first{server_};
  first.send(get_request("/one"));
  ASSERT_TRUE(wait_until_waiting(1));
  HttpClient second{server_};
  const HttpAnswer refused = second.get("/one");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After: 1")) << refused.head;
  EXPECT_EQ(second.get("/hello").status, 200);
  first.socket().reset();
  ASSERT_TRUE(wait_until_waiting(0));
  second.send(get_request("/one"));
  EXPECT_TRUE(wait_until_waiting(1)) << "the place is free again";
}

TEST_P(HttpLeave, AResponseThatHttpDoesNotAllowIsAnswered500) {
  HttpClient client{server_};
  EXPECT_EQ(client.get("/no-status").status, 500);
  EXPECT_EQ(client.get("/no-header").status, 500);
  EXPECT_TRUE(server_.log().wait_for("/no-header"));
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST_P(HttpLeave, AHandlerThatStallsIsNamedByItsMethodAndPath) {
  server_.on_logic([](Application& app) { app.scheduler().set_stall_limit(Duration::zero()); });
  EXPECT_EQ(HttpClient{server_}.get("/hello").status, 200);
  EXPECT_TRUE(server_.log().wait_for("in=\"GET /hello\""));
}

}  // namespace
}  // namespace nano::sockets
