#include "nano/http/server.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "nano/http/events.h"
#include "nano/net/client_socket_for_tests.h"

namespace nano {
namespace {

class HttpClient : public ClientSocket {
 public:
  using ClientSocket::ClientSocket;

  HttpClient& ask(const std::string& path, const std::string& headers = "") {
    send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    return *this;
  }
};

class HttpServerTest : public ::testing::TestWithParam<int> {
 protected:
  std::string start() {
    server_.start();
    return server_.addresses().at(0);
  }
  static HttpServerOptions options(int threads) {
    HttpServerOptions made;
    made.listen = {"127.0.0.1:0"};
    made.threads = threads;
    made.log = Log{LogLevel::off};
    return made;
  }

  HttpServer server_{options(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Threads, HttpServerTest, ::testing::Values(1, 2));

TEST_P(HttpServerTest, AnswersWithWhatAHandlerReturns) {
  server_.handle("/", [](const HttpRequest& request) { return HttpResponse::text(200, request.path); });
  HttpClient client{start()};
  EXPECT_TRUE(client.ask("/some/path").receive_until("/some/path").starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(client.ask("/b").receive_until("/b").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_P(HttpServerTest, AHandlerThatThrowsIsAnswered500AndTheNextOneIsServed) {
  server_.handle("/", [](const HttpRequest& request) -> HttpResponse {
    if (request.path == "/bad") throw std::runtime_error("a mistake");
    return HttpResponse::text(200, "good");
  });
  server_.handle("/coroutine", [](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    throw std::runtime_error("a mistake");
    co_return;
  });
  const std::string address = start();
  EXPECT_TRUE(
      HttpClient{address}.ask("/bad", "Connection: close\r\n").receive_all().starts_with("HTTP/1.1 500 "));
  HttpClient{address}.ask("/coroutine").receive_all();
  EXPECT_TRUE(HttpClient{address}.ask("/", "Connection: close\r\n").receive_all().ends_with("good"));
}

TEST_P(HttpServerTest, StreamsEventsUntilTheClientHasGone) {
  std::promise<void> ended;
  server_.handle("/events", [&](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    HttpEvents events{std::move(writer)};
    for (int i = 1;; ++i) {
      const std::string number = std::to_string(i);
      const bool sent = co_await events.send(number);
      const bool there = co_await events.pause(std::chrono::milliseconds{1});
      if (!sent || !there) break;
    }
    ended.set_value();
  });
  HttpClient client{start()};
  client.ask("/events");
  EXPECT_TRUE(client.receive_until("data: 3\n\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  client.close();
  ended.get_future().wait();
}

TEST_P(HttpServerTest, StreamsAsFastAsTheClientReads) {
  constexpr int pieces = 500;
  server_.handle("/", [](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const std::string piece(20'000, 'x');
    for (int i = 0; i < pieces; ++i) {
      const bool there = co_await writer.write(piece);
      if (!there) co_return;
    }
    writer.finish();
  });
  HttpClient client{start()};
  const std::string answer = client.ask("/", "Connection: close\r\n").receive_all();
  EXPECT_EQ(std::count(answer.begin(), answer.end(), 'x'), pieces * 20'000);
  EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n"));
}

TEST_P(HttpServerTest, AWriterMayAnswerFromAnotherThread) {
  std::promise<HttpResponseWriter> asked;
  server_.handle("/", [&](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    asked.set_value(std::move(writer));
    co_return;
  });
  HttpClient client{start()};
  client.ask("/", "Connection: close\r\n");
  HttpResponseWriter writer = asked.get_future().get();
  writer.send(HttpResponse::text(200, "from elsewhere"));
  EXPECT_TRUE(client.receive_all().ends_with("from elsewhere"));
}

TEST_P(HttpServerTest, AWriterMayOutliveTheServersStop) {
  std::promise<HttpResponseWriter> asked;
  HttpServerOptions settings = options(GetParam());
  settings.stop_timeout = Duration::zero();
  auto server = std::make_unique<HttpServer>(settings);
  server->handle("/", [&](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    asked.set_value(std::move(writer));
    co_return;
  });
  server->start();
  HttpClient client{server->addresses().at(0)};
  client.ask("/");
  HttpResponseWriter writer = asked.get_future().get();
  server.reset();
  EXPECT_TRUE(writer.closed());
  writer.send(HttpResponse::text(200, "too late"));
  EXPECT_EQ(client.receive_all(), "");
}

TEST_P(HttpServerTest, AStopWaitsForWhatIsBeingAnsweredAndTellsStreams) {
  std::promise<void> asked;
  server_.handle("/", [&](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    asked.set_value();
    while (!server_.stopping()) {
      co_await writer.pause(std::chrono::milliseconds{1});
    }
    co_await writer.write("the last words");
    writer.finish();
  });
  HttpClient client{start()};
  client.ask("/");
  asked.get_future().wait();
  server_.stop();
  EXPECT_TRUE(client.receive_all().ends_with("the last words\r\n0\r\n\r\n"));
}

TEST_P(HttpServerTest, ServesFiles) {
  std::string pattern = (std::filesystem::temp_directory_path() / "nano-http-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  const std::filesystem::path folder{pattern};
  std::ofstream{folder / "page.html"} << "<p>a page";
  server_.serve_files("/", folder);
  const std::string answer = HttpClient{start()}.ask("/page.html", "Connection: close\r\n").receive_all();
  EXPECT_TRUE(answer.ends_with("<p>a page")) << answer;
  server_.stop();
  std::filesystem::remove_all(folder);
}

TEST(HttpServerStart, SaysWhatIsWrong) {
  HttpServerOptions none;
  none.threads = 0;
  EXPECT_THROW(HttpServer{none}, std::invalid_argument);
  HttpServerOptions first;
  first.listen = {"127.0.0.1:0"};
  first.log = Log{LogLevel::off};
  HttpServer server{first};
  server.start();
  HttpServerOptions second = first;
  second.listen = server.addresses();
  EXPECT_THROW(HttpServer{second}.start(), std::runtime_error);
}

}  // namespace
}  // namespace nano
