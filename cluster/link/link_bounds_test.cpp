#include "cluster/link/link_test_nodes.h"

namespace nano::cluster {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20;
constexpr std::size_t piece = 100000;

class LinkBounds : public ::testing::Test {
 protected:
  void call_bytes(std::size_t bytes) {
    for (std::size_t sent = 0; sent < bytes; sent += piece) caller_.call(std::string(piece, 'x'));
  }

  LinkWorld world_;
  Process& server_process_ = world_.start_process();
  Process& caller_process_ = world_.start_process();
  Caller caller_{world_, caller_process_};
};

TEST_F(LinkBounds, NoMoreThanTheWindowAndABatchAreUnderWay) {
  RawServer server{world_, server_process_};
  call_bytes(12 * mib);
  world_.advance(milliseconds{10});
  RawStream& raw = *server.streams.at(0);
  raw.welcome();
  world_.advance(milliseconds{10});
  const std::size_t batch_bytes_max = limits::link_batch_bytes + 2 * piece;
  EXPECT_GE(raw.heard_bytes, limits::link_window_bytes);
  EXPECT_LE(raw.heard_bytes, limits::link_window_bytes + batch_bytes_max);

  std::uint64_t acknowledged = 0;
  std::size_t acknowledged_bytes = 0;
  for (std::size_t i = 1; i < raw.heard.size(); ++i) {  // after Hello
    if (raw.heard[i].sequence() == 0) continue;
    acknowledged_bytes += raw.heard[i].ByteSizeLong();
    raw.acknowledge(acknowledged = raw.heard[i].sequence());
    world_.advance(milliseconds{2});
    ASSERT_LE(raw.heard_bytes, acknowledged_bytes + limits::link_window_bytes + batch_bytes_max);
  }
  EXPECT_EQ(acknowledged, raw.last_sequence());
  EXPECT_GE(raw.heard_bytes, 12 * mib);
  world_.advance(milliseconds{10});
  EXPECT_TRUE(caller_.link().drained());
}

TEST_F(LinkBounds, ABatchIsSentWhenItIsFull) {
  RawServer server{world_, server_process_};
  call_bytes(2 * mib);
  world_.advance(milliseconds{10});
  RawStream& raw = *server.streams.at(0);
  raw.welcome();
  world_.advance(milliseconds{10});
  EXPECT_GE(raw.last_sequence(), 2 * mib / (limits::link_batch_bytes + piece));
  for (const LinkBatch& batch : raw.heard) {
    EXPECT_LE(batch.ByteSizeLong(), limits::link_batch_bytes + 2 * piece);
  }
}

TEST_F(LinkBounds, AddingToTheLastMessageCounts) {
  LinkEnd end;
  EXPECT_EQ(end.last(), nullptr);
  EXPECT_FALSE(end.add_receiver(1));
  end.add(LinkMessage::PUSH, 10);
  std::size_t added = 0;
  while (end.add_receiver(added + 1)) ++added;
  EXPECT_EQ(static_cast<std::size_t>(end.last()->session_ids_size()), added);
  EXPECT_GE(end.queued_bytes(), limits::link_receivers_bytes);
  EXPECT_LE(added, limits::link_receivers_bytes / sizeof(std::uint64_t));
}

TEST_F(LinkBounds, AFullLinkSaysSoAndRecovers) {
  RawServer server{world_, server_process_};
  call_bytes(limits::link_queue_bytes - mib);
  world_.advance(milliseconds{10});
  EXPECT_TRUE(caller_.link().usable());
  call_bytes(2 * mib);
  EXPECT_TRUE(caller_.link().full());
  EXPECT_FALSE(caller_.link().usable());
  RawStream& raw = *server.streams.at(0);
  raw.welcome();
  for (int i = 0; i < 20; ++i) {
    world_.advance(milliseconds{10});
    raw.acknowledge(raw.last_sequence());
  }
  world_.advance(milliseconds{10});
  EXPECT_TRUE(caller_.link().usable());
  EXPECT_TRUE(caller_.link().drained());
  EXPECT_EQ(caller_.over, 0);
}

TEST_F(LinkBounds, ALargeMessageTravelsInPiecesAndArrivesWhole) {
  Server server{world_, server_process_};
  std::size_t largest = 0;
  world_.hub.watch_streams([&](const std::string&, const std::string&, std::string_view bytes) {
    largest = std::max(largest, bytes.size());
  });
  std::string large(15 * mib, 'x');
  for (std::size_t i = 0; i < large.size(); i += piece) large[i] = static_cast<char>('a' + i / piece % 26);
  caller_.call("before");
  caller_.call(large);
  caller_.call("after");
  world_.advance(milliseconds{500});
  EXPECT_EQ(server.heard, (Texts{"before", large, "after"}));
  EXPECT_EQ(caller_.heard, (Texts{"before", large, "after"})) << "the other way";
  EXPECT_LE(largest, limits::link_piece_bytes + 100);
  EXPECT_EQ(caller_.over, 0);
}

TEST_F(LinkBounds, ALargeMessageGoesOnWhereTheStreamBroke) {
  Server server{world_, server_process_};
  const std::string large(15 * mib, 'x');
  caller_.call("hi");
  world_.advance(milliseconds{10});
  caller_.call(large);
  for (int i = 0; i < 20; ++i) {
    world_.advance(milliseconds{2});
    world_.hub.reset_streams("caller:1", "server:1");
  }
  world_.advance(seconds{10});
  EXPECT_EQ(server.heard, (Texts{"hi", large}));
  EXPECT_EQ(caller_.over, 0);
}

/// A stream that has nothing to say while one message is on its way looks as if it were dead.
TEST_F(LinkBounds, ASlowLineIsNotTakenForADeadOne) {
  RawServer server{world_, server_process_};
  caller_.call(std::string(15 * mib, 'x'));
  world_.advance(milliseconds{10});
  RawStream& raw = *server.streams.at(0);
  raw.welcome();
  world_.advance(milliseconds{10});
  for (std::size_t heard = 1; heard < raw.heard.size(); ++heard) {  // half a second for each piece
    raw.acknowledge(raw.heard[heard].sequence());
    world_.advance(milliseconds{500});
  }
  EXPECT_TRUE(caller_.link().drained());
  EXPECT_EQ(server.streams.size(), 1u);
}

/// They take a piece for a batch without messages, and acknowledge it.
TEST_F(LinkBounds, ANodeThatDoesNotKnowPiecesIsSentLargeMessagesWhole) {
  RawServer old_server{world_, server_process_};
  caller_.call(std::string(15 * mib, 'x'));
  world_.advance(milliseconds{10});
  RawStream& raw = *old_server.streams.at(0);
  raw.takes_pieces = false;
  raw.welcome();
  caller_.call(std::string(10 * mib, 'y'));
  world_.advance(milliseconds{10});
  raw.acknowledge(1);
  world_.advance(milliseconds{10});
  ASSERT_EQ(raw.heard.size(), 3u) << "a Hello and two batches";
  EXPECT_EQ(raw.heard[1].messages(0).payload().size(), 15 * mib);
  EXPECT_EQ(raw.heard[2].messages(0).payload().size(), 10 * mib);
}

TEST_F(LinkBounds, ACallerThatDoesNotKnowPiecesIsAnsweredWhole) {
  Server server{world_, server_process_};
  RawCaller old{world_, caller_process_, "raw:1"};
  RawStream& raw = old.open();
  raw.takes_pieces = false;
  raw.hello("raw:1", 7);
  raw.text(1, std::string(15 * mib, 'x'));
  world_.advance(milliseconds{10});
  ASSERT_EQ(raw.heard.size(), 2u) << "a Welcome and a batch";
  EXPECT_EQ(raw.heard[1].messages(0).payload().size(), 15 * mib);
}

TEST_F(LinkBounds, PiecesThatNeverEndOrMakeNoBatchEndTheirConversationOnly) {
  Server server{world_, server_process_};
  RawCaller other{world_, caller_process_, "raw:1"};
  RawStream& raw = other.open();
  raw.hello("raw:1", 7);
  LinkBatch part;
  part.set_piece(std::string(16 * mib, '\xff'));
  part.set_more_follows(true);
  for (int i = 1; i <= 5; ++i) {
    part.set_sequence(i);
    raw.send(part);
  }
  world_.advance(seconds{1});
  EXPECT_TRUE(raw.closed) << "more than any batch has";

  RawStream& next = other.open();
  next.hello("raw:2", 8);
  part.set_piece("\xff\xff\xff");
  part.set_sequence(1);
  part.set_more_follows(false);
  next.send(part);
  world_.advance(seconds{1});
  EXPECT_TRUE(next.closed) << "no batch";
  EXPECT_TRUE(server.heard.empty());
  EXPECT_EQ(server.over, Texts(2, "it does not speak the link's protocol")) << "as nothing can go on there";
  caller_.call("hi");
  world_.advance(milliseconds{10});
  EXPECT_EQ(caller_.heard, Texts{"hi"});
}

TEST_F(LinkBounds, ManyTimesTheQueueEndsTheCallersConversation) {
  Server server{world_, server_process_};
  caller_.call("hi");
  world_.advance(milliseconds{10});
  server_process_.frozen = true;
  call_bytes(limits::link_queue_bytes_given_up - mib);
  EXPECT_EQ(caller_.over, 0);
  call_bytes(2 * mib);
  world_.advance(milliseconds{10});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_FALSE(caller_.link().full());
  server_process_.frozen = false;
  caller_.call("new");
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(caller_.heard, (Texts{"hi", "new"}));
  EXPECT_EQ(server.over, Texts{"it began anew"});
}

TEST_F(LinkBounds, ManyTimesTheQueueEndsTheServersConversation) {
  Server server{world_, server_process_};
  caller_.call("hi");
  world_.advance(milliseconds{10});
  caller_process_.frozen = true;
  for (std::size_t sent = 0; sent <= limits::link_queue_bytes_given_up; sent += piece) {
    Server::push(*server.newest, std::string(piece, 'x'));
  }
  world_.advance(seconds{2});
  EXPECT_EQ(server.over, Texts{"too much waits for it"});
  caller_process_.frozen = false;
  world_.advance(seconds{5});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server.over.size(), 1u);
}

TEST_F(LinkBounds, AcknowledgementsFlowWhenOneSideTalks) {
  Server server{world_, server_process_};
  server.when_heard = [](IncomingLink&, const std::string&) {};
  call_bytes(20 * mib);
  world_.advance(milliseconds{200});
  EXPECT_EQ(server.heard.size() * piece / mib, 20u);
  world_.advance(limits::link_heartbeat);
  EXPECT_TRUE(caller_.link().drained()) << "the last ones come with the heartbeat";
}

TEST_F(LinkBounds, TwoFullWindowsMoveOn) {
  Server server{world_, server_process_};
  caller_.call("hi");
  world_.advance(milliseconds{10});
  server.when_heard = [](IncomingLink&, const std::string&) {};
  call_bytes(30 * mib);
  for (std::size_t sent = 0; sent < 30 * mib; sent += piece) {
    Server::push(*server.newest, std::string(piece, 'x'));
  }
  world_.advance(milliseconds{500});
  EXPECT_EQ(server.heard.size() * piece / mib, 30u);
  EXPECT_EQ(caller_.heard.size() * piece / mib, 30u);
}

TEST_F(LinkBounds, AnIdleLinkSendsOnlyHeartbeats) {
  RawServer server{world_, server_process_};
  world_.advance(seconds{10});
  EXPECT_TRUE(server.streams.empty()) << "nothing to send, no stream";
  caller_.call("hi");
  world_.advance(milliseconds{10});
  RawStream& raw = *server.streams.at(0);
  raw.welcome();
  world_.advance(milliseconds{10});
  const std::size_t before = raw.heard.size();
  const std::size_t bytes_before = raw.heard_bytes;
  for (int i = 0; i < 10; ++i) {
    raw.acknowledge(1);
    world_.advance(seconds{1});
  }
  EXPECT_EQ(raw.heard.size() - before, 10u);
  EXPECT_LE(raw.heard_bytes - bytes_before, 10 * 4u);
}

}  // namespace
}  // namespace nano::cluster
