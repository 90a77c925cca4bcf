#include "cluster/link/link_test_fixture.h"

namespace nano::cluster {
namespace {

TEST_F(Link, CarriesMessagesThereAndBackInOrder) {
  for (int i = 0; i < 100; ++i) {
    call(i, i + 1);
    if (i % 7 == 0) world_.advance(std::chrono::microseconds{100});
  }
  world_.advance(seconds{1});
  EXPECT_EQ(server_->heard, numbers(0, 100));
  EXPECT_EQ(caller_.heard, numbers(0, 100));
  EXPECT_EQ(caller_.unreachable, 0);
  EXPECT_TRUE(caller_.link().drained());
}

TEST_F(Link, CarriesEachMessageOnceOverManyBrokenStreams) {
  for (int i = 0; i < 200; ++i) {
    call(i, i + 1);
    if (i % 3 == 0) world_.advance(std::chrono::microseconds{i * 17});
    if (i % 5 == 0) break_streams();
  }
  world_.advance(seconds{10});
  EXPECT_EQ(server_->heard, numbers(0, 200));
  EXPECT_EQ(caller_.heard, numbers(0, 200));
  EXPECT_EQ(caller_.over, 0);
  EXPECT_EQ(server_->begun, 1);
}

TEST_F(Link, ReconnectsWithoutAnythingToSend) {
  connect();
  break_streams();
  Server::push(*server_->newest, "news");
  world_.advance(milliseconds{100});
  EXPECT_EQ(caller_.heard, Texts{"news"});
  EXPECT_EQ(caller_.unreachable, 0);
}

TEST_F(Link, SurvivesAnOutageShorterThanTheMemory) {
  connect();
  cut();
  call(0, 10);
  Server::push(*server_->newest, "news");
  world_.advance(seconds{12});
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_FALSE(caller_.link().usable());
  heal();
  world_.advance(seconds{4});
  EXPECT_TRUE(caller_.link().usable());
  EXPECT_EQ(server_->heard, numbers(0, 10));
  Texts expected = numbers(0, 10);
  expected.insert(expected.begin(), "news");
  EXPECT_EQ(caller_.heard, expected);
  EXPECT_EQ(caller_.over, 0);
  EXPECT_EQ(server_->over, Texts{});
  EXPECT_EQ(caller_.unreachable, 1);

  cut();
  call(10, 11);
  world_.advance(seconds{12});
  EXPECT_EQ(caller_.unreachable, 2) << "once per outage";
}

TEST_F(Link, BothEndsGiveUpAfterTheMemory) {
  connect();
  cut();
  call(0, 1);
  world_.advance(limits::link_memory - seconds{1});
  EXPECT_EQ(caller_.over, 0);
  EXPECT_EQ(server_->over, Texts{});
  world_.advance(seconds{6});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->over, Texts{"it could not be reached for too long"});
  world_.advance(seconds{60});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->over.size(), 1u);

  heal();
  call(1, 2);
  world_.advance(seconds{1});
  EXPECT_EQ(server_->heard, numbers(1, 2)) << "what waited is lost, what is new is not";
  EXPECT_EQ(caller_.heard, numbers(1, 2));
  EXPECT_EQ(server_->begun, 2);
}

TEST_F(Link, GivesUpANodeThatNeverAnswered) {
  cut();
  call(0, 1);
  world_.advance(limits::link_memory - seconds{1});
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_EQ(caller_.over, 0);
  world_.advance(seconds{60});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_TRUE(caller_.link().usable()) << "the next message finds out";
  EXPECT_TRUE(caller_.link().drained());
}

TEST_F(Link, WaitsForANodeThatIsLate) {
  cut();
  call(0, 3);
  world_.advance(seconds{8});
  heal();
  world_.advance(seconds{3});
  EXPECT_EQ(server_->heard, numbers(0, 3));
  EXPECT_EQ(caller_.over, 0);
}

TEST_F(Link, IsOverAtOnceWhenTheServersProcessIsGone) {
  connect();
  server_.reset();
  call(0, 2);
  world_.advance(milliseconds{100});
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_EQ(caller_.over, 1);
  world_.advance(seconds{60});
  EXPECT_FALSE(caller_.link().usable()) << "until it answers";
  EXPECT_EQ(caller_.unreachable, 1);
  start_server();
  world_.advance(limits::link_retry_most + milliseconds{100});
  EXPECT_TRUE(caller_.link().usable());
  call(2, 4);
  world_.advance(seconds{1});
  EXPECT_EQ(server_->heard, numbers(2, 4));
  EXPECT_EQ(caller_.over, 1);
}

TEST_F(Link, IsOverAtOnceWhenNobodyHasEverListened) {
  server_.reset();
  call(0, 1);
  world_.advance(milliseconds{100});
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_EQ(caller_.over, 1);
  EXPECT_FALSE(caller_.link().usable());
  call(1, 2);
  world_.advance(limits::link_retry_most);
  EXPECT_EQ(caller_.over, 2) << "what waited is lost";
  EXPECT_EQ(caller_.unreachable, 1) << "once per outage";
  call(2, 3);
  start_server();
  world_.advance(limits::link_retry_most);
  EXPECT_EQ(server_->heard, numbers(2, 3));
  EXPECT_TRUE(caller_.link().usable());
  EXPECT_EQ(caller_.over, 2);
}

TEST_F(Link, ARestartedServerGetsNothingOfTheOldConversation) {
  connect();
  server_process_.frozen = true;
  call(0, 5);
  world_.advance(milliseconds{50});
  server_process_.frozen = false;
  restart_server();
  call(5, 10);
  world_.advance(seconds{5});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->heard, Texts{});
  EXPECT_EQ(server_->begun, 0);
  call(10, 12);
  world_.advance(seconds{5});
  EXPECT_EQ(server_->heard, numbers(10, 12));
  EXPECT_EQ(caller_.heard, numbers(10, 12));
  EXPECT_EQ(caller_.over, 1);
}

TEST_F(Link, ARestartedServerIsNotedThoughItsFirstWordsAreLost) {
  connect();
  cut();
  restart_server();
  world_.advance(seconds{3});
  for (int i = 0; i < 40; ++i) {  // breaks streams in all phases of connecting
    heal();
    world_.advance(std::chrono::microseconds{100 * i});
    break_streams();
    call(i, i + 1);
  }
  world_.advance(seconds{20});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->over, Texts{});
  EXPECT_LE(server_->begun, 1);
}

TEST_F(Link, ARestartedCallerBeginsAnew) {
  connect();
  Process& process = world_.start_process();
  std::optional<Caller> other{std::in_place, world_, process, "caller:2", 1};
  other->call("a");
  world_.advance(seconds{1});
  other.reset();
  other.emplace(world_, process, "caller:2", 2);
  other->call("b");
  world_.advance(seconds{1});
  EXPECT_EQ(server_->over, Texts{"it began anew"});
  EXPECT_EQ(other->heard, Texts{"b"});
  EXPECT_EQ(other->over, 0);
  EXPECT_EQ(server_->begun, 3);
}

TEST_F(Link, ASecondNodeOfTheSameAddressHarmsNobody) {
  connect();
  Process& process = world_.start_process();
  RawCaller other{world_, process};
  RawStream& raw = other.open();
  raw.hello("caller:1", 99);
  world_.advance(milliseconds{100});
  EXPECT_TRUE(raw.closed);
  call(0, 3);
  world_.advance(milliseconds{100});
  EXPECT_EQ(caller_.heard, numbers(0, 3));
  EXPECT_EQ(server_->over, Texts{});
}

TEST_F(Link, AFrozenServerIsUnreachableWithinFourSecondsAndComesBack) {
  connect();
  server_process_.frozen = true;
  call(0, 5);
  world_.advance(seconds{2});
  EXPECT_EQ(caller_.unreachable, 0);
  world_.advance(seconds{2});
  EXPECT_EQ(caller_.unreachable, 1);
  world_.advance(seconds{8});
  call(5, 9);
  server_process_.frozen = false;
  world_.advance(seconds{5});
  EXPECT_EQ(server_->heard, numbers(0, 9));
  EXPECT_EQ(caller_.heard, numbers(0, 9));
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_EQ(caller_.over, 0);
  EXPECT_EQ(server_->over, Texts{});
}

TEST_F(Link, AServerFrozenForTooLongIsGivenUp) {
  connect();
  server_process_.frozen = true;
  call(0, 5);
  world_.advance(seconds{25});
  EXPECT_EQ(caller_.over, 1);
  call(5, 6);
  server_process_.frozen = false;
  world_.advance(seconds{25});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(caller_.heard, numbers(5, 6));
  EXPECT_EQ(server_->over.size(), 1u);
}

TEST_F(Link, AFrozenCallerIsRemembered) {
  connect();
  caller_process_.frozen = true;
  Server::push(*server_->newest, "news");
  world_.advance(seconds{10});
  caller_process_.frozen = false;
  call(0, 1);
  world_.advance(seconds{3});
  EXPECT_EQ(caller_.heard, (Texts{"news", "0"}));
  EXPECT_EQ(server_->over, Texts{});
  EXPECT_EQ(caller_.over, 0);
}

TEST_F(Link, APausedCallerTakesNobodyForSilent) {
  world_.advance(milliseconds{500});
  restart_server();  // whose heartbeats now fall between the caller's
  connect();
  world_.advance(seconds{1});
  caller_process_.frozen = true;
  world_.advance(milliseconds{3200});
  caller_process_.frozen = false;
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.unreachable, 0);
  call(0, 1);
  world_.advance(milliseconds{100});
  EXPECT_EQ(caller_.heard, numbers(0, 1));
}

TEST_F(Link, EventsMayAddMessagesAndClose) {
  caller_.when_heard = [&](const std::string& text) {
    if (text.front() == 'a' && text.size() < 5) caller_.call(text + "+");
  };
  caller_.when_unreachable = [&] { caller_.call("unreachable"); };
  caller_.when_over = [&] { caller_.call("over"); };
  server_->when_over = [](IncomingLink& link) { Server::push(link, "to nobody"); };
  caller_.call("a");
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.heard, (Texts{"a", "a+", "a++", "a+++", "a++++"}));
  caller_.heard.clear();
  server_->acceptor().end("caller:1", "test");
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.heard, (Texts{
                               "over",
                           }));
  cut();
  world_.advance(seconds{19});
  heal();
  world_.advance(seconds{19});
  EXPECT_EQ(caller_.heard, (Texts{"over", "over", "unreachable"}));
  EXPECT_EQ(caller_.over, 2);
  server_->when_heard = [](IncomingLink& link, const std::string&) { link.close(); };
  caller_.when_over = [&] { caller_.link().close(); };
  caller_.call("x");
  world_.advance(seconds{5});
  EXPECT_EQ(caller_.over, 3);
  EXPECT_EQ(server_->newest, nullptr);
}

TEST_F(Link, LinksMayBeDestroyedAtAnyTime) {
  for (int step = 0; step < 60; ++step) {
    Process& process = world_.start_process();
    std::optional<Caller> other{std::in_place, world_, process, "caller:2", std::uint64_t(step + 1)};
    other->call("x");
    if (step % 3 == 1) world_.hub.cut("caller:2", "server:1");
    world_.advance(std::chrono::microseconds{step * step * 20});
    if (step % 3 == 2) world_.hub.reset_streams("caller:2", "server:1");
    other.reset();
    world_.hub.heal_all();
    if (step % 7 == 6) restart_server();
    world_.advance(std::chrono::microseconds{step * 100});
  }
  world_.advance(seconds{20});
  EXPECT_EQ(server_->newest, nullptr);
}

}  // namespace
}  // namespace nano::cluster
