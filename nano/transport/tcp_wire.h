// Internal header. TcpWire: packets over bare TCP, or TLS.
#pragma once

#include <cstdint>
#include <span>

#include "nano/transport/packet_wire.h"

namespace nano {

/// The stream is nothing but packets.
class TcpWire final : public PacketWire {
 public:
  TcpWire(ByteConnection& connection, LogicLoop& loop, const ListenerOptions& options)
      : PacketWire(connection, loop, options) {}

  void on_bytes(std::span<std::uint8_t> bytes) override { read_packets(bytes); }

 private:
  FrameForm form_of(const Frame&) const override { return FrameForm::packet; }
};

}  // namespace nano
