#include "tests/sockets/client.h"

#include <stdexcept>
#include <utility>

#include "nano/websocket/frames_for_tests.h"

namespace nano::sockets {

using protocol::MessageType;
using protocol::PacketType;

namespace {

std::string message_packet(const protocol::Message& message) {
  return packet(PacketType::data, protocol::as_text(protocol::encode_message(message)));
}

}  // namespace

std::string packet(PacketType type, std::string_view body) {
  return std::string{protocol::as_text(protocol::encode_packet(type, protocol::as_bytes(body)))};
}

std::string request_packet(std::uint64_t id, std::string_view route, std::string_view payload) {
  return message_packet(
      {.type = MessageType::request, .id = id, .route = route, .payload = protocol::as_bytes(payload)});
}

std::string notify_packet(std::string_view route, std::string_view payload) {
  return message_packet(
      {.type = MessageType::notify, .route = route, .payload = protocol::as_bytes(payload)});
}

std::string opening() { return packet(PacketType::handshake) + packet(PacketType::handshake_ack); }

Client::Client(Server& server, Transport transport)
    : websocket_(is_websocket(transport)), socket_(server, transport) {
  if (websocket_) upgrade();
}

void Client::upgrade() {
  socket_.send(upgrade_request());
  std::string response;
  while (response.find("\r\n\r\n") == std::string::npos) {
    if (socket_.receive(response) != Received::bytes) {
      throw std::runtime_error("no answer to the upgrade: " + response);
    }
  }
  if (!response.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no upgrade: " + response);
  on_bytes(std::string_view{response}.substr(response.find("\r\n\r\n") + 4));
}

Client& Client::open() {
  send(packet(PacketType::handshake));
  const auto answer = next_packet();
  if (!answer || answer->type != PacketType::handshake) {
    throw std::runtime_error("no answer to the handshake");
  }
  send(packet(PacketType::handshake_ack));
  return *this;
}

bool Client::send(std::string_view packets) {
  return socket_.send(websocket_ ? testing_frames::binary(std::string{packets}) : std::string{packets});
}

bool Client::receive() {
  std::string bytes;
  if (socket_.receive(bytes) != Received::bytes) return false;
  on_bytes(bytes);
  return true;
}

void Client::on_bytes(std::string_view bytes) {
  const auto keep = [this](const protocol::Packet& got) {
    packets_.push_back({got.type, std::string{protocol::as_text(got.body)}});
  };
  if (!websocket_) {
    decoder_.feed(protocol::as_bytes(bytes), keep);
    return;
  }
  frames_.take(bytes);
  while (const auto frame = frames_.next()) {
    if (frame->opcode == 2) decoder_.feed(protocol::as_bytes(frame->payload), keep);
    if (frame->opcode == 8) on_close_frame(*frame);
  }
}

void Client::on_close_frame(const ServerFrame& close) {
  close_code_ = close.close_code();
  if (answers_close_) socket_.send(testing_frames::close(close_code_));
}

std::optional<Packet> Client::next_packet() {
  while (packets_.empty()) {
    if (!receive()) return std::nullopt;
  }
  Packet first = std::move(packets_.front());
  packets_.pop_front();
  return first;
}

std::optional<Message> Client::next_message() {
  while (const auto got = next_packet()) {
    if (got->type != PacketType::data) continue;
    protocol::Message message;
    if (protocol::decode_message(protocol::as_bytes(got->body), nullptr, message) !=
        protocol::MessageError::none) {
      throw std::runtime_error("the server sent a message that cannot be decoded");
    }
    return Message{message.type, message.id, std::string{message.route},
                   std::string{protocol::as_text(message.payload)}, message.is_error};
  }
  return std::nullopt;
}

Message Client::request(std::string_view route, std::string_view payload) {
  const std::uint64_t id = next_id_++;
  send(request_packet(id, route, payload));
  auto answer = next_message();
  if (!answer) throw std::runtime_error("no answer to " + std::string{route});
  if (answer->type != MessageType::response || answer->id != id) {
    throw std::runtime_error("another message than the answer to " + std::string{route});
  }
  return std::move(*answer);
}

bool Client::echoes(std::string_view payload) {
  const Message answer = request("Service.Echo", payload);
  return !answer.is_error && answer.payload == payload;
}

Received Client::read_to_end() {
  while (receive()) {
  }
  return how();
}

}  // namespace nano::sockets
