#include "nano/net/send_queue.h"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace nano {
namespace {

Frame frame_of(std::string_view packet) {
  Frame frame = Frame::allocate(packet.size());
  std::copy(packet.begin(), packet.end(), frame.writable());
  return frame;
}

/// All that gather() shows, up to `buffers_max` buffers of it.
std::string gathered(const SendQueue& queue, std::size_t buffers_max = 256) {
  std::array<iovec, 256> buffers;
  const std::size_t count = queue.gather(std::span{buffers}.first(buffers_max));
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(buffers[i].iov_base), buffers[i].iov_len);
  }
  return bytes;
}

TEST(SendQueue, GathersAllThatWaitsInOrder) {
  SendQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.push(frame_of("one "), FrameForm::packet);
  queue.push(std::string{"two "});
  queue.push(frame_of("three"), FrameForm::packet);
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(gathered(queue), "one two three");
}

TEST(SendQueue, GathersNoMoreBuffersThanThereIsRoomFor) {
  SendQueue queue;
  for (const char* text : {"a", "b", "c"}) queue.push(std::string{text});
  EXPECT_EQ(gathered(queue, 2), "ab");
  EXPECT_EQ(gathered(queue, 0), "");
}

TEST(SendQueue, DoesNotCopyALargeFrame) {
  SendQueue queue;
  const Frame frame = frame_of(std::string(600, 'x'));
  queue.push(frame, FrameForm::packet);
  std::array<iovec, 1> buffers;
  ASSERT_EQ(queue.gather(buffers), 1u);
  EXPECT_EQ(buffers[0].iov_base, frame.packet().data());
}

TEST(SendQueue, PutsSmallFramesIntoOneBuffer) {
  SendQueue queue;
  for (const char* text : {"one ", "two ", "three"}) queue.push(frame_of(text), FrameForm::packet);
  std::array<iovec, 2> buffers;
  EXPECT_EQ(queue.gather(buffers), 1u);
  EXPECT_EQ(gathered(queue), "one two three");
}

TEST(SendQueue, KeepsSmallAndLargeInOrder) {
  SendQueue queue;
  const std::string large(600, 'x');
  queue.push(frame_of("a"), FrameForm::packet);
  queue.push(frame_of("b"), FrameForm::packet);
  queue.push(frame_of(large), FrameForm::packet);
  queue.push(frame_of("c"), FrameForm::packet);
  EXPECT_EQ(gathered(queue), "ab" + large + "c");
  queue.consume(1);
  EXPECT_EQ(gathered(queue), "b" + large + "c");
  queue.consume(1 + large.size());
  EXPECT_EQ(gathered(queue), "c");
}

TEST(SendQueue, PutsTheWebSocketHeaderBeforeAFrameForWebSocket) {
  SendQueue queue;
  queue.push(frame_of("abc"), FrameForm::websocket);
  EXPECT_EQ(gathered(queue),
            "\x82\x03"
            "abc");
}

TEST(SendQueue, GoesOnInTheMiddleOfAnEntryThatWasPartlySent) {
  SendQueue queue;
  queue.push(frame_of("hello"), FrameForm::packet);
  queue.push(frame_of("world"), FrameForm::packet);
  queue.consume(3);
  EXPECT_EQ(gathered(queue), "loworld");
  queue.consume(4);
  EXPECT_EQ(gathered(queue), "rld");
  queue.consume(3);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(gathered(queue), "");
}

TEST(SendQueue, CountsLargeFramesWhenTheirLastByteHasLeftAndNothingElse) {
  SendQueue queue;
  queue.push(std::string{"HTTP/1.1 101"});
  const Frame frame = frame_of(std::string(600, 'x'));
  queue.push(frame, FrameForm::websocket);  // with a header of four bytes
  queue.push(frame_of(std::string(700, 'y')), FrameForm::packet);
  EXPECT_EQ(queue.consume(12), 0u);
  EXPECT_EQ(queue.consume(603), 0u);
  EXPECT_EQ(queue.consume(1), frame.queue_cost());
  EXPECT_EQ(queue.consume(700), 700u + limits::message_overhead_bytes);
}

TEST(SendQueue, CountsSmallFramesInProportionToTheBytesThatHaveLeft) {
  SendQueue queue;
  queue.push(frame_of("12"), FrameForm::packet);
  queue.push(frame_of("34"), FrameForm::packet);
  const std::size_t cost = 2 * (2 + limits::message_overhead_bytes);
  EXPECT_EQ(queue.consume(1), cost / 4);
  EXPECT_EQ(queue.consume(2), cost / 2);
  EXPECT_EQ(queue.consume(1), cost / 4) << "together all that they cost";
}

TEST(SendQueue, PassesOverEmptyTexts) {
  SendQueue queue;
  queue.push(std::string{});
  queue.push(frame_of("x"), FrameForm::packet);
  queue.push(std::string{});
  EXPECT_EQ(gathered(queue), "x");
  EXPECT_EQ(queue.consume(1), 1u + limits::message_overhead_bytes);
  EXPECT_TRUE(queue.empty());
}

TEST(SendQueue, TakesOverAnotherBehindItsOwn) {
  const std::string large(600, 'x');
  SendQueue queue, later, last;
  later.append(std::move(queue));
  EXPECT_TRUE(later.empty());
  for (const std::string& bytes : {std::string{"a"}, large, std::string{"b"}}) {
    queue.push(frame_of(bytes), FrameForm::packet);
    later.push(frame_of(bytes), FrameForm::packet);
  }
  last.push(frame_of("c"), FrameForm::packet);
  later.append(std::move(last));
  queue.consume(1);
  const std::size_t cost = queue.cost() + later.cost();
  queue.append(std::move(later));
  EXPECT_EQ(gathered(queue), large + "ba" + large + "bc");
  EXPECT_EQ(queue.cost(), cost);
  EXPECT_EQ(queue.consume(2 * 600 + 4), cost);
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(SendQueue, HoldsNothingAfterClear) {
  SendQueue queue;
  auto text = std::make_shared<const std::string>("text");
  queue.push(text);
  queue.consume(1);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(text.use_count(), 1);
  queue.push(std::string{"again"});
  EXPECT_EQ(gathered(queue), "again");
}

TEST(SendQueue, LetsGoOfWhatHasLeftWhileMoreKeepsComing) {
  SendQueue queue;
  auto first = std::make_shared<const std::string>("first");
  queue.push(first);
  queue.push(std::string{"second"});
  queue.consume(first->size());
  EXPECT_EQ(first.use_count(), 1);
}

TEST(SendQueue, SendsTheSameBytesHoweverTheyAreTaken) {
  constexpr std::uint64_t seed = 7;
  std::mt19937_64 random{seed};
  SendQueue queue;
  std::string expected, sent;
  std::size_t cost = 0, counted = 0;
  for (int round = 0; round < 5000; ++round) {
    if (random() % 2 == 0) {
      const std::string bytes(random() % (round % 7 == 0 ? 1000 : 40), static_cast<char>('a' + round % 26));
      if (random() % 3 == 0) {
        queue.push(bytes);
      } else {
        const Frame frame = frame_of(bytes);
        cost += frame.queue_cost();
        queue.push(frame, FrameForm::packet);
      }
      expected += bytes;
    } else {
      const std::string waiting = gathered(queue, 1 + random() % 20);
      const std::size_t taken = waiting.empty() ? 0 : random() % (waiting.size() + 1);
      sent += waiting.substr(0, taken);
      counted += queue.consume(taken);
    }
  }
  sent += gathered(queue);
  while (!queue.empty()) counted += queue.consume(gathered(queue).size());
  EXPECT_EQ(sent.size(), expected.size()) << "more waited than one gather takes";
  EXPECT_EQ(sent, expected);
  EXPECT_EQ(counted, cost);
}

Frame latest_frame_of(std::string_view key, std::string_view packet) {
  Frame frame = Frame::allocate(packet.size(), key);
  std::copy(packet.begin(), packet.end(), frame.writable());
  return frame;
}

TEST(SendQueue, PutsAFrameInThePlaceOfOneWithItsKey) {
  SendQueue queue;
  queue.push(frame_of("one "), FrameForm::packet);
  const Frame old = latest_frame_of("k", "old ");
  EXPECT_EQ(queue.push(old, FrameForm::packet), 0u);
  queue.push(frame_of("two "), FrameForm::packet);
  queue.push(latest_frame_of("other", "other "), FrameForm::packet);
  EXPECT_EQ(queue.push(latest_frame_of("k", "newer "), FrameForm::packet), old.queue_cost());
  EXPECT_EQ(gathered(queue), "one newer two other ");
}

TEST(SendQueue, LeavesAFrameAloneThatIsBegun) {
  SendQueue queue;
  queue.push(latest_frame_of("k", "begun "), FrameForm::packet);
  queue.consume(2);
  EXPECT_EQ(queue.push(latest_frame_of("k", "newer "), FrameForm::packet), 0u);
  queue.push(latest_frame_of("k", "newest"), FrameForm::packet);
  EXPECT_EQ(gathered(queue), "gun newest");
}

TEST(SendQueue, FindsKeysAlsoWhenWhatWasBeforeThemHasLeft) {
  std::mt19937 random{7};
  SendQueue queue;
  std::size_t cost = 0;
  for (int step = 0; step < 5'000; ++step) {
    const std::string key = "k" + std::to_string(random() % 5);
    const Frame frame = random() % 2 ? latest_frame_of(key, key + std::string(random() % 700, 'x'))
                                     : frame_of(std::string(20, '.'));
    cost += frame.queue_cost();
    cost -= queue.push(frame, FrameForm::packet);
    if (random() % 3 == 0) cost -= queue.consume(std::min<std::size_t>(random() % 900, queue.bytes()));
    ASSERT_EQ(queue.cost(), cost);
  }
  cost -= queue.consume(queue.bytes());
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(cost, 0u);
}

TEST(SendQueue, ReplacesWhenItTakesOverAnother) {
  SendQueue queue;
  queue.push(latest_frame_of("k", "old "), FrameForm::packet);
  queue.push(frame_of("one "), FrameForm::packet);
  SendQueue later;
  later.push(latest_frame_of("k", "new "), FrameForm::packet);
  later.push(frame_of("two"), FrameForm::packet);
  EXPECT_EQ(queue.append(std::move(later)), latest_frame_of("k", "old ").queue_cost());
  EXPECT_EQ(gathered(queue), "new one two");
}

TEST(SendQueue, FindsTheNewestOfMoreKeysThanItRemembersAsOftenAsTheyChange) {
  std::mt19937 random{11};
  SendQueue queue;
  for (int step = 0; step < 50'000; ++step) {
    const std::string key = "k" + std::to_string(random() % 300);
    queue.push(latest_frame_of(key, key), FrameForm::packet);
    if (step % 100 == 0) queue.consume(queue.bytes() / 2);
  }
  queue.consume(queue.bytes());
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(SendQueue, FindsEachOfManyKeysWithoutLookingAtTheOthers) {
  SendQueue queue;
  std::size_t replaced = 0;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < limits::latest_keys; ++i) {
      replaced += queue.push(latest_frame_of(std::to_string(i), "x"), FrameForm::packet) > 0 ? 1 : 0;
    }
    if (round == 0) queue.consume(limits::latest_keys / 2);
  }
  EXPECT_EQ(replaced, limits::latest_keys / 2 + limits::latest_keys);
  EXPECT_EQ(queue.bytes(), limits::latest_keys);
}

TEST(SendQueue, PassesAMarkWhenAllBeforeItHasLeft) {
  SendQueue queue;
  queue.push_mark();
  EXPECT_EQ(queue.take_passed_marks(), 1u) << "nothing waits";
  queue.push(frame_of("small"), FrameForm::packet);
  queue.push_mark();
  queue.push(latest_frame_of("k", "old"), FrameForm::packet);
  queue.push_mark();
  queue.push_mark();
  queue.push(frame_of("last"), FrameForm::packet);
  queue.push(latest_frame_of("k", "newest"), FrameForm::packet);
  EXPECT_EQ(gathered(queue), "smallnewestlast");
  queue.consume(4);
  EXPECT_EQ(queue.take_passed_marks(), 0u);
  queue.consume(1);
  EXPECT_EQ(queue.take_passed_marks(), 1u);
  queue.consume(5);
  EXPECT_EQ(queue.take_passed_marks(), 0u) << "the newer one took the older one's place";
  queue.consume(2);
  EXPECT_EQ(queue.take_passed_marks(), 2u);
  SendQueue later;
  later.push(frame_of("later"), FrameForm::packet);
  queue.push_mark();
  queue.append(std::move(later));
  queue.consume(3);
  EXPECT_EQ(queue.take_passed_marks(), 1u);
  queue.push_mark();
  queue.consume(queue.bytes());
  EXPECT_EQ(queue.take_passed_marks(), 1u);
  EXPECT_TRUE(queue.empty());
}

TEST(SendQueue, RemembersABoundedNumberOfKeys) {
  SendQueue queue;
  for (std::size_t i = 0; i < limits::latest_keys; ++i)
    queue.push(latest_frame_of(std::to_string(i), "x"), FrameForm::packet);
  EXPECT_EQ(queue.push(latest_frame_of("more", "y"), FrameForm::packet), 0u);
  EXPECT_EQ(queue.push(latest_frame_of("more", "z"), FrameForm::packet), 0u) << "both are sent";
  EXPECT_EQ(queue.bytes(), limits::latest_keys + 2);
}

}  // namespace
}  // namespace nano
