#include "cluster/link/link_test_nodes.h"

namespace nano::cluster {
namespace {

/// What a node hears that speaks with something that is no node of ours, or not in its right mind.
class LinkGarbage : public ::testing::Test {
 protected:
  LinkWorld world_;
  Process& server_process_ = world_.start_process();
  Process& caller_process_ = world_.start_process();
};

class GarbageForTheServer : public LinkGarbage {
 protected:
  /// A stream on which conversation 5 of "raw:1" runs.
  RawStream& greet(std::uint64_t received = 0, bool welcomed = false) {
    RawStream& raw = raw_.open();
    raw.hello("raw:1", 5, received, welcomed);
    world_.advance(milliseconds{10});
    EXPECT_TRUE(!raw.heard.empty() && raw.heard[0].has_welcome());
    return raw;
  }
  void expect_closed(const RawStream& raw) {
    world_.advance(milliseconds{10});
    EXPECT_TRUE(raw.closed);
  }

  Server server_{world_, server_process_};
  RawCaller raw_{world_, caller_process_};
};

TEST_F(GarbageForTheServer, BytesThatAreNoBatchCloseTheStream) {
  RawStream& raw = raw_.open();
  raw.stream->send("\xff\xff\xff garbage");
  expect_closed(raw);
  RawStream& later = greet();
  later.stream->send("\x0a");
  expect_closed(later);
  EXPECT_EQ(server_.over, Texts{}) << "the conversation waits for its next stream";
  greet(0, true).text(1, "x");
  world_.advance(milliseconds{10});
  EXPECT_EQ(server_.heard, Texts{"x"});
}

TEST_F(GarbageForTheServer, FirstWordsOtherThanHelloCloseTheStream) {
  RawStream& raw = raw_.open();
  raw.text(1, "x");
  expect_closed(raw);
  RawStream& empty = raw_.open();
  empty.stream->send("");
  expect_closed(empty);
  EXPECT_EQ(server_.begun, 0);
}

TEST_F(GarbageForTheServer, AHelloWithoutAnAddressOrWithALongOneClosesTheStream) {
  RawStream& raw = raw_.open();
  raw.hello("", 5);
  expect_closed(raw);
  RawStream& longer = raw_.open();
  longer.hello(std::string(limits::address_bytes + 1, 'x'), 5);
  expect_closed(longer);
  EXPECT_EQ(server_.begun, 0);
}

TEST_F(GarbageForTheServer, ASecondHelloClosesTheStream) {
  RawStream& raw = greet();
  raw.hello("raw:1", 5);
  expect_closed(raw);
  RawStream& other = greet(0, true);
  other.hello("raw:2", 6);
  expect_closed(other);
  EXPECT_EQ(server_.begun, 1);
  EXPECT_EQ(server_.over, Texts{});
}

TEST_F(GarbageForTheServer, AGapClosesTheStreamAndTheNextOneGoesOn) {
  RawStream& raw = greet();
  raw.text(1, "a");
  raw.text(3, "c");
  expect_closed(raw);
  RawStream& next = greet(0, true);
  EXPECT_EQ(next.heard[0].welcome().received(), 1u);
  next.text(2, "b");
  next.text(3, "c");
  world_.advance(milliseconds{10});
  EXPECT_EQ(server_.heard, (Texts{"a", "b", "c"}));
}

TEST_F(GarbageForTheServer, DuplicatesAreHeardOnce) {
  RawStream& raw = greet();
  for (const std::uint64_t sequence : {1, 1, 2, 1, 2, 3, 3}) raw.text(sequence, std::to_string(sequence));
  world_.advance(milliseconds{10});
  EXPECT_EQ(server_.heard, (Texts{"1", "2", "3"}));
  EXPECT_FALSE(raw.closed);
}

TEST_F(GarbageForTheServer, AnAcknowledgementOfWhatWasNeverSentClosesTheStream) {
  RawStream& raw = greet();
  raw.text(1, "a");
  world_.advance(milliseconds{10});
  raw.acknowledge(2);
  expect_closed(raw);
  EXPECT_EQ(greet(0, true).last_sequence(), 1u) << "its answer comes again";
}

TEST_F(GarbageForTheServer, ALateStreamOfBeforeIsRefusedAndTheLiveOneStays) {
  RawStream& raw = greet();
  raw.text(1, "a");
  world_.advance(milliseconds{10});
  raw.acknowledge(1);
  world_.advance(milliseconds{10});
  RawStream& late = raw_.open();
  late.hello("raw:1", 5, 0, true);
  expect_closed(late);
  RawStream& future = raw_.open();
  future.hello("raw:1", 5, 2, true);
  expect_closed(future);
  EXPECT_FALSE(raw.closed);
}

TEST_F(GarbageForTheServer, AConversationRunsOnItsNewestStream) {
  RawStream& old = greet();
  old.text(1, "a");
  world_.advance(milliseconds{10});
  RawStream& next = greet(0, true);
  expect_closed(old);
  EXPECT_EQ(next.last_sequence(), 1u) << "what was not acknowledged comes again";
  old.text(2, "old");
  next.text(2, "b");
  world_.advance(milliseconds{10});
  EXPECT_EQ(server_.heard, (Texts{"a", "b"}));
}

TEST_F(GarbageForTheServer, ASecondConversationIsRefusedWhileTheFirstHasAStream) {
  RawStream& raw = greet();
  RawStream& other = raw_.open();
  other.hello("raw:1", 6);
  expect_closed(other);
  EXPECT_FALSE(raw.closed);
  EXPECT_EQ(server_.over, Texts{});
  raw.close();
  world_.advance(milliseconds{10});
  RawStream& again = raw_.open();
  again.hello("raw:1", 6);
  world_.advance(milliseconds{10});
  EXPECT_FALSE(again.closed);
  EXPECT_EQ(server_.over, Texts{"it began anew"});
}

TEST_F(GarbageForTheServer, AForgottenConversationIsNotBegunAnew) {
  RawStream& raw = raw_.open();
  raw.hello("raw:1", 5, 3, true);
  world_.advance(milliseconds{10});
  ASSERT_EQ(raw.heard.size(), 1u);
  EXPECT_TRUE(raw.heard[0].welcome().over());
  EXPECT_EQ(server_.begun, 0);
  world_.advance(seconds{5});
  EXPECT_TRUE(raw.closed) << "it said nothing more";
}

TEST_F(GarbageForTheServer, StreamsWithoutHelloAreClosedInTime) {
  RawStream& raw = raw_.open();
  world_.advance(seconds{2});
  EXPECT_FALSE(raw.closed);
  world_.advance(seconds{3});
  EXPECT_TRUE(raw.closed);
}

TEST_F(GarbageForTheServer, StreamsWithoutHelloAreBoundedInNumber) {
  RawStream& good = greet();
  std::vector<RawStream*> strangers;
  for (std::size_t i = 0; i < limits::link_strangers + 3; ++i) {
    strangers.push_back(&raw_.open());
    world_.advance(milliseconds{1});
  }
  world_.advance(milliseconds{10});
  EXPECT_EQ(std::count_if(strangers.begin(), strangers.end(), [](RawStream* raw) { return raw->closed; }), 3);
  EXPECT_TRUE(strangers.front()->closed) << "the oldest";
  EXPECT_FALSE(good.closed);
  greet(0, true).text(1, "x");
  world_.advance(milliseconds{10});
  EXPECT_EQ(server_.heard, Texts{"x"});
}

TEST_F(GarbageForTheServer, ConversationsAreBoundedInNumber) {
  world_.hub.set_delay(milliseconds{1}, milliseconds{1});
  for (std::size_t i = 0; i < limits::link_conversations + 2; ++i) {
    RawStream& raw = raw_.open();
    raw.hello("raw:" + std::to_string(i), 5);
    if (i % 32 == 0) world_.advance(milliseconds{2});
  }
  world_.advance(milliseconds{10});
  EXPECT_EQ(server_.begun, static_cast<int>(limits::link_conversations));
}

TEST_F(GarbageForTheServer, ASilentStreamIsDroppedAndItsConversationRemembered) {
  RawStream& raw = greet();
  world_.advance(seconds{5});
  EXPECT_TRUE(raw.closed);
  EXPECT_EQ(server_.over, Texts{});
  world_.advance(limits::link_memory);
  EXPECT_EQ(server_.over, Texts{"it could not be reached for too long"});
}

TEST_F(GarbageForTheServer, APausedServerTakesNobodyForSilent) {
  RawStream& raw = greet();
  server_process_.frozen = true;
  world_.advance(milliseconds{3800});
  server_process_.frozen = false;
  world_.advance(milliseconds{100});
  EXPECT_FALSE(raw.closed);
}

class GarbageForTheCaller : public LinkGarbage {
 protected:
  /// The newest stream that the caller opened.
  RawStream& stream() { return *server_.streams.back(); }
  RawStream& welcome(std::uint64_t received = 0) {
    world_.advance_until(
        [&] { return !server_.streams.empty() && !stream().closed && !stream().heard.empty(); });
    stream().welcome(received);
    world_.advance(milliseconds{10});
    return stream();
  }

  RawServer server_{world_, server_process_};
  Caller caller_{world_, caller_process_};
};

TEST_F(GarbageForTheCaller, ClosesTheStreamAndTheNextOneGoesOn) {
  LinkBatch unknown;
  unknown.set_acknowledged(7);
  LinkBatch second_welcome;
  second_welcome.mutable_welcome()->set_received(1);
  LinkBatch gap;
  gap.set_sequence(9);
  gap.add_messages()->set_kind(LinkMessage::PUSH);
  caller_.call("a");
  for (const std::string& garbage : {std::string{"\xff\xff\xff"}, unknown.SerializeAsString(),
                                     second_welcome.SerializeAsString(), gap.SerializeAsString()}) {
    RawStream& raw = welcome();
    EXPECT_EQ(raw.last_sequence(), 1u);
    raw.stream->send(garbage);
    world_.advance(milliseconds{10});
    EXPECT_TRUE(raw.closed);
    EXPECT_TRUE(caller_.link().usable());
  }
  welcome().text(1, "b");
  world_.advance(milliseconds{10});
  EXPECT_EQ(caller_.heard, Texts{"b"});
  EXPECT_EQ(caller_.over, 0);
}

TEST_F(GarbageForTheCaller, AServerThatDoesNotWelcomeCannotBeReached) {
  caller_.call("a");
  world_.advance_until([&] { return !server_.streams.empty(); });
  stream().text(1, "b");
  world_.advance(milliseconds{10});
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_EQ(caller_.heard, Texts{});
  world_.advance(limits::link_memory);
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(caller_.unreachable, 1);
}

TEST_F(GarbageForTheCaller, AWelcomeThatCountsOtherwiseIsNoWelcome) {
  caller_.call("a");
  welcome(5);
  EXPECT_EQ(caller_.unreachable, 1);
  EXPECT_EQ(welcome(0).last_sequence(), 1u);
  EXPECT_EQ(caller_.over, 0);
}

TEST_F(GarbageForTheCaller, AServerThatBreaksOffAgainAndAgainIsAskedSlowly) {
  caller_.call("a");
  for (int i = 0; i < 10; ++i) welcome().close();
  const TimePoint before = world_.now();
  welcome().close();
  welcome();
  EXPECT_GT(world_.now() - before, seconds{3});
  EXPECT_EQ(caller_.unreachable, 0);
}

TEST_F(GarbageForTheCaller, ADroppedStreamIsHeardNoMore) {
  caller_.call("a");
  RawStream& old = welcome();
  server_process_.frozen = true;
  world_.advance(seconds{4});
  EXPECT_EQ(caller_.unreachable, 1);
  server_process_.frozen = false;
  old.text(1, "old");
  world_.advance(milliseconds{20});
  RawStream& next = welcome();
  ASSERT_NE(&next, &old);
  next.text(1, "new");
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.heard, Texts{"new"});
}

}  // namespace
}  // namespace nano::cluster
