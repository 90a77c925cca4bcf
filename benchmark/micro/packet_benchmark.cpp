// Packets: cutting a stream of bytes, and making it.

#include <algorithm>
#include <cstdint>

#include "benchmark/micro/measure.h"
#include "protocol/packet.h"

namespace nano::benchmark {
namespace {

using protocol::Bytes;
using protocol::ByteView;
using protocol::PacketError;
using protocol::PacketType;

/// As many data packets as one read of a busy socket may bring.
Bytes stream_of(std::size_t packets, std::size_t body_bytes) {
  const Bytes body(body_bytes, 'x');
  const Bytes packet = protocol::encode_packet(PacketType::data, body);
  Bytes stream;
  for (std::size_t i = 0; i < packets; ++i) stream.insert(stream.end(), packet.begin(), packet.end());
  return stream;
}

/// All packets lie whole in one input: nothing is copied.
void decode_whole_packets(State& state) {
  const auto packets = static_cast<std::size_t>(state.range(0));
  const Bytes stream = stream_of(packets, static_cast<std::size_t>(state.range(1)));
  protocol::PacketDecoder decoder;
  std::uint64_t seen = 0;
  std::uint64_t body_bytes = 0;
  for (auto _ : state) {
    const PacketError error = decoder.feed(stream, [&](const protocol::Packet& packet) {
      ++seen;
      body_bytes += packet.body.size();
    });
    DoNotOptimize(error);
    DoNotOptimize(body_bytes);
  }
  count_work(state, packets, stream.size());
  expect(state, seen == iterations(state) * packets, "not all packets were found");
}
BENCHMARK(decode_whole_packets)
    ->ArgNames({"packets", "body"})
    ->Args({1, 64})
    ->Args({16, 64})
    ->Args({256, 64})
    ->Args({16, 4096});

/// The stream comes in pieces that cut through packets, as networks make them.
void decode_packets_in_pieces(State& state) {
  constexpr std::size_t packets = 64;
  const auto piece_bytes = static_cast<std::size_t>(state.range(0));
  const Bytes stream = stream_of(packets, 64);
  protocol::PacketDecoder decoder;
  std::uint64_t seen = 0;
  for (auto _ : state) {
    for (ByteView rest = stream; !rest.empty();) {
      const ByteView piece = rest.first(std::min(piece_bytes, rest.size()));
      rest = rest.subspan(piece.size());
      const PacketError error = decoder.feed(piece, [&seen](const protocol::Packet&) { ++seen; });
      DoNotOptimize(error);
    }
  }
  count_work(state, packets, stream.size());
  expect(state, seen == iterations(state) * packets, "not all packets were found");
}
BENCHMARK(decode_packets_in_pieces)->ArgName("piece")->Arg(1)->Arg(7)->Arg(50)->Arg(1448);

void encode_packet(State& state) {
  const Bytes body(static_cast<std::size_t>(state.range(0)), 'x');
  Bytes packet;
  for (auto _ : state) {
    packet = protocol::encode_packet(PacketType::data, body);
    DoNotOptimize(packet.data());
  }
  count_work(state, 1, packet.size());
  expect(state, packet.size() == protocol::packet_header_bytes + body.size(), "the packet is not whole");
}
BENCHMARK(encode_packet)->ArgName("body")->Arg(64)->Arg(4096);

}  // namespace
}  // namespace nano::benchmark
