#include "benchmark/micro/memory_server.h"

#include "nano/application/environment.h"
#include "protocol/message.h"

namespace nano::benchmark {

using protocol::PacketType;

MemoryClient::MemoryClient(Application& app)
    : scheduler_(app.scheduler()), wire_(std::make_shared<NullWire>()), server_(app.connect(wire_)) {}

MemoryClient::~MemoryClient() {
  if (wire_->close_reason().empty()) server_->on_lost("the benchmark is over");
}

void MemoryClient::open() {
  constexpr std::string_view document = R"({"sys":{"type":"js-websocket","version":"1.1.1"},"user":{}})";
  receive(protocol::encode_packet(PacketType::handshake, protocol::as_bytes(document)));
  receive(protocol::encode_packet(PacketType::handshake_ack, {}));
}

std::string MemoryClient::last_payload() const {
  std::string payload;
  protocol::for_each_packet(wire_->last().packet(), [&payload](const protocol::Packet& packet) {
    protocol::Message message;
    if (packet.type != PacketType::data) return;
    if (protocol::decode_message(packet.body, nullptr, message) != protocol::MessageError::none) return;
    if (!message.is_error) payload = protocol::as_text(message.payload);
  });
  return payload;
}

MemoryServer::MemoryServer() : app_({}, Environment{clock_, driver_, workers_, Log{LogLevel::warning}, 1}) {
  app_.scheduler().adopt_thread();
}

MemoryServer::~MemoryServer() {
  app_.stop();
  app_.scheduler().run_ready();
}

protocol::Bytes request_packet(std::uint64_t id, std::string_view route, std::string_view payload) {
  protocol::Message request;
  request.type = protocol::MessageType::request;
  request.id = id;
  request.route = route;
  request.payload = protocol::as_bytes(payload);
  return protocol::encode_packet(PacketType::data, protocol::encode_message(request));
}

}  // namespace nano::benchmark
