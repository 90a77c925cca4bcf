// Public header. Packets: the outermost layer of what travels between a client and a server.
//
// A packet is one byte of type, three bytes of body length (big-endian) and the body. On TCP packets follow
// each other without a gap; the payloads of WebSocket messages, put together, are the same stream of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/assert.h"
#include "protocol/bytes.h"
#include "protocol/limits.h"

namespace nano::protocol {

enum class PacketType : std::uint8_t { handshake = 1, handshake_ack = 2, heartbeat = 3, data = 4, kick = 5 };

/// As in the protocol's description: "handshake-ack". "unknown" for a value that is no packet type.
std::string_view to_string(PacketType type);

struct Packet {
  PacketType type;
  ByteView body;
};

enum class PacketError : std::uint8_t { none, unknown_type, body_too_large };

/// A few words for a log line: "body too large".
std::string_view to_string(PacketError error);

/// Writes the header of a packet to the four bytes at `out`. A body of more than `packet_body_bytes_max_wire`
/// bytes is a mistake of the caller, who must have checked it: the process stops.
void write_packet_header(std::uint8_t* out, PacketType type, std::size_t body_bytes);

/// A whole packet in a buffer of its own. Same limit as `write_packet_header`.
Bytes encode_packet(PacketType type, ByteView body);

/// Calls `on_packet(const Packet&)` for each packet of a run as `PacketDecoder::feed_runs` delivers it; other
/// bytes are a mistake of the caller: the process stops. Bodies are views into `run`. `on_packet` may return
/// a bool: false ends the walk, and then false is returned here.
template <class OnPacket>
bool for_each_packet(ByteView run, OnPacket&& on_packet);

/// Cuts a stream of bytes into packets. Holds at most one incomplete packet, and no memory between packets;
/// memory for an incomplete one grows with the bytes that arrive, whatever length its header claims.
///
/// Thread: any, one at a time. The callbacks are called from within `feed` and `feed_runs`; they must neither
/// feed nor destroy the decoder.
class PacketDecoder {
 public:
  /// Packets with a longer body than `body_bytes_max` are an error.
  explicit PacketDecoder(std::uint32_t body_bytes_max = packet_body_bytes_default)
      : body_bytes_max_(body_bytes_max) {}
  PacketDecoder(const PacketDecoder&) = delete;
  PacketDecoder& operator=(const PacketDecoder&) = delete;

  /// Calls `on_packet(const Packet&)` for each packet that `input` completes. Bodies are valid during the
  /// call; a packet that lies whole in `input` is not copied.
  ///
  /// Errors: an unknown type as soon as its byte arrives, an excessive length as soon as the header is there;
  /// the packets before it are delivered first. From then on every call returns that error and does nothing.
  ///
  /// `on_packet` returns whether to go on (or void). After false, or after it has thrown, the decoder drops
  /// the rest of this and all later input and returns `none`.
  template <class OnPacket>
  PacketError feed(ByteView input, OnPacket&& on_packet);

  /// The same for a receiver who hands packets on to another thread: calls `on_run(ByteView)` with runs of
  /// whole packets, headers included, to be walked with `for_each_packet`. At most two calls for each input:
  /// one with the packet that began in an earlier input, one with all that lie whole in this one. A run is
  /// valid during the call. Limits, errors and the meaning of what `on_run` returns are those of `feed`.
  template <class OnRun>
  PacketError feed_runs(ByteView input, OnRun&& on_run);

  /// Bytes of an incomplete packet, header included; 0 between packets.
  std::size_t buffered_bytes() const { return held_bytes_; }

  /// Heap memory held for them.
  std::size_t allocated_bytes() const { return held_capacity_; }

 private:
  struct Scan {
    std::size_t whole_bytes;  // of the packets that are whole and good
    PacketError error;        // of the packet after them
  };

  Scan scan(ByteView input) const;
  bool complete_held_packet(ByteView& input);
  void append(ByteView& input, std::size_t packet_bytes);
  void hold(ByteView input);
  std::unique_ptr<std::uint8_t[]> release();
  template <class OnRun>
  bool deliver(OnRun& on_run, ByteView run);

  std::unique_ptr<std::uint8_t[]> held_;  // an incomplete packet from its first byte on
  std::uint32_t held_bytes_ = 0;
  std::uint32_t held_capacity_ = 0;
  std::uint32_t body_bytes_max_;
  PacketError error_ = PacketError::none;
  bool stopped_ = false;
};

/// The body length in the header that starts at `header`.
inline std::size_t read_body_bytes(const std::uint8_t* header) {
  return std::size_t{header[1]} << 16 | std::size_t{header[2]} << 8 | header[3];
}

template <class OnPacket>
bool for_each_packet(ByteView run, OnPacket&& on_packet) {
  while (!run.empty()) {
    NANO_ASSERT(run.size() >= packet_header_bytes, "a run ends within a packet");
    const std::size_t packet_bytes = packet_header_bytes + read_body_bytes(run.data());
    NANO_ASSERT(run.size() >= packet_bytes, "a run ends within a packet");
    const Packet packet{static_cast<PacketType>(run[0]),
                        run.subspan(packet_header_bytes, packet_bytes - packet_header_bytes)};
    if constexpr (std::is_void_v<decltype(on_packet(packet))>) {
      on_packet(packet);
    } else if (!on_packet(packet)) {
      return false;
    }
    run = run.subspan(packet_bytes);
  }
  return true;
}

template <class OnPacket>
PacketError PacketDecoder::feed(ByteView input, OnPacket&& on_packet) {
  return feed_runs(input, [&on_packet](ByteView run) { return for_each_packet(run, on_packet); });
}

template <class OnRun>
PacketError PacketDecoder::feed_runs(ByteView input, OnRun&& on_run) {
  if (stopped_ || error_ != PacketError::none) return error_;
  if (held_bytes_ > 0) {
    if (!complete_held_packet(input)) return error_;
    const std::size_t packet_bytes = held_bytes_;
    const std::unique_ptr<std::uint8_t[]> packet = release();
    if (!deliver(on_run, {packet.get(), packet_bytes})) return PacketError::none;
  }
  const Scan found = scan(input);
  if (found.whole_bytes > 0 && !deliver(on_run, input.first(found.whole_bytes))) return PacketError::none;
  error_ = found.error;
  if (error_ == PacketError::none) hold(input.subspan(found.whole_bytes));
  return error_;
}

template <class OnRun>
bool PacketDecoder::deliver(OnRun& on_run, ByteView run) {
  stopped_ = true;  // stays so if on_run throws: what follows in the input would be lost
  if constexpr (std::is_void_v<decltype(on_run(run))>) {
    on_run(run);
    stopped_ = false;
  } else {
    stopped_ = !on_run(run);
  }
  return !stopped_;
}

}  // namespace nano::protocol
