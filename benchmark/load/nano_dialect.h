// Internal header. NanoDialect: the protocol of Nano, Go Nano and pomelo, over TCP or WebSocket.
#pragma once

#include <string>

#include "benchmark/load/dialect.h"
#include "benchmark/load/websocket_frames.h"
#include "protocol/packet.h"

namespace nano::benchmark {

/// Shakes hands as any client does. Refuses a dictionary of routes.
class NanoDialect final : public Dialect {
 public:
  explicit NanoDialect(const DialectSettings& settings)
      : is_websocket_(settings.transport == Transport::websocket), path_(settings.path) {}

  void prepare(const std::string& address) override { host_ = address; }
  void open(OutputBuffer& out) override;
  void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) override;
  void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                     protocol::ByteView payload) override;
  void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) override;
  double heartbeat_interval_s() const override { return heartbeat_s_; }
  void write_heartbeat(OutputBuffer& out) override { write_packet(out, protocol::PacketType::heartbeat); }

 private:
  void read_packets(protocol::ByteView input, OutputBuffer& out, DialectEvents& events);
  void on_packet(const protocol::Packet& packet, OutputBuffer& out, DialectEvents& events);
  void write_handshake(OutputBuffer& out);
  void on_handshake(protocol::ByteView body, OutputBuffer& out, DialectEvents& events);
  void write_packet(OutputBuffer& out, protocol::PacketType type, protocol::ByteView body = {});

  const bool is_websocket_;
  const std::string path_;
  std::string host_;
  bool is_open_ = false;
  double heartbeat_s_ = 0;
  WebSocketReader websocket_;
  protocol::PacketDecoder decoder_{protocol::packet_body_bytes_max_wire};
};

}  // namespace nano::benchmark
