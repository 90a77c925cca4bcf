// WebSocket frames of a client, unmasked and cut into packets.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "benchmark/micro/measure.h"
#include "nano/websocket/deflate.h"
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

/// A push of JSON, some players and where they are.
std::string json_of(std::size_t bytes) {
  std::string json = "[";
  for (unsigned i = 0; json.size() < bytes; ++i) {
    json += R"({"id":)" + std::to_string(1000 + i * 7919 % 8999);
    json += R"(,"name":"player )" + std::to_string(i) + R"(","x":)" + std::to_string(i * 7561 % 1000) +
            R"(,"y":)" + std::to_string(i * 6829 % 1000) + "},";
  }
  json.resize(bytes);
  return json;
}

/// What compression costs the logic thread for each packet, whatever the number of its receivers. The label
/// says to how many bytes.
void deflate_packet(State& state) {
  const std::string json = json_of(static_cast<std::size_t>(state.range(0)));
  WebSocketDeflater deflater;
  std::size_t sent_bytes = 0;
  for (auto _ : state) {
    Frame frame = Frame::allocate(json.size());
    std::copy(json.begin(), json.end(), frame.writable());
    deflater.prepare(frame);
    sent_bytes = frame.bytes(FrameForm::websocket_deflated).size();
  }
  count_work(state, 1, json.size());
  state.SetLabel(std::to_string(sent_bytes) + " bytes");
  expect(state, sent_bytes < json.size(), "the packet was not compressed");
}
BENCHMARK(deflate_packet)->ArgName("bytes")->Arg(256)->Arg(1024)->Arg(16384);

}  // namespace
}  // namespace nano::benchmark
