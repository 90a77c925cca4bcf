// Fuzzer. Any bytes, split in two ways: the same payloads, the same end, and bounded memory.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nano/websocket/deflate.h"
#include "nano/websocket/stream.h"
#include "protocol/assert.h"

namespace {

constexpr std::size_t message_bytes_max = 64;

struct Outcome {
  std::string payloads;
  int close_code = 0;
  bool finished = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::vector<std::uint8_t> bytes, std::size_t piece_bytes, bool deflate) {
  const nano::ManualClock clock;
  nano::WebSocketInflater inflater{clock, std::make_shared<nano::InflateBudget>(std::size_t{1} << 30)};
  nano::WebSocketStream stream = deflate ? nano::WebSocketStream{message_bytes_max, {inflater, 48}}
                                         : nano::WebSocketStream{message_bytes_max};
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
    const std::span piece = std::span{bytes}.subspan(at, std::min(piece_bytes, bytes.size() - at));
    stream.consume(piece, [&](std::span<const std::uint8_t> payload) {
      outcome.payloads.append(payload.begin(), payload.end());
    });
    NANO_ASSERT(stream.take_output().size() <= 2 * 127, "one read is answered by a pong and a close at most");
  }
  outcome.close_code = stream.close_code();
  outcome.finished = stream.status() == nano::WebSocketStream::Status::finished;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<std::uint8_t> bytes{data + 1, data + size};
  for (const bool deflate : {false, true}) {
    const Outcome whole = read(bytes, bytes.size() + 1, deflate);
    NANO_ASSERT(deflate || whole.payloads.size() <= bytes.size(), "payloads are part of the input");
    NANO_ASSERT(whole.payloads.size() <= bytes.size() * message_bytes_max, "each message has its limit");
    NANO_ASSERT(read(bytes, 1, deflate) == whole, "byte by byte gives the same");
    NANO_ASSERT(read(bytes, 2 + data[0] % 30, deflate) == whole, "in pieces gives the same");
  }
  return 0;
}
