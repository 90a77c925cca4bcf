// Internal header. ColyseusDialect: the protocol of Colyseus 0.18, a room's messages over WebSocket.
#pragma once

#include <string>
#include <string_view>

#include "benchmark/load/dialect.h"
#include "benchmark/load/websocket_frames.h"

namespace nano::benchmark {

/// What the matchmaker of Colyseus reserves for a client.
struct ColyseusSeat {
  std::string process_id;
  std::string room_id;
  std::string session_id;

  /// Throws DialectError if `json` is no answer of the matchmaker.
  static ColyseusSeat parse(std::string_view json);
};

/// Takes a seat in the one room "bench". A route is the type of a message; a request is a message that wants
/// a reply (ROOM_REQUEST, new with 0.18), a push is a message of the room. Payloads go as bytes of
/// MessagePack. Facts: the packages @colyseus/core, /shared-types (codes) and /schema (numbers and strings of
/// headers, little-endian) of version 0.18, and MessagePack's specification (payloads, big-endian).
class ColyseusDialect final : public Dialect {
 public:
  explicit ColyseusDialect(const DialectSettings&) {}

  /// Asks the matchmaker for a seat, on another connection.
  void prepare(const std::string& address) override;
  /// The same with a seat at hand.
  void take(const ColyseusSeat& seat) { seat_ = seat; }

  void open(OutputBuffer& out) override;
  void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) override;
  void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                     protocol::ByteView payload) override;
  void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) override;

 private:
  void on_message(protocol::ByteView message, OutputBuffer& out, DialectEvents& events);

  std::string host_;
  ColyseusSeat seat_;
  bool is_open_ = false;
  WebSocketReader websocket_;
};

}  // namespace nano::benchmark
