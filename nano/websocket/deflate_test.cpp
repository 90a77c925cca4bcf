#include "nano/websocket/deflate.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <zlib.h>

#include <gtest/gtest.h>

#include "nano/websocket/frames_for_tests.h"
#include "nano/websocket/stream.h"

namespace nano {
namespace {

using testing_frames::binary;
using testing_frames::ClientFrame;
using testing_frames::encode;
using testing_frames::ping;
using InflatingStatus = WebSocketStream::Status;
using namespace std::string_literals;

constexpr std::uint8_t deflated_bit = 0x40;
/// "Hello" in the forms of RFC 7692, sections 7.2.3.1, 7.2.3.3 and 7.2.3.4.
const std::string hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;
const std::string hello_stored = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s;
const std::string hello_final = "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s;
/// Section 7.2.3.5: two blocks.
const std::string hello_in_two_blocks = "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s;
/// Section 7.2.3.2: the second message of a client that keeps its window.
const std::string hello_of_the_window = "\xf2\x00\x11\x00\x00"s;

std::string deflated(std::string payload) {
  return encode({.payload = std::move(payload), .reserved_bits = deflated_bit});
}

/// As a client without context takeover does.
std::string compress(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_SYNC_FLUSH);
  out.resize(out.size() - z.avail_out - 4);
  deflateEnd(&z);
  return out;
}

class DeflatedStream : public ::testing::Test {
 protected:
  InflatingStatus feed(std::string bytes) {
    return stream_->consume(
        {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()},
        [this](std::span<const std::uint8_t> payload) { payloads_.append(payload.begin(), payload.end()); });
  }
  void open(std::size_t message_bytes_max, std::size_t deflated_bytes_max = 1 << 16) {
    stream_ = std::make_unique<WebSocketStream>(message_bytes_max,
                                                WebSocketStream::Deflate{inflater_, deflated_bytes_max});
  }
  /// Each way to cut the input in two ends with this code, and with these payloads before.
  void expect_close(const std::string& input, int code, const std::string& payloads = {}) {
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      open(1 << 16);
      payloads_.clear();
      feed(input.substr(0, cut));
      feed(input.substr(cut));
      EXPECT_EQ(stream_->close_code(), code) << "cut at " << cut;
      EXPECT_EQ(payloads_, payloads) << "cut at " << cut;
    }
  }
  void expect_payloads(const std::string& input, const std::string& payloads) {
    expect_close(input, 0, payloads);
  }

  ManualClock clock_;
  std::shared_ptr<InflateBudget> budget_ = std::make_shared<InflateBudget>(std::size_t{1} << 20);
  WebSocketInflater inflater_{clock_, budget_};
  std::unique_ptr<WebSocketStream> stream_ =
      std::make_unique<WebSocketStream>(1 << 16, WebSocketStream::Deflate{inflater_, 1 << 16});
  std::string payloads_;
};

TEST_F(DeflatedStream, ReadsTheExamplesOfTheRfc) {
  expect_payloads(deflated(hello), "Hello");
  expect_payloads(deflated(hello_stored), "Hello");
  expect_payloads(deflated(hello_final), "Hello");
  expect_payloads(deflated(hello_in_two_blocks), "Hello");
  expect_payloads(deflated("\x00"s), "");
}

TEST_F(DeflatedStream, ReadsPlainMessagesBetweenCompressedOnes) {
  expect_payloads(deflated(hello) + binary(" plain ") + deflated(hello), "Hello plain Hello");
}

TEST_F(DeflatedStream, ReadsAMessageInFragmentsWithAPingBetween) {
  // Section 7.2.3.1: the bit stands on the first fragment only.
  const std::string first =
      encode({.payload = hello.substr(0, 3), .final = false, .reserved_bits = deflated_bit});
  const std::string last = encode({.opcode = 0, .payload = hello.substr(3)});
  expect_payloads(first + ping("?") + last + binary("!"), "Hello!");
}

TEST_F(DeflatedStream, LeavesNothingOfOneClientsHalfMessageToAnother) {
  const std::string message = deflated(hello);
  feed(message.substr(0, 9));
  WebSocketStream other{1 << 16, {inflater_, 1 << 16}};
  std::string whole = message;
  std::string of_other;
  other.consume(
      {reinterpret_cast<std::uint8_t*>(whole.data()), whole.size()},
      [&](std::span<const std::uint8_t> payload) { of_other.append(payload.begin(), payload.end()); });
  feed(message.substr(9));
  EXPECT_EQ(of_other, "Hello");
  EXPECT_EQ(payloads_, "Hello");
}

TEST_F(DeflatedStream, RefusesTheBitWhereItHasNoMeaning) {
  expect_close(encode({.opcode = 9, .payload = hello, .reserved_bits = deflated_bit}), 1002);
  expect_close(encode({.opcode = 8, .reserved_bits = deflated_bit}), 1002);
  const std::string first =
      encode({.payload = hello.substr(0, 3), .final = false, .reserved_bits = deflated_bit});
  expect_close(first + encode({.opcode = 0, .payload = hello.substr(3), .reserved_bits = deflated_bit}),
               1002);
  const std::string plain = encode({.payload = "a", .final = false});
  expect_close(plain + encode({.opcode = 0, .payload = "b", .reserved_bits = deflated_bit}), 1002, "a");
  for (const std::uint8_t others : {0x20, 0x10, 0x60, 0x50}) {
    expect_close(encode({.payload = hello, .reserved_bits = others}), 1002);
  }
}

TEST_F(DeflatedStream, RefusesTheBitThatIsNotAgreedOn) {
  stream_ = std::make_unique<WebSocketStream>(1 << 16);
  feed(deflated(hello));
  EXPECT_EQ(stream_->close_code(), 1002);
}

TEST_F(DeflatedStream, RefusesCompressedText) {
  expect_close(encode({.opcode = 1, .payload = hello, .reserved_bits = deflated_bit}), 1003);
}

TEST_F(DeflatedStream, RefusesWhatDoesNotInflate) {
  expect_close(deflated("\xff\xff\xff"), 1007);
  expect_close(deflated(hello.substr(0, 4)), 1007);
  expect_close(deflated(hello) + deflated(hello_of_the_window), 1007, "Hello");
}

TEST_F(DeflatedStream, InflatesToTheMessageLimitAndNoByteMore) {
  const std::string limit(5000, 'a');
  open(limit.size());
  EXPECT_EQ(feed(deflated(compress(limit))), InflatingStatus::open);
  EXPECT_EQ(payloads_, limit);
  payloads_.clear();
  EXPECT_EQ(feed(deflated(compress(limit + "a"))), InflatingStatus::finished);
  EXPECT_EQ(stream_->close_code(), 1009);
  EXPECT_EQ(payloads_, "");
}

TEST_F(DeflatedStream, HoldsNoMoreOfAMessageThanItsLimit) {
  open(1 << 20, 1000);
  std::string noise;
  for (unsigned i = 0, x = 1; i < 1500; ++i) noise += static_cast<char>((x = x * 1103515245 + 12345) >> 16);
  const std::string message = deflated(compress(noise));
  EXPECT_EQ(feed(message.substr(0, 900)), InflatingStatus::open);
  EXPECT_EQ(feed(message.substr(900, 200)), InflatingStatus::finished);
  EXPECT_EQ(stream_->close_code(), 1009);
}

TEST_F(DeflatedStream, DrawsOnTheBudgetOfAllClientsForMoreThanIsFree) {
  const std::string bomb = deflated(compress(std::string(60'000, 'a')));
  int inflated = 0;
  while (feed(bomb) == InflatingStatus::open && inflated < 1000) ++inflated;
  EXPECT_EQ(stream_->close_code(), 1008);
  EXPECT_NEAR(inflated, (1 << 20) / 60'000 + 1, 1);
  open(1 << 16);
  EXPECT_EQ(feed(deflated(hello)), InflatingStatus::open) << "what is free goes on";
  clock_.advance(std::chrono::seconds{1});
  EXPECT_EQ(feed(bomb), InflatingStatus::open);
}

// -- to clients ---------------------------------------------------------------------------------------------

Frame frame_with(std::string_view packet) {
  Frame frame = Frame::allocate(packet.size());
  std::copy(packet.begin(), packet.end(), frame.writable());
  return frame;
}

std::string form(const Frame& frame, FrameForm form) {
  const std::span<const std::uint8_t> bytes = frame.bytes(form);
  return {bytes.begin(), bytes.end()};
}

TEST_F(DeflatedStream, ReadsWhatTheServerCompresses) {
  std::string json;
  for (int i = 0; i < 40; ++i) json += R"({"name":"player)" + std::to_string(i) + R"(","x":1.5,"y":2.5},)";
  WebSocketDeflater deflater;
  for (int i = 0; i < 2; ++i) {
    const Frame frame = frame_with(json);
    deflater.prepare(frame);
    const std::string message = form(frame, FrameForm::websocket_deflated);
    EXPECT_LT(message.size(), json.size() / 2);
    EXPECT_EQ(message.substr(0, 2), "\xc2\x7e");
    const auto bytes = frame.bytes(FrameForm::websocket_deflated).subspan(4);
    ASSERT_EQ(inflater_.inflate(bytes, 1 << 16), WebSocketInflater::Status::ok);
    EXPECT_TRUE(std::equal(json.begin(), json.end(), inflater_.inflated().begin(), inflater_.inflated().end(),
                           [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }));
    EXPECT_EQ(form(frame, FrameForm::packet), json);
    EXPECT_EQ(form(frame, FrameForm::websocket).substr(4), json);
  }
}

TEST(WebSocketDeflater, CompressesAFrameOnceForAllItsReceivers) {
  WebSocketDeflater deflater;
  const Frame frame = frame_with(std::string(1000, 'a'));
  const Frame copy = frame;
  deflater.prepare(frame);
  const auto* const message = frame.bytes(FrameForm::websocket_deflated).data();
  deflater.prepare(copy);
  EXPECT_EQ(copy.bytes(FrameForm::websocket_deflated).data(), message);
}

TEST(WebSocketDeflater, SendsAsItIsWhatIsSmallOrLargeOrBecomesNoSmaller) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 1000; ++i) noise += static_cast<char>((x = x * 1103515245 + 12345) >> 16);
  WebSocketDeflater deflater;
  for (const std::string& packet : {std::string(limits::websocket_deflate_bytes_min - 1, 'a'), noise,
                                    std::string(limits::websocket_deflate_bytes_max + 1, 'a')}) {
    const Frame frame = frame_with(packet);
    deflater.prepare(frame);
    EXPECT_EQ(form(frame, FrameForm::websocket_deflated), form(frame, FrameForm::websocket));
  }
  const Frame small = frame_with(std::string(limits::websocket_deflate_bytes_min, 'a'));
  deflater.prepare(small);
  EXPECT_LT(small.bytes(FrameForm::websocket_deflated).size(), 20u);
}

// -- the handshake ------------------------------------------------------------------------------------------

constexpr std::string_view agreed =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

TEST(DeflateOffers, AreAnsweredByTheRfc) {
  const std::string with_window = std::string{agreed} + "; server_max_window_bits=15";
  for (const auto& [offers, answer] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"permessage-deflate", agreed},
           {"Permessage-Deflate", agreed},
           {"permessage-deflate; client_max_window_bits", agreed},  // as browsers offer
           {"permessage-deflate; client_max_window_bits=8", agreed},
           {"permessage-deflate; client_max_window_bits=\"10\"", agreed},
           {"permessage-deflate;server_no_context_takeover;client_no_context_takeover", agreed},
           {"permessage-deflate; server_max_window_bits=15", with_window},
           {"permessage-deflate; server_max_window_bits=10, permessage-deflate", agreed},
           {"permessage-deflate; unknown, x-other; a=\"b,c\", permessage-deflate", agreed},
           {", ,permessage-deflate", agreed},
       }) {
    EXPECT_EQ(answer_to_deflate_offers(offers), answer) << offers;
  }
}

TEST(DeflateOffers, AreDeclinedWhereMalformedOrMoreThanThisServerDoes) {
  for (const std::string_view offers :
       {"", "x-webkit-deflate-frame", "permessage-deflate;", "permessage-deflate; ; client_max_window_bits",
        "permessage-deflate; unknown", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=\"\"", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16", "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=", "permessage-deflate; client_max_window_bits=\"8",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
        "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=015", "permessage-deflate x"}) {
    EXPECT_EQ(answer_to_deflate_offers(offers), "") << offers;
  }
}

}  // namespace
}  // namespace nano
