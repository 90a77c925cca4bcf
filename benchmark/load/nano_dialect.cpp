#include "benchmark/load/nano_dialect.h"

#include <algorithm>

#include "protocol/handshake.h"
#include "protocol/message.h"

namespace nano::benchmark {
namespace {

/// Calls `write(std::uint8_t*)` for `bytes` bytes at the end of `out`; over WebSocket in a frame of their
/// own, as clients send packets.
template <class Write>
void write_framed(OutputBuffer& out, bool is_websocket, std::size_t bytes, Write&& write) {
  if (!is_websocket) {
    write(out.extend(bytes));
    return;
  }
  ClientFrame frame{out, opcode::binary, bytes};
  write(frame.payload());
  frame.finish();
}

void write_message(OutputBuffer& out, bool is_websocket, const protocol::Message& message,
                   protocol::ByteView payload) {
  const std::size_t head_bytes = protocol::encoded_size(message);
  const std::size_t body_bytes = head_bytes + payload.size();
  write_framed(out, is_websocket, protocol::packet_header_bytes + body_bytes, [&](std::uint8_t* at) {
    protocol::write_packet_header(at, protocol::PacketType::data, body_bytes);
    at += protocol::packet_header_bytes;
    protocol::encode_message(message, at);
    std::copy(payload.begin(), payload.end(), at + head_bytes);
  });
}

}  // namespace

void NanoDialect::open(OutputBuffer& out) {
  if (is_websocket_) {
    WebSocketReader::write_upgrade(out, path_, host_);
  } else {
    write_handshake(out);
  }
}

void NanoDialect::write_handshake(OutputBuffer& out) {
  // An empty body would do for some servers; pomelo and its kin want one.
  constexpr std::string_view body = R"({"sys":{"type":"nano-bench","version":"1.0.0"},"user":{}})";
  write_packet(out, protocol::PacketType::handshake, protocol::as_bytes(body));
}

void NanoDialect::read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) {
  if (!is_websocket_) {
    read_packets(input, out, events);
    return;
  }
  websocket_.read(
      input, out, [&] { write_handshake(out); },
      [&](std::uint8_t, protocol::ByteView payload) { read_packets(payload, out, events); });
}

void NanoDialect::read_packets(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) {
  const auto error =
      decoder_.feed(input, [&](const protocol::Packet& packet) { on_packet(packet, out, events); });
  if (error != protocol::PacketError::none) {
    throw DialectError("the server sent a bad packet: " + std::string{protocol::to_string(error)});
  }
}

void NanoDialect::on_packet(const protocol::Packet& packet, OutputBuffer& out, DialectEvents& events) {
  if (packet.type == protocol::PacketType::data) [[likely]] {
    protocol::Message message;
    const auto error = protocol::decode_message(packet.body, nullptr, message);
    if (error != protocol::MessageError::none) {
      throw DialectError("the server sent a bad message: " + std::string{protocol::to_string(error)});
    }
    if (message.type == protocol::MessageType::response) {
      events.on_answer(message.id, !message.is_error, message.payload);
    } else if (message.type == protocol::MessageType::push) {
      events.on_push(message.route, message.payload);
    } else {
      throw DialectError("the server sent a " + std::string{protocol::to_string(message.type)});
    }
    return;
  }
  switch (packet.type) {
    case protocol::PacketType::handshake: on_handshake(packet.body, out, events); break;
    case protocol::PacketType::heartbeat: break;
    case protocol::PacketType::kick:
      throw DialectError("the server kicked a client: " + std::string{protocol::as_text(packet.body)});
    default: throw DialectError("the server sent a handshake-ack");
  }
}

void NanoDialect::on_handshake(protocol::ByteView body, OutputBuffer& out, DialectEvents& events) {
  const auto document = protocol::parse_server_handshake(body);
  if (!document) throw DialectError("the server's handshake is not readable: " + document.error().message);
  if (document->code != protocol::handshake_code_ok) {
    throw DialectError("the server refused the handshake with code " + std::to_string(document->code) + " " +
                       document->message);
  }
  if (!document->dict.empty()) {
    throw DialectError("the server compresses routes, which this program does not read; turn that off");
  }
  if (is_open_) throw DialectError("the server shook hands twice");
  write_packet(out, protocol::PacketType::handshake_ack);
  is_open_ = true;
  heartbeat_s_ = document->heartbeat_s;
  events.on_opened();
}

void NanoDialect::write_packet(OutputBuffer& out, protocol::PacketType type, protocol::ByteView body) {
  write_framed(out, is_websocket_, protocol::packet_header_bytes + body.size(), [&](std::uint8_t* at) {
    protocol::write_packet_header(at, type, body.size());
    std::copy(body.begin(), body.end(), at + protocol::packet_header_bytes);
  });
}

void NanoDialect::write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                                protocol::ByteView payload) {
  write_message(out, is_websocket_, {.type = protocol::MessageType::request, .id = id, .route = route},
                payload);
}

void NanoDialect::write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) {
  write_message(out, is_websocket_, {.type = protocol::MessageType::notify, .route = route}, payload);
}

}  // namespace nano::benchmark
