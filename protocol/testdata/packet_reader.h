// Internal header. What tests of the packet decoder share: feeding chunks and collecting what comes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "protocol/packet.h"

namespace nano::protocol::testdata {

enum class FeedBy { packet, run };

/// For the names of tests.
inline void PrintTo(FeedBy by, std::ostream* out) { *out << (by == FeedBy::packet ? "Packet" : "Run"); }

/// All that a stream decoder made of some chunks. Equal if the same packets and the same error came out.
struct Received {
  std::vector<std::string> packets;  // type as one byte, then the body
  PacketError error = PacketError::none;
  bool operator==(const Received&) const = default;
};

inline std::string packet_text(const Packet& packet) {
  return std::string(1, static_cast<char>(packet.type)) + std::string(as_text(packet.body));
}

/// Feeds one chunk, from memory of exactly its size, so that a sanitizer sees reads beyond it.
inline PacketError feed_chunk(PacketDecoder& decoder, FeedBy by, ByteView chunk,
                              std::vector<std::string>& packets) {
  const Bytes exact(chunk.begin(), chunk.end());
  const auto collect = [&packets](const Packet& packet) { packets.push_back(packet_text(packet)); };
  if (by == FeedBy::packet) return decoder.feed(exact, collect);
  return decoder.feed_runs(exact, [&collect](ByteView run) { for_each_packet(run, collect); });
}

/// Feeds `stream` to a fresh decoder, cut at `cuts` (ascending offsets).
inline Received receive(ByteView stream, const std::vector<std::size_t>& cuts, FeedBy by,
                        std::uint32_t body_bytes_max) {
  PacketDecoder decoder(body_bytes_max);
  Received received;
  std::size_t from = 0;
  for (const std::size_t to : cuts) {
    received.error = feed_chunk(decoder, by, stream.subspan(from, to - from), received.packets);
    from = to;
  }
  received.error = feed_chunk(decoder, by, stream.subspan(from), received.packets);
  return received;
}

}  // namespace nano::protocol::testdata
