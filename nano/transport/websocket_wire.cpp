#include "nano/transport/websocket_wire.h"

#include <string>
#include <utility>

namespace nano {
namespace {

WebSocketClose close_code(const CloseReason& reason) {
  if (reason.code == "protocol_error") return WebSocketClose::protocol_error;
  if (reason.code == "shutdown") return WebSocketClose::going_away;
  return WebSocketClose::normal;
}

WebSocketStream make_stream(LogicLoop& loop, const ListenerOptions& options, bool deflate) {
  if (!deflate) return WebSocketStream{options.websocket_message_bytes_max};
  return WebSocketStream{options.websocket_message_bytes_max,
                         {loop.inflater(options.inflate_budget),
                          options.packet_body_bytes_max + limits::websocket_deflated_overhead_bytes}};
}

}  // namespace

WebSocketWire::WebSocketWire(ByteConnection& connection, LogicLoop& loop, const ListenerOptions& options,
                             bool deflate)
    : PacketWire(connection, loop, options),
      deflater_(deflate ? options.deflater.get() : nullptr),
      stream_(make_stream(loop, options, deflate)) {}

FrameForm WebSocketWire::form_of(const Frame& frame) const {
  if (!deflater_) return FrameForm::websocket;
  deflater_->prepare(frame);
  return FrameForm::websocket_deflated;
}

void WebSocketWire::on_bytes(std::span<std::uint8_t> bytes) {
  const auto status =
      stream_.consume(bytes, [this](std::span<const std::uint8_t> payload) { read_packets(payload); });
  if (status == WebSocketStream::Status::finished) return on_finished();
  std::string pong = stream_.take_output();
  // A client that sends pings and does not read gets no pongs meanwhile: they would pile up outside the
  // budget.
  if (!pong.empty() && !connection().blocked()) connection().send(std::move(pong));
}

void WebSocketWire::on_finished() {
  if (connection().phase() == ByteConnection::Phase::lingering) {
    if (stream_.closed_by_peer()) return connection().finish();
    connection().end_output();  // no close frame will come: wait for the end of the stream, as with TCP
  }
  // Our close frame stays in the stream's output until say_goodbye(): the answers to what the client sent
  // before its last frame go first, and the logic may still be making them.
  if (!ignore_input()) return;
  if (!stream_.closed_by_peer()) return tell_malformed("WebSocket: " + stream_.close_reason());
  // Not like the end of a TCP stream: answers that take longer could not be sent any more.
  tell_closed_by_client();
}

void WebSocketWire::say_goodbye(const CloseReason& reason) {
  if (stream_.status() == WebSocketStream::Status::open) {
    stream_.close(close_code(reason), reason.detail.empty() ? reason.code : reason.detail);
  }
  connection().send(stream_.take_output());
}

}  // namespace nano
