#include "benchmark/cluster/load_connection.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/message.h"

namespace nano::benchmark {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

sockaddr_in parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos ||
      inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error("\"" + text + "\" is no address like 127.0.0.1:3250");
  }
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1)));
  return address;
}

int connect_to(const std::string& text) {
  const sockaddr_in address = parse_address(text);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  if (client < 0) fail("socket");
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(client);
    fail("connect to " + text);
  }
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client;
}

}  // namespace

LoadConnection::LoadConnection(const std::string& address, const std::string& route,
                               const std::string& payload, unsigned in_flight, LoadCounts& counts)
    : route_(route), payload_(payload), counts_(counts), socket_(connect_to(address)), open_(in_flight) {
  exchange(protocol::PacketType::handshake, protocol::PacketType::handshake);
  const auto ack = protocol::encode_packet(protocol::PacketType::handshake_ack, {});
  outgoing_.assign(ack.begin(), ack.end());
}

LoadConnection::~LoadConnection() { close(socket_); }

void LoadConnection::exchange(protocol::PacketType sent, protocol::PacketType awaited) {
  const auto packet = protocol::encode_packet(sent, {});
  if (send(socket_, packet.data(), packet.size(), MSG_NOSIGNAL) < 0) fail("send");
  for (bool found = false; !found;) {
    std::array<std::uint8_t, 4096> bytes{};
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) fail("the gate does not shake hands");
    decoder_.feed({bytes.data(), static_cast<std::size_t>(count)},
                  [&](const protocol::Packet& got) { found |= got.type == awaited; });
  }
}

void LoadConnection::start() {
  // From 1 on: Go Nano takes a request with id 0 for a notify.
  for (std::uint64_t id = 1; id <= open_.size(); ++id) write_request(id);
  flush();
}

void LoadConnection::on_readable() {
  std::array<std::uint8_t, 65536> bytes;  // not cleared: it is filled before it is read
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) fail("recv");
  if (count == 0) throw std::runtime_error("the gate closed a connection");
  const auto error = decoder_.feed({bytes.data(), static_cast<std::size_t>(count)},
                                   [this](const protocol::Packet& packet) { on_packet(packet); });
  if (error != protocol::PacketError::none) {
    throw std::runtime_error("the gate sent a bad packet: " + std::string{protocol::to_string(error)});
  }
  flush();
}

void LoadConnection::on_packet(const protocol::Packet& packet) {
  if (packet.type == protocol::PacketType::kick) throw std::runtime_error("the gate kicked a client");
  if (packet.type != protocol::PacketType::data) return;
  protocol::Message message;
  if (protocol::decode_message(packet.body, nullptr, message) != protocol::MessageError::none ||
      message.type != protocol::MessageType::response) {
    throw std::runtime_error("the gate sent something else than responses");
  }
  const std::size_t slot = message.id % open_.size();
  if (open_[slot].id != message.id) throw std::runtime_error("a response has an id that was not asked for");
  counts_.answered += 1;
  const bool same =
      std::equal(message.payload.begin(), message.payload.end(), payload_.begin(), payload_.end());
  if (message.is_error || !same) counts_.failed += 1;
  if (counts_.measures) {
    const auto latency = LoadClock::now() - open_[slot].sent;
    counts_.latencies_us.push_back(
        static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(latency).count()));
  }
  write_request(message.id + open_.size());
}

void LoadConnection::write_request(std::uint64_t id) {
  protocol::Message message;
  message.id = id;
  message.route = route_;
  const std::size_t head_bytes = protocol::encoded_size(message);
  const std::size_t start = outgoing_.size();
  outgoing_.resize(start + protocol::packet_header_bytes + head_bytes + payload_.size());
  std::uint8_t* out = outgoing_.data() + start;
  protocol::write_packet_header(out, protocol::PacketType::data, head_bytes + payload_.size());
  protocol::encode_message(message, out + protocol::packet_header_bytes);
  std::memcpy(out + protocol::packet_header_bytes + head_bytes, payload_.data(), payload_.size());
  open_[id % open_.size()] = {id, LoadClock::now()};
}

/// May block. A closed loop never has more on its way than the socket's buffers hold.
void LoadConnection::flush() {
  for (std::size_t sent = 0; sent < outgoing_.size();) {
    const ssize_t count = send(socket_, outgoing_.data() + sent, outgoing_.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) fail("send");
    sent += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  outgoing_.clear();
}

}  // namespace nano::benchmark
