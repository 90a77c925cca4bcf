#include "benchmark/load/ws_dialect.h"

#include <algorithm>

#include "benchmark/load/big_endian.h"

namespace nano::benchmark {
namespace {

constexpr std::uint64_t broadcast_id = 0;
constexpr std::uint64_t join_bit = std::uint64_t{1} << 63;
constexpr std::string_view push_route = "onSay";  // there is but one room

void write_message(OutputBuffer& out, std::uint64_t id, protocol::ByteView payload) {
  ClientFrame frame{out, opcode::binary, 8 + payload.size()};
  write_big_endian(frame.payload(), id);
  std::copy(payload.begin(), payload.end(), frame.payload() + 8);
  frame.finish();
}

}  // namespace

void WsDialect::open(OutputBuffer& out) { WebSocketReader::write_upgrade(out, path_, host_); }

void WsDialect::read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) {
  websocket_.read(
      input, out, [&] { events.on_opened(); },
      [&](std::uint8_t code, protocol::ByteView message) {
        if (code != opcode::binary || message.size() < 8) {
          throw DialectError("the server sent a message that is no echo: it has no id of 8 bytes");
        }
        const std::uint64_t id = read_big_endian(message.data());
        if (id == broadcast_id) {
          events.on_push(push_route, message.subspan(8));
        } else {
          events.on_answer(id & ~join_bit, true, message.subspan(8));
        }
      });
}

void WsDialect::write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                              protocol::ByteView payload) {
  write_message(out, route.ends_with("Join") ? id | join_bit : id, payload);
}

void WsDialect::write_notify(OutputBuffer& out, std::string_view, protocol::ByteView payload) {
  write_message(out, broadcast_id, payload);
}

}  // namespace nano::benchmark
