// Internal header. SocketIoDialect: Socket.IO's protocol 5 over Engine.IO's protocol 4, WebSocket only.
#pragma once

#include <string>

#include "benchmark/load/dialect.h"
#include "benchmark/load/websocket_frames.h"

namespace nano::benchmark {

/// A route is the name of an event. A request is an event with an acknowledgement, which is its answer; a
/// push is an event. Payloads are JSON and go into the packet as they are: what is not a JSON object or array
/// is refused with DialectError, as the packets with binary attachments are not written here. The path is
/// that of every Socket.IO server, "/socket.io/". Facts: socket.io/docs/v4/engine-io-protocol and
/// socket.io/docs/v4/socket-io-protocol.
class SocketIoDialect final : public Dialect {
 public:
  explicit SocketIoDialect(const DialectSettings&) {}

  void prepare(const std::string& address) override { host_ = address; }
  void open(OutputBuffer& out) override;
  void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) override;
  void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                     protocol::ByteView payload) override;
  void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) override;

 private:
  void on_packet(std::string_view packet, OutputBuffer& out, DialectEvents& events);
  void on_message(std::string_view message, DialectEvents& events);

  std::string host_;
  bool is_open_ = false;
  WebSocketReader websocket_;
};

}  // namespace nano::benchmark
