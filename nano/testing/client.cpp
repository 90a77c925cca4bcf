#include "nano/testing/client.h"

#include "nano/testing/world.h"

namespace nano::testing {

Client::Client(World& world, std::shared_ptr<MemoryWire> wire)
    : world_(world), wire_(std::move(wire)), to_server_(world.app().options().packet_bytes_max) {}

Client::~Client() {
  if (server_ && !closed()) server_->on_lost("the client vanished");
}

void Client::settle() { world_.settle(); }

const PayloadCodec& Client::codec() const { return world_.app().codec(); }

// -- sending -----------------------------------------------------------------------------------------------

void Client::send_handshake(std::string_view body) {
  acknowledged_ = false;
  send_packet(protocol::PacketType::handshake, protocol::as_bytes(body));
}

void Client::send_packet(protocol::PacketType type, protocol::ByteView body) {
  send_bytes(protocol::encode_packet(type, body));
}

void Client::send_message(protocol::Message message, std::string_view payload) {
  message.payload = protocol::as_bytes(payload);
  if (handshake_ && !message.route_code) message.route_code = handshake_->dict.find_code(message.route);
  send_packet(protocol::PacketType::data, protocol::encode_message(message));
}

void Client::send_bytes(protocol::ByteView bytes) {
  if (sent_all_) return;
  world_.app().scheduler().back_from_wait();
  for (const protocol::ByteView chunk : world_.split(bytes)) {
    const protocol::PacketError error = to_server_.feed_runs(chunk, [this](protocol::ByteView packets) {
      if (const auto server = server_; server && !closed()) wire_->deliver(packets, *server);
    });
    if (error == protocol::PacketError::none || !server_) continue;
    sent_all_ = true;
    end_with([error](WireReceiver& receiver) { receiver.on_malformed(protocol::to_string(error)); });
    return;
  }
}

void Client::close() {
  // The server's side stays: it may still have answers to give.
  if (!std::exchange(sent_all_, true)) end_with([](WireReceiver& receiver) { receiver.on_end_of_input(); });
  settle();
}

void Client::vanish() {
  sent_all_ = true;
  wire_->lose();
  end_with([](WireReceiver& receiver) { receiver.on_lost("the client vanished"); });
  settle();
}

/// Behind what the server has yet to take from this client.
void Client::end_with(MemoryWire::Ending ending) {
  if (const auto server = server_; server && !closed()) wire_->deliver(std::move(ending), *server);
}

// -- receiving ---------------------------------------------------------------------------------------------

void Client::carry(std::size_t bytes) {
  wire_->carry(bytes);
  settle();
}

bool Client::read() {
  bool any = false;
  if (const auto server = server_; server && wire_->may_go_on()) {
    any = true;
    wire_->go_on(*server);
  }
  Frame frame;
  while (reads_ && wire_->take(frame)) {
    any = true;
    protocol::for_each_packet(frame.packet(), [this](const protocol::Packet& packet) { on_packet(packet); });
  }
  if (closed()) server_.reset();
  while (server_ && wire_->take_drained()) {
    any = true;
    server_->on_drained();
  }
  return any;
}

void Client::on_packet(const protocol::Packet& packet) {
  switch (packet.type) {
    case protocol::PacketType::handshake: {
      auto document = protocol::parse_server_handshake(packet.body);
      if (!document) throw std::runtime_error("the server's handshake: " + document.error().message);
      handshake_ = std::move(*document);
      if (handshake_->code != protocol::handshake_code_ok) return;
      acknowledged_ = true;
      return send_packet(protocol::PacketType::handshake_ack);
    }
    case protocol::PacketType::heartbeat:
      ++heartbeats_;
      if (answers_heartbeats_) send_packet(protocol::PacketType::heartbeat);
      return;
    case protocol::PacketType::data: return on_message(packet.body);
    case protocol::PacketType::kick: kick_ = protocol::as_text(packet.body); return;
    case protocol::PacketType::handshake_ack: throw std::runtime_error("the server sent a handshake-ack");
  }
}

void Client::on_message(protocol::ByteView body) {
  protocol::Message message;
  const auto error = protocol::decode_message(body, handshake_ ? &handshake_->dict : nullptr, message);
  if (error != protocol::MessageError::none) {
    throw std::runtime_error("the server's message: " + std::string{protocol::to_string(error)});
  }
  std::string payload{protocol::as_text(message.payload)};
  if (message.type == protocol::MessageType::response) {
    responses_[message.id].push_back({std::move(payload), message.is_error});
  } else {
    pushes_.push_back({std::string{message.route}, std::move(payload)});
  }
}

std::optional<Push> Client::next_push() {
  if (pushes_.empty()) return std::nullopt;
  Push push = std::move(pushes_.front());
  pushes_.pop_front();
  return push;
}

std::optional<Client::Response> Client::take_response(std::uint64_t id) {
  const auto found = responses_.find(id);
  if (found == responses_.end()) return std::nullopt;
  Response response = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) responses_.erase(found);
  return response;
}

Error Client::error_of(const Response& response) {
  auto error = protocol::parse_error(protocol::as_bytes(response.payload));
  if (!error) throw std::runtime_error("an error response without code and msg: " + response.payload);
  return std::move(*error);
}

}  // namespace nano::testing
