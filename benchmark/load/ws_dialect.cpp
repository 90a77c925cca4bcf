#include "benchmark/load/ws_dialect.h"

#include <algorithm>

#include "benchmark/load/big_endian.h"

namespace nano::benchmark {

void WsDialect::open(OutputBuffer& out) { WebSocketReader::write_upgrade(out, path_, host_); }

void WsDialect::read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) {
  websocket_.read(
      input, out, [&] { events.on_opened(); },
      [&](std::uint8_t code, protocol::ByteView message) {
        if (code != opcode::binary || message.size() < 8) {
          throw DialectError("the server sent a message that is no echo: it has no id of 8 bytes");
        }
        events.on_answer(read_big_endian(message.data()), true, message.subspan(8));
      });
}

void WsDialect::write_request(OutputBuffer& out, std::string_view, std::uint64_t id,
                              protocol::ByteView payload) {
  ClientFrame frame{out, opcode::binary, 8 + payload.size()};
  write_big_endian(frame.payload(), id);
  std::copy(payload.begin(), payload.end(), frame.payload() + 8);
  frame.finish();
}

void WsDialect::write_notify(OutputBuffer&, std::string_view, protocol::ByteView) {
  throw DialectError("the dialect ws has no notifies; choose --dialect nano, or the scenario request");
}

}  // namespace nano::benchmark
