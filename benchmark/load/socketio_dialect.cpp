#include "benchmark/load/socketio_dialect.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace nano::benchmark {
namespace {

namespace engine {  // the first character of each WebSocket message
constexpr char open = '0';
constexpr char close = '1';
constexpr char ping = '2';
constexpr char message = '4';
constexpr char noop = '6';
}  // namespace engine

namespace packet_type {  // the character after engine::message
constexpr char connect = '0';
constexpr char disconnect = '1';
constexpr char event = '2';
constexpr char ack = '3';
constexpr char connect_error = '4';
}  // namespace packet_type

/// The packet's type, the id, and ["route",payload], or ["route"] without a payload.
void write_event(OutputBuffer& out, std::string_view id, std::string_view route, protocol::ByteView payload) {
  if (!payload.empty() && payload[0] != '{' && payload[0] != '[') {
    throw DialectError("the dialect socket.io carries JSON; choose --payload json");
  }
  const std::string_view comma = payload.empty() ? "" : ",";
  const std::array parts{std::string_view{"42"}, id,    std::string_view{"[\""},    route,
                         std::string_view{"\""}, comma, protocol::as_text(payload), std::string_view{"]"}};
  std::size_t bytes = 0;
  for (const std::string_view part : parts) bytes += part.size();
  ClientFrame frame{out, opcode::text, bytes};
  std::uint8_t* at = frame.payload();
  for (const std::string_view part : parts) at = std::copy(part.begin(), part.end(), at);
  frame.finish();
}

/// The elements of a JSON array, without its brackets. Throws DialectError.
std::string_view elements(std::string_view array) {
  if (array.size() < 2 || array.front() != '[' || array.back() != ']') {
    throw DialectError("the server sent a Socket.IO packet without data: " +
                       std::string{array.substr(0, 80)});
  }
  return array.substr(1, array.size() - 2);
}

void tell_answer(std::string_view packet, DialectEvents& events) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(packet.data(), packet.data() + packet.size(), id);
  if (error != std::errc{}) throw DialectError("the server sent an acknowledgement without an id");
  packet.remove_prefix(static_cast<std::size_t>(end - packet.data()));
  events.on_answer(id, true, protocol::as_bytes(elements(packet)));
}

/// Names of events are taken to have no quotes in them.
void tell_push(std::string_view packet, DialectEvents& events) {
  const std::string_view data = elements(packet);
  const std::size_t name_end = data.find('"', 1);
  if (data.empty() || data.front() != '"' || name_end == std::string_view::npos) {
    throw DialectError("the server sent an event without a name: " + std::string{data.substr(0, 80)});
  }
  const std::string_view rest = data.substr(name_end + 1);  // empty, or a comma and the payload
  events.on_push(data.substr(1, name_end - 1), protocol::as_bytes(rest.substr(rest.empty() ? 0 : 1)));
}

}  // namespace

void SocketIoDialect::open(OutputBuffer& out) {
  WebSocketReader::write_upgrade(out, "/socket.io/?EIO=4&transport=websocket", host_);
}

void SocketIoDialect::read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) {
  websocket_.read(
      input, out, [] {},
      [&](std::uint8_t code, protocol::ByteView payload) {
        if (code != opcode::text || payload.empty()) {
          throw DialectError("the server sent a binary attachment, which this program does not read");
        }
        on_packet(protocol::as_text(payload), out, events);
      });
}

void SocketIoDialect::on_packet(std::string_view packet, OutputBuffer& out, DialectEvents& events) {
  switch (packet.front()) {
    case engine::message: on_message(packet.substr(1), events); break;
    case engine::open: write_client_frame(out, opcode::text, protocol::as_bytes("40")); break;
    case engine::ping: write_client_frame(out, opcode::text, protocol::as_bytes("3")); break;
    case engine::close: throw DialectError("the server closed the Engine.IO connection");
    case engine::noop: break;
    default:
      throw DialectError("the server sent an unknown Engine.IO packet: " + std::string{packet.substr(0, 80)});
  }
}

void SocketIoDialect::on_message(std::string_view message, DialectEvents& events) {
  const char type = message.empty() ? '\0' : message.front();
  if (type == packet_type::connect_error || type == packet_type::disconnect) {
    throw DialectError("the server refused or ended the Socket.IO session: " + std::string{message});
  }
  if (is_open_ && type == packet_type::ack) {
    tell_answer(message.substr(1), events);
  } else if (is_open_ && type == packet_type::event) {
    tell_push(message.substr(1), events);
  } else if (!is_open_ && type == packet_type::connect) {
    is_open_ = true;
    events.on_opened();
  } else {
    throw DialectError("the server sent a Socket.IO packet out of turn: " +
                       std::string{message.substr(0, 80)});
  }
}

void SocketIoDialect::write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                                    protocol::ByteView payload) {
  std::array<char, 20> digits;
  const auto [end, error] = std::to_chars(digits.begin(), digits.end(), id);
  write_event(out, {digits.data(), static_cast<std::size_t>(end - digits.data())}, route, payload);
}

void SocketIoDialect::write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) {
  write_event(out, {}, route, payload);
}

}  // namespace nano::benchmark
