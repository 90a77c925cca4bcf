#include "benchmark/load/websocket_frames.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "benchmark/load/dialect.h"
#include "protocol/frame_header.h"

namespace nano::benchmark {
namespace {

using protocol::as_bytes;
using protocol::as_text;

constexpr std::string_view answer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

std::string server_frame(std::uint8_t code, std::string_view payload) {
  std::uint8_t header[protocol::websocket_header_bytes_max];
  std::uint8_t* end = header + sizeof header;
  const std::size_t bytes = protocol::write_websocket_header(end, payload.size());
  end[-static_cast<std::ptrdiff_t>(bytes)] = 0x80 | code;
  return std::string{reinterpret_cast<const char*>(end - bytes), bytes} + std::string{payload};
}

/// A reader with all that it has told.
struct Reading {
  WebSocketReader reader;
  OutputBuffer out;
  int upgrades = 0;
  std::vector<std::string> messages;

  void take(std::string_view bytes) {
    reader.read(
        as_bytes(bytes), out, [&] { ++upgrades; },
        [&](std::uint8_t, protocol::ByteView payload) { messages.emplace_back(as_text(payload)); });
  }
};

std::string failure_of(std::string_view bytes) {
  Reading reading;
  try {
    reading.take(bytes);
  } catch (const DialectError& error) {
    return error.what();
  }
  return "none";
}

/// What a server makes of a client's frame.
std::string unmasked(protocol::ByteView frame, std::size_t header_bytes) {
  EXPECT_TRUE(frame[1] & 0x80) << "not masked";
  std::string text;
  for (std::size_t i = header_bytes + 4; i < frame.size(); ++i) {
    text += static_cast<char>(frame[i] ^ frame[header_bytes + (i - header_bytes) % 4]);
  }
  return text;
}

TEST(ClientFrame, IsMaskedAndHasTheShortestLength) {
  struct Case {
    std::size_t payload_bytes;
    std::size_t header_bytes;
    std::uint8_t length;
  };
  for (const Case& one : {Case{0, 2, 0}, Case{5, 2, 5}, Case{125, 2, 125}, Case{126, 4, 126},
                          Case{65'535, 4, 126}, Case{65'536, 10, 127}}) {
    SCOPED_TRACE(one.payload_bytes);
    OutputBuffer out;
    std::string payload(one.payload_bytes, 'a');
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 7);
    write_client_frame(out, opcode::binary, as_bytes(payload));
    const protocol::ByteView frame = out.view();
    ASSERT_EQ(frame.size(), one.header_bytes + 4 + one.payload_bytes);
    EXPECT_EQ(frame[0], 0x82);
    EXPECT_EQ(frame[1], 0x80 | one.length);
    std::size_t length = one.length;
    if (one.header_bytes > 2) length = 0;
    for (std::size_t i = 2; i < one.header_bytes; ++i) length = length << 8 | frame[i];
    EXPECT_EQ(length, one.payload_bytes);
    EXPECT_EQ(unmasked(frame, one.header_bytes), payload);
    EXPECT_EQ(as_text(frame.subspan(one.header_bytes + 4)) == payload, payload.empty());
  }
}

TEST(WebSocketReader, AsksForTheUpgrade) {
  OutputBuffer out;
  WebSocketReader::write_upgrade(out, "/nano", "127.0.0.1:3250", "sub");
  EXPECT_EQ(as_text(out.view()),
            "GET /nano HTTP/1.1\r\nHost: 127.0.0.1:3250\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: sub\r\n\r\n");
}

TEST(WebSocketReader, ReadsTheSameHoweverTheBytesAreCut) {
  std::vector<std::string> sent;
  std::string bytes{answer};
  for (const std::size_t size : {0, 1, 125, 126, 300, 65'535, 65'536, 3}) {
    sent.emplace_back(size, static_cast<char>('a' + size % 26));
    bytes += server_frame(opcode::binary, sent.back());
  }
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    const std::size_t most = std::size_t{1} << (random() % 18);
    Reading reading;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t count = std::min(bytes.size() - at, 1 + random() % most);
      reading.take(std::string_view{bytes}.substr(at, count));
      at += count;
    }
    EXPECT_EQ(reading.upgrades, 1);
    EXPECT_TRUE(reading.messages == sent);
    EXPECT_TRUE(reading.out.empty());
  }
}

TEST(WebSocketReader, AnswersAPingWithItsPayload) {
  Reading reading;
  reading.take(answer);
  reading.take(server_frame(opcode::ping, "hello") + server_frame(opcode::pong, ""));
  EXPECT_EQ(reading.out.view()[0], 0x8a);
  EXPECT_EQ(unmasked(reading.out.view(), 2), "hello");
  EXPECT_TRUE(reading.messages.empty());
}

TEST(WebSocketReader, SaysWhatAServerDoesWrong) {
  const std::string upgraded{answer};
  EXPECT_EQ(failure_of("HTTP/1.1 404 Not Found\r\n\r\n"),
            "the server does not upgrade to WebSocket, it answers \"HTTP/1.1 404 Not Found\"; see whether "
            "--path is right");
  EXPECT_NE(failure_of("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: no\r\n\r\n"), "none");
  EXPECT_EQ(failure_of(std::string(20'000, 'a')), "the server's answer to the upgrade has no end");
  EXPECT_EQ(failure_of(upgraded + server_frame(opcode::close, std::string("\x03\xe9", 2) + "bye")),
            "the server closed the WebSocket with code 1001: bye");
  EXPECT_EQ(failure_of(upgraded + "\x82\x80"), "the server sent a masked WebSocket frame");
  EXPECT_EQ(failure_of(upgraded + std::string("\x02\x01", 2)),
            "the server sent a WebSocket frame with reserved bits, or a fragment");
  EXPECT_EQ(failure_of(upgraded + std::string("\x82\x7f\0\0\0\1\0\0\0\0", 10)),
            "the server sent a WebSocket frame over 16 MiB");
}

}  // namespace
}  // namespace nano::benchmark
