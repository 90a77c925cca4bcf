#include "tests/sockets/websocket_frames.h"

#include <stdexcept>

namespace nano::sockets {

std::optional<ServerFrame> ServerFrameReader::next() {
  const auto byte = [this](std::size_t i) {
    return std::uint64_t{static_cast<std::uint8_t>(bytes_[at_ + i])};
  };
  const std::size_t have = bytes_.size() - at_;
  if (have < 2) return std::nullopt;
  if ((byte(0) & 0xf0) != 0x80) throw std::runtime_error("a frame with reserved bits, or a fragment");
  if (byte(1) & 0x80) throw std::runtime_error("a masked frame");
  std::uint64_t length = byte(1);
  std::size_t header_bytes = 2;
  if (length >= 126) {
    const std::size_t length_bytes = length == 126 ? 2 : 8;
    header_bytes += length_bytes;
    if (have < header_bytes) return std::nullopt;
    length = 0;
    for (std::size_t i = 2; i < header_bytes; ++i) length = length << 8 | byte(i);
  }
  if (have - header_bytes < length) return std::nullopt;
  ServerFrame frame{static_cast<int>(byte(0) & 0x0f), bytes_.substr(at_ + header_bytes, length)};
  at_ += header_bytes + length;
  if (at_ > bytes_.size() / 2) {
    bytes_.erase(0, at_);
    at_ = 0;
  }
  return frame;
}

std::string upgrade_request(std::string_view path, std::string_view version, std::string_view key,
                            std::string_view headers) {
  std::string request = "GET " + std::string{path} + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  request += "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  if (!version.empty()) request += "Sec-WebSocket-Version: " + std::string{version} + "\r\n";
  if (!key.empty()) request += "Sec-WebSocket-Key: " + std::string{key} + "\r\n";
  return request + std::string{headers} + "\r\n";
}

}  // namespace nano::sockets
