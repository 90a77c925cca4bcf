// What an application sees of what waits for a client, and the pushes that replace each other meanwhile.

#include <stdexcept>
#include <string>
#include <vector>

#include "nano/session/group.h"
#include "nano/session/session_test_fixture.h"

namespace nano {
namespace {

class WaitingPushes : public SessionTest {
 protected:
  WaitingPushes() {
    world_.start();
    client_ = world_.connect();
    session_ = world_.app().find_session(1);
  }
  Texts take_pushes(testing::Client& client) {
    Texts texts;
    while (const auto push = client.next_push()) texts.push_back(push->route + " " + push->payload);
    return texts;
  }

  std::shared_ptr<testing::Client> client_;
  SessionPtr session_;
};

TEST_F(WaitingPushes, AreCounted) {
  EXPECT_EQ(session_->queued_bytes(), 0u);
  session_->push("onPush", std::string(1'000, 'x'));
  EXPECT_GT(session_->queued_bytes(), 1'000u);
  EXPECT_LT(session_->queued_bytes(), 1'100u);
  world_.settle();
  EXPECT_EQ(session_->queued_bytes(), 0u);
  session_->close();
  EXPECT_EQ(session_->queued_bytes(), 0u);
}

TEST_F(WaitingPushes, GiveWayToNewerOnesOfTheSameKey) {
  client_->be_slow();
  session_->push("onPush", "first");
  session_->push_latest("a", "onMove", "a1");
  session_->push_latest("b", "onMove", "b1");
  session_->push("onPush", "between");
  session_->push_latest("a", "onMove", "a2");
  session_->push_latest("a", "onMove", "a3");
  client_->carry(10'000);
  EXPECT_EQ(take_pushes(*client_), (Texts{"onPush first", "onMove a3", "onMove b1", "onPush between"}));
  EXPECT_EQ(session_->queued_bytes(), 0u);
}

TEST_F(WaitingPushes, ThatAreOnTheirWayAreNotTouched) {
  client_->be_slow();
  session_->push_latest("a", "onMove", "a1");
  client_->carry(5);
  session_->push_latest("a", "onMove", "a2");
  session_->push_latest("a", "onMove", "a3");
  client_->carry(10'000);
  EXPECT_EQ(take_pushes(*client_), (Texts{"onMove a1", "onMove a3"}));
}

TEST_F(WaitingPushes, OfOneKeyCostOnlyOnce) {
  client_->be_slow();
  const std::string snapshot(100'000, 's');
  for (int i = 0; i < 1'000; ++i) session_->push_latest("world", "onWorld", snapshot);
  EXPECT_LT(session_->queued_bytes(), 101'000u);
  world_.advance(seconds{20});
  EXPECT_TRUE(client_->connected()) << client_->close_reason();
}

TEST_F(WaitingPushes, OfAGroupGiveWayForEachMemberByItself) {
  auto quick = world_.connect();
  Group group;
  group.add(*session_);
  group.add(*world_.app().find_session(2));
  client_->be_slow();
  for (int i = 1; i <= 3; ++i) {
    group.broadcast_latest("a", "onMove", "a" + std::to_string(i));
    world_.settle();
  }
  client_->carry(10'000);
  EXPECT_EQ(take_pushes(*client_), Texts{"onMove a3"});
  EXPECT_EQ(take_pushes(*quick), (Texts{"onMove a1", "onMove a2", "onMove a3"}));
}

TEST_F(WaitingPushes, HaveABoundedNumberOfKeys) {
  client_->be_slow();
  for (std::size_t i = 0; i < limits::latest_keys; ++i)
    session_->push_latest("k" + std::to_string(i), "onMove", "old");
  for (int i = 0; i < 2; ++i) session_->push_latest("one too many", "onMove", "both are sent");
  session_->push_latest("k0", "onMove", "new");
  client_->carry(1'000'000);
  const Texts pushes = take_pushes(*client_);
  ASSERT_EQ(pushes.size(), limits::latest_keys + 2);
  EXPECT_EQ(pushes[0], "onMove new");
}

TEST_F(WaitingPushes, HaveKeysOfABoundedLength) {
  EXPECT_THROW(session_->push_latest("", "onMove", "x"), std::invalid_argument);
  EXPECT_THROW(session_->push_latest(std::string(256, 'k'), "onMove", "x"), std::invalid_argument);
}

TEST_F(WaitingPushes, HaveRoutesInUtf8) {
  EXPECT_THROW(session_->push_latest("key", "on\xff", "x"), std::invalid_argument);
  EXPECT_EQ(session_->queued_bytes(), 0u);
}

class Draining : public WaitingPushes {
 protected:
  Task<void> send_piece_by_piece(SessionPtr session) {
    for (int i = 0; i < 5; ++i) {
      session->push("onPush", std::string(1'000, static_cast<char>('0' + i)));
      const bool open = co_await session->drained();
      seen_.push_back(open ? session->queued_bytes() == 0 ? "drained" : "too early" : "closed");
      if (!open) co_return;
    }
  }

  Texts seen_;
};

TEST_F(Draining, IsAwaitedBetweenThePiecesOfSomethingLarge) {
  client_->be_slow();
  world_.app().scheduler().spawn(send_piece_by_piece(session_));
  client_->carry(900);
  EXPECT_TRUE(seen_.empty());
  for (int i = 0; i < 10; ++i) client_->carry(900);
  EXPECT_EQ(seen_, Texts(5, "drained"));
}

TEST_F(Draining, DoesNotWaitForWhatIsSentAfterwards) {
  client_->be_slow();
  session_->push("onPush", "waited for");
  world_.app().scheduler().spawn([](Texts& seen, SessionPtr session) -> Task<void> {
    const bool open = co_await session->drained();
    seen.push_back(open ? "written" : "closed");
  }(seen_, session_));
  for (int i = 0; i < 100; ++i) session_->push("onPush", std::string(1'000, 'x'));
  client_->carry(500);
  EXPECT_EQ(seen_, Texts{"written"});
  EXPECT_GT(session_->queued_bytes(), 90'000u);
}

TEST_F(Draining, OfOneDoesNotEndThatOfAnother) {
  client_->be_slow();
  const auto wait = [this](std::string who) -> Task<void> {
    const SessionPtr session = session_;
    co_await session->drained();
    seen_.push_back(who);
  };
  session_->push("onPush", std::string(1'000, '1'));
  world_.app().scheduler().spawn(wait("first"));
  session_->push("onPush", std::string(1'000, '2'));
  world_.app().scheduler().spawn(wait("second"));
  client_->carry(1'500);
  EXPECT_EQ(seen_, Texts{"first"});
  client_->carry(1'500);
  EXPECT_EQ(seen_, (Texts{"first", "second"}));
}

TEST_F(Draining, GoesOnUnderTheNameItWaitedUnder) {
  client_->be_slow();
  session_->push("onPush", "waited for");
  world_.app().scheduler().post([this] {
    world_.app().scheduler().note("Map.Load", 1);
    world_.app().scheduler().spawn([](Texts& seen, SessionPtr session) -> Task<void> {
      co_await session->drained();
      seen.emplace_back(session->host().scheduler().work().text());
    }(seen_, session_));
  });
  world_.settle();
  client_->carry(500);
  EXPECT_EQ(seen_, Texts{"Map.Load"});
}

TEST_F(Draining, EndsWithTheSession) {
  client_->be_slow();
  world_.app().scheduler().spawn(send_piece_by_piece(session_));
  world_.settle();
  client_->vanish();
  world_.settle();
  EXPECT_EQ(seen_, Texts{"closed"});
  world_.app().scheduler().spawn(send_piece_by_piece(session_));
  EXPECT_EQ(seen_, (Texts{"closed", "closed"})) << "at once";
}

TEST_F(Draining, MayBeGivenUpByDestroyingWhoWaits) {
  client_->be_slow();
  world_.app().scheduler().spawn(send_piece_by_piece(session_));
  world_.settle();
  world_.app().scheduler().cancel_all();
  client_->carry(100'000);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(Draining, IsAwaitedByAsManyAsLike) {
  client_->be_slow();
  for (int i = 0; i < 3; ++i) world_.app().scheduler().spawn(send_piece_by_piece(session_));
  for (int i = 0; i < 20; ++i) client_->carry(2'000);
  EXPECT_EQ(seen_.size(), 15u);
}

}  // namespace
}  // namespace nano
