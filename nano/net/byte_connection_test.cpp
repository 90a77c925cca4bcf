#include "nano/net/byte_connection.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "nano/net/connected_for_tests.h"

namespace nano {
namespace {

using Phase = ByteConnection::Phase;

TEST(ByteConnectionTest, WhatIsSentInATurnLeavesAtItsEnd) {
  Connected c;
  c->send(std::string{"one, "});
  c->send(std::string{"two"});
  EXPECT_EQ(c->output, "");
  c->flush();
  EXPECT_EQ(c->output, "one, two");
  EXPECT_EQ(c.notes.drained, 1);
}

TEST(ByteConnectionTest, ACloseLetsLeaveWhatIsQueuedThenWaitsForThePeersEnd) {
  Connected c;
  c->send(std::string{"goodbye"});
  c->close();
  EXPECT_EQ(c->phase(), Phase::flushing);
  c->flush();
  EXPECT_EQ(c->output, "goodbye");
  EXPECT_EQ(c->phase(), Phase::lingering);
  EXPECT_EQ(c->output_ends, 1);
  c->on_end_of_stream();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_FALSE(c->was_reset);
  EXPECT_EQ(c.notes.told, "OC") << "nobody is told of an end that was asked for";
}

TEST(ByteConnectionTest, AfterTheClosedPeersEndItWaitsForNothing) {
  Connected c;
  c->on_end_of_stream();
  c->send(std::string{"the last answer"});
  c->close();
  c->flush();
  EXPECT_EQ(c->output, "the last answer");
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_EQ(c.notes.told, "OEC");
}

TEST(ByteConnectionTest, APeerThatClosesItsEndIsStillSentTo) {
  Connected c;
  c->on_end_of_stream();
  c->on_end_of_stream();
  c->send(std::string{"answer"});
  c->flush();
  EXPECT_EQ(c->output, "answer");
  EXPECT_EQ(c->phase(), Phase::open);
  EXPECT_EQ(c.notes.told, "OE") << "once";
}

TEST(ByteConnectionTest, APeerWithALastWordOfItsOwnSendsItBeforeOurEnd) {
  Connected c;
  c.notes.awaits_last_word = true;
  c->close();
  c->flush();
  EXPECT_EQ(c->phase(), Phase::lingering);
  EXPECT_EQ(c->output_ends, 0);
  c->receive("last word");
  EXPECT_EQ(c.notes.bytes, "last word");
  c->finish();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_FALSE(c->was_reset);
}

TEST(ByteConnectionTest, NothingIsSentAfterTheClose) {
  Connected c;
  c->close();
  c->send(std::string{"too late"});
  c->flush();
  EXPECT_EQ(c->output, "");
}

TEST(ByteConnectionTest, WhatIsDroppedAtTheEndIsBookedNoMore) {
  Connected c;
  c->room = 10;
  const Frame frame = Frame::allocate(100'000);
  for (int i = 0; i < 3; ++i) {
    c->account().add(frame.queue_cost());
    c->send(frame, FrameForm::packet);
  }
  c->flush();
  EXPECT_TRUE(c->blocked());
  EXPECT_GT(c->account().waiting(), 200'000u);
  c->drop();
  EXPECT_EQ(c->account().waiting(), 0u);
  c->account().add(frame.queue_cost());
  c->send(frame, FrameForm::packet);
  EXPECT_EQ(c->account().waiting(), 0u);
}

TEST(ByteConnectionTest, ADroppedPeerIsReset) {
  Connected c;
  c->send(std::string{"never"});
  c->drop();
  c->flush();
  EXPECT_EQ(c->output, "");
  EXPECT_TRUE(c->was_reset);
  EXPECT_EQ(c.notes.told, "OC");
}

TEST(ByteConnectionTest, AReceiverThatWantsNoBytesGetsNoneUntilItDoes) {
  Connected c;
  c.notes.wants_bytes = false;
  EXPECT_TRUE(c->receive("first"));
  EXPECT_FALSE(c->receive("second"));
  c->resume_reading();
  EXPECT_TRUE(c->paused());
  c.notes.wants_bytes = true;
  c->resume_reading();
  EXPECT_TRUE(c->receive("second"));
  EXPECT_EQ(c.notes.bytes, "firstsecond");
}

TEST(ByteConnectionTest, AConnectionThatClosesReadsOnWhateverItsReceiverWants) {
  Connected c;
  c.notes.wants_bytes = false;
  c->receive("first");
  c->close();
  EXPECT_FALSE(c->paused());
}

TEST(ByteConnectionTest, AFullSystemIsWaitedForAndTold) {
  Connected c;
  c->room = 3;
  c->send(std::string{"abcdef"});
  c->flush();
  EXPECT_TRUE(c->blocked());
  EXPECT_EQ(c.notes.blocked, 1);
  EXPECT_EQ(c.notes.drained, 0);
  c->make_room(100);
  EXPECT_EQ(c->output, "abcdef");
  EXPECT_EQ(c.notes.drained, 1);
}

TEST(ByteConnectionTest, MarksArePassedWhenAllBeforeThemIsWritten) {
  Connected c;
  c->room = 3;
  c->send(std::string{"abcdef"});
  c->send_mark();
  c->flush();
  EXPECT_EQ(c->take_written_marks(), 0u);
  c->make_room(100);
  EXPECT_EQ(c->take_written_marks(), 1u);
  EXPECT_EQ(c->take_written_marks(), 0u);
}

TEST(ByteConnectionTest, AWriteThatFailsLosesThePeerOnce) {
  Connected c;
  c->write_fails = true;
  c->send(std::string{"x"});
  c->flush();
  c->on_lost("again");
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_EQ(c.notes.told, "OCL");
}

// -- time ---------------------------------------------------------------------------------------------------

TEST(ByteConnectionTest, APeerThatDoesNotTakeItsLastBytesIsResetAtTheDeadline) {
  Connected c;
  c->room = 3;
  c->send(std::string{"abcdef"});
  c->flush();
  c->close();
  EXPECT_EQ(c->deadline, limits::send_stall_timeout) << "its network may be away for a while";
  c->flush();
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_TRUE(c->was_reset);
}

TEST(ByteConnectionTest, APeerThatMakesProgressHasMoreTime) {
  Connected c;
  c->room = limits::progress_bytes;
  c->send(std::string(100 * limits::progress_bytes, 'x'));
  c->close();
  c->flush();
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::flushing);
  c->not_acknowledged = limits::progress_bytes;  // written, but not on the other side
  c->make_room(limits::progress_bytes);
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::closed);
}

TEST(ByteConnectionTest, APeerIsNotGivenUpForWhatWeHaveNotTriedToSend) {
  Connected c;
  c->send(std::string{"held up before the write"});
  c->close();
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::flushing);
  c->flush();
  EXPECT_EQ(c->phase(), Phase::lingering);
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_FALSE(c->was_reset) << "it has taken all, and only says no goodbye";
}

TEST(ByteConnectionTest, WhatHasComeIsReadBeforeThePeerIsGivenUp) {
  Connected c;
  c->set_deadline(std::chrono::seconds{1});
  c->waiting_to_be_read = 10;
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::open);
  c->waiting_to_be_read = 0;
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_EQ(c.notes.told, "OC");
}

TEST(ByteConnectionTest, AReceiverMayKnowWhatToDoAtTheDeadline) {
  Connected c;
  c.notes.knows_what_to_do = true;
  c->set_deadline(std::chrono::seconds{1});
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::open);
  c->close();
  c->flush();
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::closed) << "it is not asked any more";
}

// -- every order --------------------------------------------------------------------------------------------

/// What can happen to a connection, by the peer, the system, the time or us.
const std::array<std::pair<char, std::function<void(Connected&)>>, 10> events{{
    {'<', [](Connected& c) { c->receive("bytes"); }},
    {'>', [](Connected& c) { c->send(std::string{"bytes"}); }},
    {'F', [](Connected& c) { c->flush(); }},
    {'0', [](Connected& c) { c->room = 0; }},
    {'W', [](Connected& c) { c->make_room(1000); }},
    {'E', [](Connected& c) { c->on_end_of_stream(); }},
    {'H', [](Connected& c) { c->on_hung_up(true); }},
    {'L', [](Connected& c) { c->on_lost("reset"); }},
    {'D', [](Connected& c) { c->pass_deadline(); }},
    {'C', [](Connected& c) { c->close(); }},
}};

void check(const Connected& c, const std::string& order) {
  const auto count = [&](char what) { return std::count(c.notes.told.begin(), c.notes.told.end(), what); };
  for (const char once : {'O', 'E', 'C', 'L'}) EXPECT_LE(count(once), 1) << once << " in " << order;
  const bool is_closed = c->phase() == Phase::closed;
  EXPECT_EQ(c->closes, is_closed ? 1 : 0) << order;
  EXPECT_EQ(count('C'), is_closed ? 1 : 0) << order;
  EXPECT_FALSE(is_closed && c->deadline) << order;
  EXPECT_TRUE(!c->closing() || is_closed || c->deadline) << "each phase of closing ends: " << order;
}

TEST(ByteConnectionOrders, EachEndsOnceWhateverHappensInWhateverOrder) {
  constexpr std::size_t length = 5;
  std::size_t orders = 1;
  for (std::size_t i = 0; i < length; ++i) orders *= events.size();
  for (std::size_t number = 0; number < orders && !::testing::Test::HasFailure(); ++number) {
    Connected c;
    std::string order;
    for (std::size_t i = 0, rest = number; i < length; ++i, rest /= events.size()) {
      const auto& [name, happen] = events[rest % events.size()];
      order += name;
      happen(c);
      check(c, order);
    }
    // Whatever state that was: a close and the time end it.
    c->close();
    c->flush();
    for (int i = 0; i < 4; ++i) c->pass_deadline();
    EXPECT_EQ(c->phase(), Phase::closed) << order;
    EXPECT_EQ(c->closes, 1) << order;
  }
}

}  // namespace
}  // namespace nano
