#include "nano/websocket/stream.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"

namespace nano {
namespace {

using testing_frames::binary;
using testing_frames::ClientFrame;
using testing_frames::close;
using testing_frames::close_payload;
using testing_frames::encode;
using testing_frames::ping;
using testing_frames::server_control;
using StreamStatus = WebSocketStream::Status;
using namespace std::string_literals;

constexpr std::uint8_t close_opcode = 8;
constexpr std::uint8_t pong_opcode = 10;

/// A stream and all the payload that came out of it.
struct Reader {
  explicit Reader(std::size_t message_bytes_max = 1 << 20) : stream(message_bytes_max) {}

  StreamStatus feed(std::string bytes) {
    return stream.consume(
        {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()},
        [this](std::span<const std::uint8_t> payload) { payloads.append(payload.begin(), payload.end()); });
  }

  WebSocketStream stream;
  std::string payloads;
};

std::string payload_of(std::string_view control_frame) { return std::string{control_frame.substr(2)}; }

/// The code of the close frame that `bytes` are, 0 if they are something else.
int sent_close_code(std::string_view bytes) {
  if (bytes.size() < 4 || static_cast<std::uint8_t>(bytes[0]) != 0x88) return 0;
  return static_cast<std::uint8_t>(bytes[2]) << 8 | static_cast<std::uint8_t>(bytes[3]);
}

/// Feeds `input` cut in two at every place, and byte by byte; each time the outcome must be the same.
void expect_refusal(const std::string& input, int code, const std::string& payloads_before = {},
                    std::size_t message_bytes_max = 1 << 20) {
  const auto check = [&](const Reader& reader, const std::string& how) {
    EXPECT_EQ(reader.stream.status(), StreamStatus::finished) << how;
    EXPECT_EQ(sent_close_code(reader.stream.output()), code) << how;
    EXPECT_EQ(reader.stream.close_code(), code) << how;
    EXPECT_FALSE(reader.stream.close_reason().empty()) << how;
    EXPECT_FALSE(reader.stream.closed_by_peer()) << how;
    EXPECT_EQ(reader.payloads, payloads_before) << how;
  };
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    Reader reader{message_bytes_max};
    reader.feed(input.substr(0, cut));
    reader.feed(input.substr(cut));
    check(reader, "cut at " + std::to_string(cut));
  }
  Reader reader{message_bytes_max};
  for (const char byte : input) reader.feed({byte});
  check(reader, "byte by byte");
}

TEST(WebSocketStream, ReadsTheMaskedExampleOfTheRfcAsText) {
  // Section 5.7: "A single-frame masked text message", which contains "Hello".
  const std::string hello = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s;
  expect_refusal(hello, 1003);
}

TEST(WebSocketStream, ReadsTheMaskedExampleOfTheRfcAsBinary) {
  Reader reader;
  EXPECT_EQ(reader.feed("\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s), StreamStatus::open);
  EXPECT_EQ(reader.payloads, "Hello");
  EXPECT_TRUE(reader.stream.output().empty());
}

TEST(WebSocketStream, HandsOutWholeMessagesThatCameTogetherAsOneRun) {
  std::string input, expected;
  for (const std::size_t bytes : {0, 1, 3, 4, 7, 8, 9, 125, 126, 127, 1000, 65535}) {
    std::string payload;
    for (std::size_t i = 0; i < bytes; ++i) payload += static_cast<char>('a' + (i + bytes) % 26);
    input += binary(payload);
    expected += payload;
  }
  WebSocketStream stream;
  std::vector<std::string> runs;
  const auto feed = [&](std::string bytes) {
    stream.consume({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()},
                   [&](std::span<const std::uint8_t> run) { runs.emplace_back(run.begin(), run.end()); });
  };
  feed(input);
  EXPECT_EQ(runs, std::vector<std::string>{expected});
  runs.clear();
  feed(binary("one") + binary("two") + ping("!") + binary("three") + binary("cut").substr(0, 7));
  feed(binary("cut").substr(7) + binary("four"));
  EXPECT_EQ(runs, (std::vector<std::string>{"onetwo", "three", "c", "ut", "four"}));
  EXPECT_EQ(stream.output(), server_control(pong_opcode, "!"));
}

TEST(WebSocketStream, RefusesALengthThatIsWrittenLongerThanNeeded) {
  std::string frame = binary(std::string(126, 'x'));
  frame[3] = 125;
  expect_refusal(frame, 1002);
}

TEST(WebSocketStream, RefusesTheUnmaskedExampleOfTheRfc) {
  expect_refusal("\x81\x05\x48\x65\x6c\x6c\x6f"s, 1002);
}

TEST(WebSocketStream, AnswersThePingExampleOfTheRfc) {
  Reader reader;
  reader.feed("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
  EXPECT_EQ(reader.stream.take_output(), "\x8a\x05\x48\x65\x6c\x6c\x6f"s);
}

TEST(WebSocketStream, ReadsAllThreeFormsOfLengthHoweverTheyAreSplit) {
  for (const std::size_t bytes : {0, 1, 125, 126, 300}) {
    std::string payload(bytes, 'x');
    for (std::size_t i = 0; i < bytes; ++i) payload[i] = static_cast<char>(i * 7);
    const std::string input = binary(payload) + binary("end");
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      Reader reader;
      reader.feed(input.substr(0, cut));
      EXPECT_EQ(reader.feed(input.substr(cut)), StreamStatus::open);
      ASSERT_EQ(reader.payloads, payload + "end") << bytes << " bytes cut at " << cut;
    }
  }
  Reader reader;
  reader.feed(binary(std::string(70'000, 'y')) + binary("end"));
  EXPECT_EQ(reader.payloads, std::string(70'000, 'y') + "end");
}

TEST(WebSocketStream, JoinsFragmentsAroundControlFrames) {
  const std::string input = encode({.payload = "one ", .final = false}) + ping("now") +
                            encode({.opcode = 0, .payload = "two ", .final = false}) +
                            encode({.opcode = pong_opcode, .payload = "ignored"}) +
                            encode({.opcode = 0, .payload = "three", .final = true}) + binary(" four");
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    Reader reader;
    reader.feed(input.substr(0, cut));
    EXPECT_EQ(reader.feed(input.substr(cut)), StreamStatus::open);
    ASSERT_EQ(reader.payloads, "one two three four") << "cut at " << cut;
    ASSERT_EQ(reader.stream.output(), server_control(pong_opcode, "now")) << "cut at " << cut;
  }
}

TEST(WebSocketStream, HandsOutAPayloadBeforeItsMessageIsComplete) {
  Reader reader;
  reader.feed(binary("0123456789").substr(0, 6 + 4));
  EXPECT_EQ(reader.payloads, "0123");
}

TEST(WebSocketStream, AnswersOnlyTheLastPingOfOneRead) {
  Reader reader;
  reader.feed(ping("a") + binary("x") + ping("b") + encode({.opcode = pong_opcode, .payload = "c"}));
  EXPECT_EQ(reader.stream.output(), server_control(pong_opcode, "b"));
  reader.feed(ping("d"));
  EXPECT_EQ(reader.stream.take_output(), server_control(pong_opcode, "b") + server_control(pong_opcode, "d"));
}

TEST(WebSocketStream, BoundsItsOutputUnderAFloodOfPings) {
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += ping(std::string(125, 'p'));
  Reader reader;
  reader.feed(flood);
  EXPECT_EQ(reader.stream.output().size(), 127u);
}

TEST(WebSocketStream, AnswersAPingThatTheSameReadClosesAfter) {
  Reader reader;
  reader.feed(ping("a") + close(1000));
  EXPECT_EQ(reader.stream.output(),
            server_control(pong_opcode, "a") + server_control(close_opcode, close_payload(1000)));
}

TEST(WebSocketStream, EchoesTheCodeOfACloseAndFinishes) {
  for (const int code : {1000, 1001, 1003, 1007, 1011, 1012, 1014, 3000, 4999}) {
    Reader reader;
    EXPECT_EQ(reader.feed(close(code, "bye")), StreamStatus::finished);
    EXPECT_EQ(reader.stream.output(), server_control(close_opcode, close_payload(code)));
    EXPECT_EQ(reader.stream.close_code(), code);
    EXPECT_EQ(reader.stream.close_reason(), "bye");
    EXPECT_TRUE(reader.stream.closed_by_peer());
  }
}

TEST(WebSocketStream, EchoesAnEmptyClose) {
  Reader reader;
  EXPECT_EQ(reader.feed(encode({.opcode = close_opcode})), StreamStatus::finished);
  EXPECT_EQ(reader.stream.output(), server_control(close_opcode, ""));
  EXPECT_EQ(reader.stream.close_code(), 1005);
}

TEST(WebSocketStream, IgnoresWhatFollowsAClose) {
  Reader reader;
  reader.feed(binary("before") + close(1000) + binary("after") + ping("after"));
  EXPECT_EQ(reader.payloads, "before");
  EXPECT_EQ(reader.feed(binary("later") + "garbage"), StreamStatus::finished);
  EXPECT_EQ(reader.payloads, "before");
  EXPECT_EQ(reader.stream.output(), server_control(close_opcode, close_payload(1000)));
}

TEST(WebSocketStream, RefusesCloseCodesThatMustNotBeSent) {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    SCOPED_TRACE(code);
    expect_refusal(close(code), 1002);
  }
}

TEST(WebSocketStream, RefusesACloseOfOneByte) {
  expect_refusal(encode({.opcode = close_opcode, .payload = "\x03"}), 1002);
}

TEST(WebSocketStream, RefusesACloseReasonThatIsNotUtf8) { expect_refusal(close(1000, "\xc3\x28"), 1007); }

TEST(WebSocketStream, RefusesEachViolationOfTheFrameFormat) {
  const std::vector<std::pair<std::string, std::string>> violations = {
      {"unmasked", encode({.payload = "x", .masked = false})},
      {"reserved bit 1", encode({.payload = "x", .reserved_bits = 0x40})},
      {"reserved bit 2", encode({.payload = "x", .reserved_bits = 0x20})},
      {"reserved bit 3", encode({.payload = "x", .reserved_bits = 0x10})},
      {"reserved data opcode", encode({.opcode = 3, .payload = "x"})},
      {"reserved control opcode", encode({.opcode = 11, .payload = "x"})},
      {"fragmented ping", encode({.opcode = 9, .payload = "x", .final = false})},
      {"ping of 126 bytes", encode({.opcode = 9, .payload = std::string(126, 'x')})},
      {"continuation of nothing", encode({.opcode = 0, .payload = "x"})},
      {"length that fits 7 bits in 16", "\x82\xfe\x00\x05\x37\xfa\x21\x3d"s},
      {"length that fits 16 bits in 64", encode({.claimed_bytes = 0xffff})},
  };
  for (const auto& [name, bytes] : violations) {
    SCOPED_TRACE(name);
    expect_refusal(binary("good") + bytes + binary("too late"), 1002, "good");
  }
}

TEST(WebSocketStream, RefusesANewMessageInsideAFragmentedOne) {
  expect_refusal(encode({.payload = "open", .final = false}) + binary("new"), 1002, "open");
}

TEST(WebSocketStream, RefusesTextEvenIfItIsNotUtf8) {
  expect_refusal(binary("good") + encode({.opcode = 1, .payload = "\xff\xff"}), 1003, "good");
}

TEST(WebSocketStream, RefusesATextMessageInFragmentsAtItsFirst) {
  expect_refusal(encode({.opcode = 1, .payload = "a", .final = false}), 1003);
}

TEST(WebSocketStream, TakesAMessageOfExactlyTheLimitAndForgetsItsLengthAfterwards) {
  Reader reader{10};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(reader.feed(encode({.payload = "1234", .final = false}) +
                          encode({.opcode = 0, .payload = "567890", .final = true})),
              StreamStatus::open);
  }
  EXPECT_EQ(reader.payloads.size(), 30u);
}

TEST(WebSocketStream, RefusesAMessageOverTheLimitAtItsHeader) {
  expect_refusal(binary(std::string(11, 'x')).substr(0, 6), 1009, "", 10);
  expect_refusal(encode({.claimed_bytes = std::uint64_t{1} << 62}), 1009, "", 10);
  expect_refusal(encode({.claimed_bytes = ~std::uint64_t{0}}), 1009, "", 10);
}

TEST(WebSocketStream, RefusesFragmentsThatTogetherExceedTheLimit) {
  expect_refusal(encode({.payload = "123456", .final = false}) + encode({.opcode = 0, .payload = "78901"}),
                 1009, "123456", 10);
}

TEST(WebSocketStream, RefusesAFragmentWhoseClaimWrapsTheLengthAround) {
  for (const std::uint64_t below_zero : {1, 2, 5, 6}) {
    expect_refusal(
        encode({.payload = "123456", .final = false}) +
            encode({.opcode = 0, .payload = "xyz", .claimed_bytes = ~std::uint64_t{0} - below_zero + 1}),
        1009, "123456", 10);
  }
}

TEST(WebSocketStream, RefusesTextWhoseFragmentsWrapTheLengthAround) {
  expect_refusal(
      encode({.opcode = 1, .payload = "12345", .final = false}) +
          encode({.opcode = 0, .payload = std::string(100, '\xff'), .claimed_bytes = ~std::uint64_t{0}}),
      1003, "", 10);
}

TEST(WebSocketStream, LetsControlFramesPassWhateverTheMessageLimit) {
  Reader reader{4};
  EXPECT_EQ(reader.feed(ping(std::string(100, 'p')).substr(0, 20)), StreamStatus::open);
  EXPECT_EQ(reader.feed(ping(std::string(100, 'p')).substr(20)), StreamStatus::open);
  EXPECT_EQ(reader.stream.output(), server_control(pong_opcode, std::string(100, 'p')));
}

TEST(WebSocketStream, TakesEmptyFragmentsWithoutEndInItsStride) {
  Reader reader;
  std::string fragments = encode({.final = false});
  for (int i = 0; i < 100'000; ++i) fragments += encode({.opcode = 0, .final = false});
  EXPECT_EQ(reader.feed(fragments), StreamStatus::open);
  EXPECT_TRUE(reader.payloads.empty());
  EXPECT_TRUE(reader.stream.output().empty());
}

TEST(WebSocketStream, SendsOneCloseAndWaitsForThePeers) {
  Reader reader;
  reader.stream.close(WebSocketClose::going_away, "server stops");
  reader.stream.close(WebSocketClose::normal);
  EXPECT_EQ(reader.stream.take_output(), server_control(close_opcode, close_payload(1001, "server stops")));
  EXPECT_EQ(reader.feed(binary("dropped") + ping("unanswered")), StreamStatus::closing);
  EXPECT_EQ(reader.payloads, "");
  EXPECT_EQ(reader.feed(close(1001)), StreamStatus::finished);
  EXPECT_TRUE(reader.stream.output().empty());
}

TEST(WebSocketStream, FinishesOnAViolationWhileItWaitsForTheClose) {
  Reader reader;
  reader.stream.close(WebSocketClose::normal);
  reader.stream.take_output();
  EXPECT_EQ(reader.feed(encode({.payload = "x", .masked = false})), StreamStatus::finished);
  EXPECT_TRUE(reader.stream.output().empty());
}

TEST(WebSocketStream, CutsALongCloseReasonBetweenCharacters) {
  std::string reason;
  for (int i = 0; i < 50; ++i) reason += "\xe2\x82\xac";  // three bytes each; 123 is 41 of them
  Reader reader;
  reader.stream.close(WebSocketClose::normal, "x" + reason);
  const std::string payload = payload_of(reader.stream.output());
  EXPECT_EQ(payload, close_payload(1000, "x" + reason.substr(0, 120)));
}

TEST(WebSocketStream, AlwaysSendsACloseReasonInUtf8) {
  Reader reader;
  reader.stream.close(WebSocketClose::normal, "a\xff");
  EXPECT_EQ(payload_of(reader.stream.output()), close_payload(1000, "a\xef\xbf\xbd"));
}

TEST(WebSocketStream, StopsHandingOutPayloadsOnceTheCalleeHasClosed) {
  WebSocketStream stream;
  std::string bytes = binary("first") + ping("") + binary("second");
  std::string seen;
  const StreamStatus status = stream.consume({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()},
                                             [&](std::span<const std::uint8_t> payload) {
                                               seen.append(payload.begin(), payload.end());
                                               stream.close(WebSocketClose::policy_violation, "kicked");
                                             });
  EXPECT_EQ(status, StreamStatus::closing);
  EXPECT_EQ(seen, "first");
  EXPECT_EQ(sent_close_code(stream.output()), 1008);
}

}  // namespace
}  // namespace nano
