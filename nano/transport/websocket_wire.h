// Internal header. WebSocketWire: packets in the messages of a WebSocket.
#pragma once

#include <cstdint>
#include <span>

#include "nano/transport/packet_wire.h"
#include "nano/websocket/stream.h"

namespace nano {

/// What follows the upgrade.
class WebSocketWire final : public PacketWire {
 public:
  /// `deflate`: compression is agreed on.
  WebSocketWire(ByteConnection& connection, LogicLoop& loop, const ListenerOptions& options, bool deflate);

  void on_bytes(std::span<std::uint8_t> bytes) override;
  /// The client answers our close frame, unless it has sent its own before.
  bool awaits_last_word() const override { return stream_.status() == WebSocketStream::Status::closing; }

 private:
  FrameForm form_of(const Frame& frame) const override;
  void say_goodbye(const CloseReason& reason) override;
  void on_finished();

  WebSocketDeflater* const deflater_;  // null: no compression is agreed on
  WebSocketStream stream_;
};

}  // namespace nano
