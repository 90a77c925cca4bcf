#include "nano/http/connection.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "nano/base/spawned_tasks.h"
#include "nano/http/events.h"
#include "nano/http/response_writer.h"
#include "nano/net/memory_connection_for_tests.h"

namespace nano {
namespace {

using Phase = ByteConnection::Phase;

/// A client of HTTP in memory, and a handler for "/".
class HttpConnectionTest : public ::testing::Test {
 protected:
  HttpConnectionTest() {
    loop_.attach(clock_, log_, thread_);
    router_->add_handler("/", [this](HttpRequest request, HttpResponseWriter writer) {
      if (handler_) return handler_(std::move(request), std::move(writer));
      writer_.emplace(std::move(writer));
    });
    options_.router = router_;
    connection_->start(std::make_unique<HttpConnection>(*connection_, loop_, options_, nullptr));
  }
  ~HttpConnectionTest() override { tasks_.destroy_all(); }

  void turn() {
    connection_->dirty = true;
    connection_->flush();
    loop_.turn(TimePoint{});
    connection_->flush();
  }
  /// What is answered.
  std::string ask(std::string_view request) {
    connection_->receive(std::string{request});
    return heard();
  }
  std::string heard() {
    for (int i = 0; i < 4; ++i) turn();
    return connection_->take_output();
  }
  static std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
  /// Runs it for the next request.
  void answer_by(std::function<Task<void>(HttpResponseWriter)> coroutine) {
    handler_ = [this, coroutine = std::move(coroutine)](HttpRequest, HttpResponseWriter writer) {
      tasks_.spawn(coroutine(std::move(writer)));
    };
  }

  SystemClock clock_;
  Log log_{LogLevel::off};
  OwnThread thread_{clock_};
  SpawnedTasks tasks_{log_};
  IoLoop loop_;
  std::shared_ptr<HttpRouter> router_ = std::make_shared<HttpRouter>();
  HttpOptions options_;
  std::function<void(HttpRequest, HttpResponseWriter)> handler_;
  std::optional<HttpResponseWriter> writer_;
  std::shared_ptr<MemoryConnection> connection_ =
      std::make_shared<MemoryConnection>(std::make_shared<const ConnectionOptions>());
};

constexpr std::string_view get_root = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpConnectionTest, AnswersOneRequestAfterTheOther) {
  int count = 0;
  handler_ = [&](HttpRequest, HttpResponseWriter writer) {
    writer.send(HttpResponse::text(200, std::to_string(++count)));
  };
  const std::string both = ask(std::string{get_root} + std::string{get_root});
  EXPECT_LT(both.find("\r\n\r\n1HTTP/1.1 200 OK"), both.size());
  EXPECT_TRUE(both.ends_with("\r\n\r\n2"));
}

TEST_F(HttpConnectionTest, AWriterThatIsDroppedAnswers500) {
  handler_ = [](HttpRequest, HttpResponseWriter) {};
  EXPECT_TRUE(ask(get_root).starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
}

TEST_F(HttpConnectionTest, ARequestIsAnsweredOnceAndWithWhatClientsCanRead) {
  ask(get_root);
  EXPECT_THROW(writer_->send(HttpResponse::text(99, "")), std::invalid_argument);
  EXPECT_THROW(writer_->send(HttpResponse::text(200, "").add_header("no token", "")), std::invalid_argument);
  writer_->send(HttpResponse::text(200, "x"));
  EXPECT_THROW(writer_->send(HttpResponse::text(200, "y")), std::logic_error);
  EXPECT_TRUE(heard().ends_with("x"));
}

// -- streams ------------------------------------------------------------------------------------------------

TEST_F(HttpConnectionTest, AStreamIsSentInChunksWithItsTrailersBehindIt) {
  ask(get_root);
  HttpResponse head;
  head.add_header("Content-Type", "text/plain");
  writer_->start(std::move(head));
  (void)writer_->write("Hello, ");
  (void)writer_->write("world");
  writer_->finish({{"Checksum", "42"}});
  const std::string answer = heard();
  EXPECT_NE(answer.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  EXPECT_EQ(body_of(answer), "7\r\nHello, \r\n5\r\nworld\r\n0\r\nChecksum: 42\r\n\r\n");
  writer_.reset();
  ask(get_root);
  writer_->send(HttpResponse::text(200, "next"));
  EXPECT_TRUE(heard().ends_with("next")) << "the connection goes on";
}

TEST_F(HttpConnectionTest, APieceLeavesBeforeTheNextIsThere) {
  ask(get_root);
  HttpResponse head;
  head.body = std::make_shared<const std::string>("first");
  writer_->start(std::move(head));
  EXPECT_TRUE(heard().ends_with("\r\n\r\n5\r\nfirst\r\n"));
  (void)writer_->write("second");
  EXPECT_EQ(heard(), "6\r\nsecond\r\n");
}

TEST_F(HttpConnectionTest, ToAnOlderClientAStreamGoesUntilTheEndOfTheConnection) {
  ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  writer_->start({});
  (void)writer_->write("bytes");
  writer_->finish();
  const std::string answer = heard();
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(body_of(answer), "bytes");
  EXPECT_EQ(connection_->phase(), Phase::lingering);
}

TEST_F(HttpConnectionTest, AStreamOfAHeadRequestHasNoBody) {
  ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  writer_->start({});
  (void)writer_->write("bytes");
  writer_->finish();
  EXPECT_EQ(body_of(heard()), "");
  writer_.reset();
  ask(get_root);
  EXPECT_TRUE(writer_.has_value()) << "the next request is read";
}

TEST_F(HttpConnectionTest, AStreamThatIsNotFinishedBreaksTheConnectionOff) {
  ask(get_root);
  writer_->start({});
  (void)writer_->write("half of ");
  heard();
  writer_.reset();
  heard();
  EXPECT_EQ(connection_->phase(), Phase::closed);
  EXPECT_TRUE(connection_->was_reset);
}

TEST_F(HttpConnectionTest, AWriterOutOfOrderIsTold) {
  ask(get_root);
  EXPECT_THROW((void)writer_->write("x"), std::logic_error);
  EXPECT_THROW(writer_->finish(), std::logic_error);
  writer_->start({});
  EXPECT_THROW(writer_->start({}), std::logic_error);
  EXPECT_THROW(writer_->send({}), std::logic_error);
  writer_->finish();
  EXPECT_THROW((void)writer_->write("x"), std::logic_error);
}

TEST_F(HttpConnectionTest, WhoeverIsAheadOfTheClientWaitsForIt) {
  std::size_t written = 0;
  answer_by([&](HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const std::string piece(10'000, 'x');
    for (int i = 0; i < 100; ++i) {
      const bool there = co_await writer.write(piece);
      if (!there) co_return;
      written += piece.size();
    }
    writer.finish();
  });
  connection_->room = 1000;
  ask(get_root);
  EXPECT_LE(written, limits::http_stream_ahead_bytes);
  EXPECT_GE(written, limits::http_stream_ahead_bytes - 10'000);
  while (tasks_.count() > 0) {
    connection_->make_room(100'000);
    turn();
  }
  EXPECT_EQ(written, 1'000'000u);
}

TEST_F(HttpConnectionTest, WhoeverWaitsForAClientHearsThatItHasGone) {
  bool heard_of_it = false;
  answer_by([&](HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const std::string piece(100'000, 'x');
    const bool there = co_await writer.write(piece);
    heard_of_it = !there && writer.closed();
  });
  connection_->room = 1000;
  ask(get_root);
  EXPECT_FALSE(heard_of_it);
  connection_->on_hung_up(true);
  EXPECT_TRUE(heard_of_it);
}

TEST_F(HttpConnectionTest, WhoeverPausesHearsThatTheClientHasGone) {
  bool heard_of_it = false;
  answer_by([&](HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const bool there = co_await writer.pause(std::chrono::hours{1});
    heard_of_it = !there;
  });
  ask(get_root);
  connection_->on_lost("reset");
  EXPECT_TRUE(heard_of_it);
}

TEST_F(HttpConnectionTest, APauseEnds) {
  bool ended = false;
  answer_by([&](HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const bool there = co_await writer.pause(std::chrono::milliseconds{1});
    ended = there;
    writer.finish();
  });
  ask(get_root);
  while (!ended) loop_.turn(clock_.now() + std::chrono::seconds{1});
  EXPECT_TRUE(heard().ends_with("0\r\n\r\n"));
}

TEST_F(HttpConnectionTest, ACoroutineThatIsDestroyedWhileItWaitsIsNotResumed) {
  answer_by([&](HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const std::string piece(100'000, 'x');
    const bool there = co_await writer.write(piece);
    ADD_FAILURE() << there;
  });
  connection_->room = 1000;
  ask(get_root);
  tasks_.destroy_all();
  connection_->make_room(1'000'000);
  heard();
  EXPECT_EQ(connection_->phase(), Phase::closed) << "its stream is not finished";
}

TEST_F(HttpConnectionTest, AClientFarBehindAWriterThatDoesNotWaitIsGivenUp) {
  ask(get_root);
  connection_->room = 1000;
  writer_->start({});
  for (int i = 0; i < 50; ++i) (void)writer_->write(std::string_view{std::string(100'000, 'x')});
  heard();
  EXPECT_EQ(connection_->phase(), Phase::closed);
  EXPECT_TRUE(writer_->closed());
}

TEST_F(HttpConnectionTest, AStreamMayBeSilentForAsLongAsItLikes) {
  ask(get_root);
  EXPECT_TRUE(connection_->deadline);
  writer_->start({});
  heard();
  EXPECT_FALSE(connection_->deadline);
}

TEST_F(HttpConnectionTest, AStreamEndsSoonAfterItsClientHasClosedItsSide) {
  ask(get_root);
  writer_->start({});
  heard();
  connection_->on_hung_up(false);
  connection_->on_end_of_stream();
  EXPECT_EQ(connection_->deadline, limits::http_half_closed_timeout);
  connection_->pass_deadline();
  EXPECT_EQ(connection_->phase(), Phase::closed);
  EXPECT_TRUE(writer_->closed());
}

TEST_F(HttpConnectionTest, AStreamedStatusWithoutABodyHasNoChunks) {
  for (const int status : {204, 304}) {
    ask(get_root);
    HttpResponse head;
    head.status = status;
    writer_->start(std::move(head));
    (void)writer_->write("bytes");
    writer_->finish();
    const std::string answer = heard();
    EXPECT_EQ(answer.find("chunked"), std::string::npos);
    EXPECT_EQ(body_of(answer), "") << "the client takes more for the next answer";
    writer_.reset();
  }
}

TEST_F(HttpConnectionTest, TrailersHaveNamesThatClientsCanRead) {
  ask(get_root);
  writer_->start({});
  EXPECT_THROW(writer_->finish({{"no token", ""}}), std::invalid_argument);
  writer_.reset();
  heard();
}

TEST_F(HttpConnectionTest, AFinishedStreamIsClosed) {
  ask(get_root);
  writer_->start({});
  writer_->finish();
  EXPECT_THROW((void)writer_->pause(std::chrono::seconds{1}), std::logic_error);
  heard();
  EXPECT_TRUE(writer_->closed());
}

TEST_F(HttpConnectionTest, OneLargePieceIsTheHandlersChoice) {
  answer_by([](HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const std::string large(2 * limits::http_stream_bytes, 'x');
    const bool there = co_await writer.write(large);
    if (there) writer.finish();
  });
  EXPECT_TRUE(ask(get_root).ends_with("x\r\n0\r\n\r\n"));
}

TEST_F(HttpConnectionTest, StreamsOfAllClientsHaveABound) {
  SendTotal& total = *connection_->options().send_total;
  total.bytes = total.bytes_max;
  total.clients = 1'000'000;
  connection_->room = 1000;
  ask(get_root);
  writer_->start({});
  (void)writer_->write(std::string_view{std::string(100'000, 'x')});
  heard();
  EXPECT_EQ(connection_->phase(), Phase::closed);
}

// -- time ---------------------------------------------------------------------------------------------------

TEST_F(HttpConnectionTest, AnAnswerAfterItsTimeIsNotTakenForThatToTheNextRequest) {
  ask(get_root);
  std::optional<HttpResponseWriter> late = std::move(writer_);
  writer_.reset();
  late->send(HttpResponse::text(200, "late"));  // is on its way when the time is over
  connection_->pass_deadline();
  connection_->flush();
  EXPECT_TRUE(connection_->take_output().starts_with("HTTP/1.1 504 "));
}

TEST_F(HttpConnectionTest, WhenAServerStopsItsAnswersAreTheLastOfTheirConnections) {
  const auto stopping = std::make_shared<std::atomic<bool>>(false);
  options_.stopping = stopping;
  ask(get_root);
  stopping->store(true);
  writer_->send(HttpResponse::text(200, "bye"));
  EXPECT_NE(heard().find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(connection_->phase(), Phase::lingering);
}

// -- events -------------------------------------------------------------------------------------------------

TEST_F(HttpConnectionTest, AnEventIsWhatEventSourceReads) {
  ask(get_root);
  HttpEvents events{std::move(*writer_)};
  (void)events.send("one line");
  (void)events.send("two\r\nlines", {.event = "score", .id = "7\n8"});
  const std::string answer = heard();
  EXPECT_NE(answer.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(answer.find("data: one line\n\n"), std::string::npos);
  EXPECT_NE(answer.find("event: score\nid: 7\ndata: two\ndata: lines\n\n"), std::string::npos);
}

}  // namespace
}  // namespace nano
