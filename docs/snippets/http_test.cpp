// An HTTP handler tested in memory and in virtual time.

#include <chrono>

#include <gtest/gtest.h>

#include "nano/testing/world.h"

namespace {

TEST(Health, SaysHowManyArePlaying) {
  nano::testing::World world;
  world.app().handle_http("/health", [&](const nano::HttpRequest&) {
    return nano::HttpResponse::text(200, std::to_string(world.app().session_count()));
  });
  world.start();
  const auto player = world.connect();
  const auto call = world.http("GET", "/health");
  EXPECT_EQ(call->status(), 200);
  EXPECT_EQ(call->body(), "1");
}

}  // namespace
