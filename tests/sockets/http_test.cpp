// Files and HTTP handlers on the WebSocket listeners, over real sockets.

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "tests/sockets/client.h"
#include "tests/sockets/http_client.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class Http : public OnIoThreads {
 protected:
  void configure(Application& app) {
    app.serve_files("/", folder_.path());
    app.handle_http("/hello", [](const HttpRequest& request) {
      return HttpResponse::text(200, "hello " + request.body);
    });
    app.handle_http("GET /tables/{table}", [](const HttpRequest& request) {
      return HttpResponse::text(200, std::string{request.parameter("table")});
    });
    app.handle_http("/throw",
                    [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("thrown by /throw"); });
    app.handle_http("/throw-number", [](const HttpRequest&) -> HttpResponse { throw 42; });
    app.handle_http("/mebibyte", [this](const HttpRequest&) {
      ++mebibytes_;
      return HttpResponse::text(200, std::string(std::size_t{1} << 20, 'm'));
    });
    app.handle_http("/coroutine/",
                    [&app](HttpRequest request) { return coroutine(app, std::move(request)); });
    app.handle_http("/slow", [this, &app](HttpRequest) { return slow(app, go_on_); });
  }
  static Task<HttpResponse> coroutine(Application& app, HttpRequest request) {
    co_await app.scheduler().yield();
    if (request.path == "/coroutine/throw") throw std::runtime_error("thrown by a coroutine");
    co_return HttpResponse::text(200, request.path);
  }
  /// Answered when the test says so.
  static Task<HttpResponse> slow(Application& app, std::shared_future<void> go_on) {
    auto waiting = app.scheduler().offload([go_on = std::move(go_on)] { go_on.wait(); });
    co_await waiting;
    co_return HttpResponse::text(200, "at last");
  }

  WebFolder folder_;
  std::atomic<int> mebibytes_{0};
  std::promise<void> let_go_on_;
  std::shared_future<void> go_on_ = let_go_on_.get_future().share();
  Server server_{{.io_threads = io_threads(), .configure = [this](Application& app) { configure(app); }}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, Http, each_io_threads(), io_threads_name);

TEST_P(Http, FilesAndHandlersAnswerOnOneKeptConnection) {
  for (const bool tls : {false, true}) {
    HttpClient client{server_, tls};
    const HttpAnswer index = client.get("/");
    EXPECT_EQ(index.status, 200);
    EXPECT_EQ(index.body, "<p>hello</p>");
    EXPECT_TRUE(index.has("Content-Type: text/html; charset=utf-8")) << index.head;
    EXPECT_EQ(client.get("/app.js").body, "export {};");
    EXPECT_EQ(client.get("/nothing").status, 404);
    EXPECT_EQ(client.get("/hello").body, "hello ");
    EXPECT_EQ(client.get("/coroutine/works").body, "/coroutine/works");
    EXPECT_EQ(client.get("/").status, 200);
  }
}

TEST_P(Http, ABodyThatArrivesByteByByteReachesTheHandler) {
  HttpClient client{server_};
  for (const char byte : std::string{"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nthere"}) {
    ASSERT_TRUE(client.send({&byte, 1}));
  }
  EXPECT_EQ(client.answer().body, "hello there");
}

TEST_P(Http, AClientThatAsksBeforeItSendsItsBodyIsToldToGoOn) {
  for (const bool tls : {false, true}) {
    HttpClient client{server_, tls};
    const std::string head =
        "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    client.send(head);
    EXPECT_EQ(client.answer().status, 100);
    client.send("there" + head + "again");
    EXPECT_EQ(client.answer().body, "hello there");
    EXPECT_EQ(client.answer().body, "hello again") << "who does not wait is not told";
  }
}

TEST_P(Http, PipelinedRequestsAreAnsweredInOrder) {
  for (const bool tls : {false, true}) {
    HttpClient client{server_, tls};
    std::string requests;
    for (int i = 0; i < 50; ++i) {
      requests +=
          get_request("/coroutine/" + std::to_string(i)) + get_request("/app.js") + get_request("/hello");
    }
    ASSERT_TRUE(client.send(requests));
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(client.answer().body, "/coroutine/" + std::to_string(i));
      ASSERT_EQ(client.answer().body, "export {};");
      ASSERT_EQ(client.answer().body, "hello ");
    }
  }
}

TEST_P(Http, HeadHasTheLengthAndNoBody) {
  HttpClient client{server_};
  client.send("HEAD /app.js HTTP/1.1\r\nHost: x\r\n\r\n" + get_request("/hello"));
  const HttpAnswer head = client.answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.has("Content-Length: 10")) << head.head;
  EXPECT_EQ(client.answer().body, "hello ");
}

TEST_P(Http, NothingOutsideTheFolderIsServed) {
  for (const char* target :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt", "/.hidden", "//secret.txt",
        "/www/../../secret.txt", "/..\\secret.txt", "/%00"}) {
    HttpClient client{server_};
    const HttpAnswer answer = client.get(target);
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << target << " " << answer.status;
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << target;
  }
}

TEST_P(Http, AHandlerThatThrowsAnswers500AndTheConnectionGoesOn) {
  HttpClient client{server_};
  for (const char* target : {"/throw", "/throw-number", "/coroutine/throw"}) {
    const HttpAnswer answer = client.get(target);
    EXPECT_EQ(answer.status, 500) << target;
    EXPECT_EQ(answer.body.find("thrown"), std::string::npos) << "what went wrong is for the log";
  }
  EXPECT_TRUE(server_.log().wait_for("thrown by /throw"));
  EXPECT_TRUE(server_.log().wait_for("thrown by a coroutine"));
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST_P(Http, ASlowHandlerHoldsUpItsOwnConnectionOnly) {
  HttpClient slow{server_};
  slow.send(get_request("/slow") + get_request("/hello"));
  HttpClient other{server_};
  for (int i = 0; i < 10; ++i) EXPECT_EQ(other.get("/hello").status, 200);
  let_go_on_.set_value();
  EXPECT_EQ(slow.answer().body, "at last");
  EXPECT_EQ(slow.answer().body, "hello ");
}

TEST_P(Http, AClientThatLeavesBeforeItsAnswerHarmsNobody) {
  { HttpClient{server_}.send(get_request("/slow")); }
  HttpClient resetting{server_};
  resetting.send(get_request("/slow"));
  resetting.socket().reset();
  HttpClient other{server_};
  EXPECT_EQ(other.get("/hello").status, 200);
  let_go_on_.set_value();
  EXPECT_EQ(other.get("/hello").status, 200);
}

TEST_P(Http, AHalfClosedClientGetsAllItsAnswersThenTheEnd) {
  HttpClient client{server_};
  client.send(get_request("/coroutine/1") + get_request("/mebibyte") + get_request("/hello"));
  client.socket().shut_down_sending();
  EXPECT_EQ(client.answer().body, "/coroutine/1");
  EXPECT_EQ(client.answer().body.size(), std::size_t{1} << 20);
  EXPECT_EQ(client.answer().body, "hello ");
  EXPECT_TRUE(client.ended());
}

TEST_P(Http, ALargeFileReachesASlowReaderWhileOthersAreServed) {
  for (const bool tls : {false, true}) {
    HttpClient slow{server_, tls};
    slow.socket().shrink_receive_buffer();
    slow.send(get_request("/large.bin", "Connection: close\r\n"));
    HttpClient other{server_, tls};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(other.get("/app.js").status, 200);
    const HttpAnswer answer = slow.answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.size(), WebFolder::large_file_bytes);
    EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), 'L'),
              static_cast<std::ptrdiff_t>(WebFolder::large_file_bytes));
    EXPECT_TRUE(slow.ended());
  }
}

/// Else a client that pipelines and never reads would fill the server's memory with responses.
TEST_P(Http, ARequestWaitsUntilTheAnswerBeforeItHasLeft) {
  HttpClient lazy{server_};
  constexpr int requests = 100;
  std::string pipelined;
  for (int i = 0; i < requests; ++i) pipelined += get_request("/mebibyte");
  lazy.send(pipelined);
  HttpClient other{server_};
  for (int i = 0; i < 2 * requests; ++i) ASSERT_EQ(other.get("/hello").status, 200);
  EXPECT_LT(mebibytes_, requests / 2) << "the kernel's buffers hold some of them, the server one";
  for (int i = 0; i < requests; ++i) ASSERT_EQ(lazy.answer().body.size(), std::size_t{1} << 20) << i;
}

TEST_P(Http, ABadRequestAfterAGoodOneIsRefusedAfterItsAnswer) {
  HttpClient client{server_};
  client.send(get_request("/coroutine/good") + "bad\r\n\r\n");
  EXPECT_EQ(client.answer().body, "/coroutine/good");
  EXPECT_EQ(client.answer().status, 400);
  EXPECT_TRUE(client.ended());
}

TEST_P(Http, AnUpgradeMayFollowRequestsOnTheSameConnection) {
  HttpClient client{server_};
  EXPECT_EQ(client.get("/hello").status, 200);
  client.send(upgrade_request());
  EXPECT_EQ(client.answer().status, 101);
}

TEST_P(Http, AnUpgradeThatWasPipelinedIsServedEvenIfTheClientHasSentItsLast) {
  HttpClient client{server_};
  client.send(get_request("/hello") + upgrade_request() + testing_frames::binary(opening()) +
              testing_frames::binary(request_packet(1, "Service.Echo", "x")));
  client.socket().shut_down_sending();
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 101);
  EXPECT_NE(client.rest().find('x'), std::string::npos);
  EXPECT_EQ(client.socket().last(), Received::end);
}

TEST_P(Http, AHandlerIsChosenByItsMethodAndReadsThePathsParameter) {
  EXPECT_EQ((HttpClient{server_}.get("/tables/a%20b").body), "a b");
  HttpClient other{server_};
  other.send("DELETE /tables/1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(other.answer().status, 405);
}

TEST_P(Http, ABodyInChunksIsReadAndTheNextRequestBehindItIsAnswered) {
  HttpClient client{server_};
  client.send("POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n" +
              get_request("/hello"));
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 200);
}

TEST_P(Http, BadRequestsAreRefusedAndTheConnectionEnds) {
  const std::pair<const char*, int> requests[] = {
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413},
      {"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
  };
  for (const auto& [request, status] : requests) {
    HttpClient client{server_};
    client.send(request);
    EXPECT_EQ(client.answer().status, status) << request;
    EXPECT_TRUE(client.ended()) << request;
  }
  EXPECT_EQ(HttpClient{server_}.get("/hello").status, 200);
}

}  // namespace
}  // namespace nano::sockets
