#include <memory>
#include <stdexcept>
#include <vector>

#include "nano/component/handler_test_fixture.h"
#include "nano/scheduler/local_scheduler.h"

namespace nano {
namespace {

/// Its handlers run in frames of 100 ms, of at most three messages.
class Arena final : public Component {
 public:
  static void routes(Routes<Arena>& on) {
    on.add<&Arena::move>("Move").add<&Arena::slow>("Slow").add<&Arena::view>("View").add<&Arena::fail>(
        "Fail");
  }
  void move(const std::string& in) { moves.push_back(in); }
  Task<std::string> slow(std::string in) {
    co_await sleep(seconds{1});
    co_return in;
  }
  std::string view(std::string_view in) { return "<" + std::string{in} + ">"; }
  void fail() { throw std::runtime_error("frame broke"); }

  std::vector<std::string> moves;
};

class FrameHandlers : public ::testing::Test {
 protected:
  FrameHandlers() : frames_(world_.app().scheduler(), milliseconds{100}, 3) {
    arena_ = &world_.app().add<Arena>({.name = "", .handler_name = nullptr, .scheduler = &frames_});
    world_.start();
    client_ = world_.connect();
  }
  std::string answer_to(std::uint64_t id) {
    const auto reply = client_->take_reply<std::string>(id);
    return reply ? *reply : reply.error().code + ": " + reply.error().message;
  }

  testing::World world_;
  FrameScheduler frames_;
  Arena* arena_;
  std::shared_ptr<testing::Client> client_;
};

using Texts = std::vector<std::string>;

TEST_F(FrameHandlers, RunAtTheNextFrameInTheOrderSent) {
  client_->notify("Arena.Move", "a");
  const std::uint64_t request = client_->send_request("Arena.View", "b");
  client_->notify("Arena.Move", "c");
  world_.advance(milliseconds{99});
  EXPECT_TRUE(arena_->moves.empty());
  EXPECT_EQ(answer_to(request), "timeout: No answer to request 1 has come.");
  world_.advance(milliseconds{1});
  EXPECT_EQ(arena_->moves, (Texts{"a", "c"}));
  EXPECT_EQ(answer_to(request), "<b>");
}

TEST_F(FrameHandlers, CoroutinesBeginAtTheFrame) {
  const std::uint64_t request = client_->send_request("Arena.Slow", "s");
  world_.advance(milliseconds{1'099});
  EXPECT_EQ(answer_to(request), "timeout: No answer to request 1 has come.");
  world_.advance(milliseconds{1});
  EXPECT_EQ(answer_to(request), "s");
}

TEST(FrameHandlersOfABusySession, ThatAreCoroutinesCountOnceAmongTheOpenCalls) {
  testing::World world;
  FrameScheduler frames{world.app().scheduler(), milliseconds{100}};
  world.app().add<Arena>({.name = "Arena", .handler_name = nullptr, .scheduler = &frames});
  world.app().add<Arena>({.name = "Free", .handler_name = nullptr, .scheduler = nullptr});
  world.start();
  const auto client = world.connect();
  // All but one of the calls that a session may have open; the last comes through the frame.
  for (std::uint32_t i = 1; i < limits::calls_in_flight; ++i) client->send_request("Free.Slow", "held");
  const std::uint64_t last = client->send_request("Arena.Slow", "last");
  world.advance(milliseconds{1'100});
  const auto reply = client->take_reply<std::string>(last);
  ASSERT_TRUE(reply) << reply.error().code;
  EXPECT_EQ(*reply, "last");
}

TEST_F(FrameHandlers, ThatThrowAnswerInternalAndTheFrameGoesOn) {
  const std::uint64_t request = client_->send_request("Arena.Fail", "");
  client_->notify("Arena.Move", "after");
  world_.advance(milliseconds{100});
  EXPECT_EQ(answer_to(request), internal_error);
  EXPECT_EQ(arena_->moves, Texts{"after"});
}

TEST_F(FrameHandlers, WhenTheFrameIsFullRequestsAreAnsweredWithAnError) {
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(client_->send_request("Arena.View", "x"));
  client_->notify("Arena.Move", "dropped");
  world_.settle();
  EXPECT_EQ(answer_to(ids[3]), "unavailable: The server is too busy.");
  world_.advance(milliseconds{100});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer_to(ids[i]), "<x>");
  EXPECT_TRUE(arena_->moves.empty());
  EXPECT_TRUE(world_.log().contains("local scheduler is full route=Arena.View"));
  client_->notify("Arena.Move", "next frame");
  world_.advance(milliseconds{100});
  EXPECT_EQ(arena_->moves, Texts{"next frame"});
}

TEST_F(FrameHandlers, HalfClosedClientStillGetsTheAnswerOfTheFrame) {
  const std::uint64_t request = client_->send_request("Arena.View", "last");
  client_->close();
  EXPECT_FALSE(client_->closed());
  world_.advance(milliseconds{100});
  EXPECT_EQ(answer_to(request), "<last>");
  EXPECT_EQ(client_->close_reason(), "client_closed");
}

TEST_F(FrameHandlers, MessagesOfAVanishedClientAreHandledAndAnswerNobody) {
  client_->notify("Arena.Move", "sent before");
  client_->send_request("Arena.View", "x");
  client_->vanish();
  world_.advance(milliseconds{100});
  EXPECT_EQ(arena_->moves, Texts{"sent before"});
}

TEST_F(FrameHandlers, HandleWhatWaitsForAFrameBeforeTheServerStops) {
  client_->notify("Arena.Move", "just in time");
  const std::uint64_t request = client_->send_request("Arena.View", "x");
  world_.stop();
  EXPECT_EQ(arena_->moves, Texts{"just in time"});
  EXPECT_EQ(answer_to(request), "<x>");
}

}  // namespace
}  // namespace nano
