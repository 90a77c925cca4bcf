// Internal header. The client's side of WebSocket (RFC 6455): upgrade, masked frames out, frames in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "benchmark/load/output_buffer.h"
#include "protocol/bytes.h"

namespace nano::benchmark {

namespace opcode {
inline constexpr std::uint8_t text = 1;
inline constexpr std::uint8_t binary = 2;
inline constexpr std::uint8_t close = 8;
inline constexpr std::uint8_t ping = 9;
inline constexpr std::uint8_t pong = 10;
}  // namespace opcode

/// A frame that is being written: fill `payload`, then call `finish`, which masks it. Nothing else may be
/// written to the buffer in between. The mask is always the same: section 10.3 wants it unpredictable because
/// of proxies and scripts, of which there are none here.
class ClientFrame {
 public:
  /// Writes the header of a final frame and makes room for the payload.
  ClientFrame(OutputBuffer& out, std::uint8_t opcode, std::size_t payload_bytes);
  std::uint8_t* payload() const { return payload_; }
  void finish();

 private:
  std::uint8_t* payload_;
  std::size_t payload_bytes_;
};

/// A whole frame with this payload.
void write_client_frame(OutputBuffer& out, std::uint8_t opcode, protocol::ByteView payload);

/// Reads what a WebSocket server sends: first its answer to the upgrade, then frames. Holds at most one
/// incomplete frame. One thread.
class WebSocketReader {
 public:
  /// Longer frames are an error.
  static constexpr std::size_t payload_bytes_max = 1u << 24;

  /// Writes the upgrade request. `host` is the value of the header, `protocols` that of
  /// Sec-WebSocket-Protocol, left out if empty.
  static void write_upgrade(OutputBuffer& out, std::string_view path, std::string_view host,
                            std::string_view protocols = {});

  /// Calls `on_upgraded()` once the upgrade is answered and `on_message(opcode, ByteView)` for each text or
  /// binary message, which is valid during the call. Answers pings by itself. Throws DialectError: the
  /// upgrade was refused, the server closed, or it sent what it must not; fragments are not read either.
  template <class OnUpgraded, class OnMessage>
  void read(protocol::ByteView input, OutputBuffer& out, OnUpgraded&& on_upgraded, OnMessage&& on_message);

 private:
  struct Header {
    std::size_t header_bytes = 0;  // 0: not whole yet
    std::size_t payload_bytes = 0;
  };
  static Header read_header(protocol::ByteView bytes);
  bool take_upgrade_answer(protocol::ByteView& input);
  bool complete_held_frame(protocol::ByteView& input);
  bool append(protocol::ByteView& input, std::size_t frame_bytes);
  bool on_control(std::uint8_t opcode, protocol::ByteView payload, OutputBuffer& out);

  bool upgraded_ = false;
  protocol::Bytes held_;  // the beginning of the server's answer, or of a frame
};

template <class OnUpgraded, class OnMessage>
void WebSocketReader::read(protocol::ByteView input, OutputBuffer& out, OnUpgraded&& on_upgraded,
                           OnMessage&& on_message) {
  if (!upgraded_) {
    if (!take_upgrade_answer(input)) return;
    on_upgraded();
  }
  const auto deliver = [&](protocol::ByteView frame, const Header& header) {
    const std::uint8_t code = frame[0] & 0x0f;
    const protocol::ByteView payload = frame.subspan(header.header_bytes, header.payload_bytes);
    if (!on_control(code, payload, out)) on_message(code, payload);
  };
  if (!held_.empty()) {
    if (!complete_held_frame(input)) return;
    deliver(held_, read_header(held_));
    held_.clear();
  }
  while (!input.empty()) {
    const Header header = read_header(input);
    const std::size_t frame_bytes = header.header_bytes + header.payload_bytes;
    if (header.header_bytes == 0 || input.size() < frame_bytes) break;
    deliver(input, header);
    input = input.subspan(frame_bytes);
  }
  held_.assign(input.begin(), input.end());
}

}  // namespace nano::benchmark
