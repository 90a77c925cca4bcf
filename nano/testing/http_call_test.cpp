#include "nano/testing/http_call.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "nano/http/events.h"
#include "nano/testing/world.h"

namespace nano::testing {
namespace {

using std::chrono::seconds;

TEST(HttpCallTest, IsAnsweredByTheHandlerOfItsPath) {
  World world;
  world.app().handle_http("/echo", [](const HttpRequest& request) {
    return HttpResponse::text(201, request.method + " " + request.query + " " + request.body);
  });
  world.start();
  const auto call = world.http("POST", "/echo?x=1", "hello");
  EXPECT_TRUE(call->answered());
  EXPECT_EQ(call->status(), 201);
  EXPECT_EQ(call->body(), "POST x=1 hello");
  EXPECT_EQ(world.http("GET", "/missing")->status(), 404);
  EXPECT_EQ(world.http("GET", "no path")->status(), 400);
}

TEST(HttpCallTest, WaitsInVirtualTime) {
  World world;
  world.app().handle_http("/", [&](HttpRequest) -> Task<HttpResponse> {
    co_await world.app().scheduler().sleep(seconds{5});
    co_return HttpResponse::text(200, "at last");
  });
  world.start();
  const auto call = world.http("GET", "/");
  world.advance(seconds{4});
  EXPECT_FALSE(call->answered());
  EXPECT_THROW(call->response(), std::logic_error);
  world.advance(seconds{1});
  EXPECT_EQ(call->body(), "at last");
}

TEST(HttpCallTest, AHandlerThatTakesTooLongIsCancelledAndAnswered504) {
  World world;
  const auto alive = std::make_shared<int>();
  world.app().handle_http("/",
                          [&world, alive](HttpRequest) -> Task<HttpResponse> {
                            const auto kept = alive;
                            co_await world.app().scheduler().sleep(seconds{500});
                            co_return HttpResponse::text(200, "");
                          },
                          {.timeout = seconds{10}});
  world.start();
  const auto call = world.http("GET", "/");
  const long held = alive.use_count();
  world.advance(seconds{10});
  EXPECT_EQ(call->status(), 504);
  EXPECT_LT(alive.use_count(), held);
}

TEST(HttpCallTest, AHandlerHearsThatItsClientHasLeft) {
  World world;
  bool gone = false;
  world.app().handle_http("/", [&gone](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    const bool there = co_await writer.pause(seconds{1000});
    gone = !there;
  });
  world.start();
  const auto call = world.http("GET", "/");
  call->leave();
  world.settle();
  EXPECT_TRUE(gone);
}

TEST(HttpCallTest, AStreamComesInPiecesInVirtualTime) {
  World world;
  world.app().handle_http("/events", [](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    HttpEvents events{std::move(writer)};
    for (int i = 1; i <= 3; ++i) {
      const std::string number = std::to_string(i);
      co_await events.send(number);
      const bool there = co_await events.pause(seconds{60});
      if (!there) co_return;
    }
    events.finish();
  });
  world.start();
  const auto call = world.http("GET", "/events");
  EXPECT_EQ(call->body(), "data: 1\n\n");
  world.advance(seconds{60});
  EXPECT_EQ(call->body(), "data: 1\n\ndata: 2\n\n");
  EXPECT_FALSE(call->answered());
  world.advance(seconds{120});
  EXPECT_TRUE(call->answered());
}

TEST(HttpCallTest, AStreamOfAHandlerThatThrowsIsBrokenOff) {
  World world;
  world.app().handle_http("/", [](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    throw std::runtime_error("a mistake");
    co_return;
  });
  world.start();
  const auto call = world.http("GET", "/");
  EXPECT_TRUE(call->broken_off());
  EXPECT_TRUE(world.log().contains("a mistake"));
}

TEST(HttpCallTest, StreamsHaveABoundForEachHandler) {
  World world;
  world.app().handle_http("/",
                          [](HttpRequest, HttpResponseWriter writer) -> Task<void> {
                            writer.start({});
                            co_await writer.pause(seconds{1000});
                          },
                          {.requests_max = 2});
  world.start();
  const auto one = world.http("GET", "/");
  const auto two = world.http("GET", "/");
  EXPECT_EQ(world.http("GET", "/")->status(), 503);
  one->leave();
  world.settle();
  EXPECT_EQ(world.http("GET", "/")->status(), 200);
}

TEST(HttpCallTest, AStopTellsStreamsAndAnswers503) {
  World world;
  world.app().handle_http("/", [&](HttpRequest, HttpResponseWriter writer) -> Task<void> {
    writer.start({});
    while (!world.app().stopping()) {
      co_await writer.pause(seconds{1});
    }
    writer.finish();
  });
  world.start();
  const auto call = world.http("GET", "/");
  world.stop();
  EXPECT_TRUE(call->answered());
}

}  // namespace
}  // namespace nano::testing
