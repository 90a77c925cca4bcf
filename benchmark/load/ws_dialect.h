// Internal header. WsDialect: a bare WebSocket server that echoes, as one builds it on the npm package ws.
#pragma once

#include <string>

#include "benchmark/load/dialect.h"
#include "benchmark/load/websocket_frames.h"

namespace nano::benchmark {

/// A request is a binary message of an id (8 bytes, big-endian) and the payload; its answer has the same
/// form. There are no routes, but two of them mean something: a request to one that ends in "Join" has the
/// highest bit of the id set and lets the client into the server's one room, and each notify has the id 0 and
/// goes to all who are in the room, where it is the push "onSay".
class WsDialect final : public Dialect {
 public:
  explicit WsDialect(const DialectSettings& settings) : path_(settings.path) {}

  void prepare(const std::string& address) override { host_ = address; }
  void open(OutputBuffer& out) override;
  void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) override;
  void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                     protocol::ByteView payload) override;
  void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) override;

 private:
  const std::string path_;
  std::string host_;
  WebSocketReader websocket_;
};

}  // namespace nano::benchmark
