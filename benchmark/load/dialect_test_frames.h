// Internal header. What tests of dialects over WebSocket need: the server's side of frames, and what was
// told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "benchmark/load/dialect.h"

namespace nano::benchmark::testing {

/// A short unmasked frame as servers send it.
inline std::string server_frame(std::uint8_t opcode, std::string_view payload) {
  EXPECT_LT(payload.size(), 126U);
  return static_cast<char>(0x80 | opcode) + std::string(1, static_cast<char>(payload.size())) +
         std::string{payload};
}

/// The answer to the upgrade requests of WebSocketReader.
inline std::string upgrade_answer() {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
}

/// The short frames that a client wrote, unmasked, each with its opcode as first byte. Empties `out`.
inline std::vector<std::string> client_frames(OutputBuffer& out) {
  std::vector<std::string> frames;
  std::string_view bytes = protocol::as_text(out.view());
  while (!bytes.empty()) {
    const std::size_t payload_bytes = bytes[1] & 0x7f;
    EXPECT_LT(payload_bytes, 126U);
    std::string frame(1, static_cast<char>(bytes[0] & 0x0f));
    for (std::size_t i = 0; i < payload_bytes; ++i) frame += bytes[6 + i] ^ bytes[2 + i % 4];
    frames.push_back(frame);
    bytes.remove_prefix(6 + payload_bytes);
  }
  out.clear();
  return frames;
}

inline std::string text_of(const OutputBuffer& out) { return std::string{protocol::as_text(out.view())}; }

/// Each event as a line: "opened", "answer 7 ok payload", "push route payload".
class RecordedEvents final : public DialectEvents {
 public:
  void on_opened() override { lines.push_back("opened"); }
  void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) override {
    lines.push_back("answer " + std::to_string(id) + (ok ? " ok " : " failed ") +
                    std::string{protocol::as_text(payload)});
  }
  void on_push(std::string_view route, protocol::ByteView payload) override {
    lines.push_back("push " + std::string{route} + " " + std::string{protocol::as_text(payload)});
  }

  std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

}  // namespace nano::benchmark::testing
