// WebSocket frames of a client, unmasked and cut into packets.

#include <algorithm>
#include <cstdint>
#include <span>

#include "benchmark/micro/measure.h"
#include "nano/websocket/stream.h"
#include "protocol/packet.h"

namespace nano::benchmark {
namespace {

using protocol::Bytes;

/// One data packet as a final, masked, binary frame of up to 125 bytes (RFC 6455, section 5.2).
Bytes masked_frame(std::size_t body_bytes) {
  constexpr std::uint8_t key[] = {0x37, 0xfa, 0x21, 0x3d};
  const Bytes packet = protocol::encode_packet(protocol::PacketType::data, Bytes(body_bytes, 'x'));
  Bytes frame{0x82, static_cast<std::uint8_t>(0x80 | packet.size())};
  frame.insert(frame.end(), std::begin(key), std::end(key));
  for (std::size_t i = 0; i < packet.size(); ++i) frame.push_back(packet[i] ^ key[i % 4]);
  return frame;
}

/// All frames come in one read. The stream overwrites its input, so each iteration copies it first.
void decode_websocket_frames(State& state) {
  const auto frames = static_cast<std::size_t>(state.range(0));
  const Bytes frame = masked_frame(64);
  Bytes input;
  for (std::size_t i = 0; i < frames; ++i) input.insert(input.end(), frame.begin(), frame.end());
  Bytes buffer(input.size());
  WebSocketStream stream;
  protocol::PacketDecoder decoder;
  std::uint64_t packets = 0;
  for (auto _ : state) {
    std::copy(input.begin(), input.end(), buffer.begin());
    stream.consume(buffer, [&](std::span<const std::uint8_t> payload) {
      (void)decoder.feed(payload, [&packets](const protocol::Packet&) { ++packets; });
    });
  }
  count_work(state, frames, input.size());
  expect(state, packets == iterations(state) * frames, "not all packets were found");
}
BENCHMARK(decode_websocket_frames)->ArgName("frames")->Arg(1)->Arg(8)->Arg(64);

}  // namespace
}  // namespace nano::benchmark
