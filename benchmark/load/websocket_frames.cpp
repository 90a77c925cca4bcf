#include "benchmark/load/websocket_frames.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "benchmark/load/dialect.h"

namespace nano::benchmark {
namespace {

constexpr std::size_t answer_bytes_max = 16 * 1024;
constexpr std::array<std::uint8_t, 8> mask{0x6e, 0x3a, 0xd1, 0x97, 0x6e, 0x3a, 0xd1, 0x97};

// The pair of key and answer that RFC 6455 gives as its example (section 1.3): no digest to compute.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accepted_key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

void xor_mask(std::uint8_t* bytes, std::size_t count) {
  std::uint64_t wide_mask = 0;
  std::memcpy(&wide_mask, mask.data(), sizeof wide_mask);
  for (; count >= sizeof wide_mask; bytes += sizeof wide_mask, count -= sizeof wide_mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    word ^= wide_mask;
    std::memcpy(bytes, &word, sizeof word);
  }
  for (std::size_t i = 0; i < count; ++i) bytes[i] ^= mask[i];
}

}  // namespace

ClientFrame::ClientFrame(OutputBuffer& out, std::uint8_t opcode, std::size_t payload_bytes)
    : payload_bytes_(payload_bytes) {
  std::size_t length_bytes = 0;
  if (payload_bytes > 0xffff) {
    length_bytes = 8;
  } else if (payload_bytes > 125) {
    length_bytes = 2;
  }
  std::uint8_t* at = out.extend(2 + length_bytes + 4 + payload_bytes);
  *at++ = 0x80 | opcode;
  *at++ = 0x80 | static_cast<std::uint8_t>(length_bytes == 8 ? 127 : length_bytes == 2 ? 126 : payload_bytes);
  for (std::size_t i = length_bytes; i > 0; --i) {
    *at++ = static_cast<std::uint8_t>(std::uint64_t{payload_bytes} >> (8 * (i - 1)));
  }
  std::memcpy(at, mask.data(), 4);
  payload_ = at + 4;
}

void ClientFrame::finish() { xor_mask(payload_, payload_bytes_); }

void write_client_frame(OutputBuffer& out, std::uint8_t opcode, protocol::ByteView payload) {
  ClientFrame frame{out, opcode, payload.size()};
  std::copy(payload.begin(), payload.end(), frame.payload());
  frame.finish();
}

void WebSocketReader::write_upgrade(OutputBuffer& out, std::string_view path, std::string_view host,
                                    std::string_view protocols) {
  std::string request = "GET " + std::string{path} + " HTTP/1.1\r\nHost: " + std::string{host} + "\r\n";
  request += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  request += "Sec-WebSocket-Key: " + std::string{key} + "\r\n";
  if (!protocols.empty()) request += "Sec-WebSocket-Protocol: " + std::string{protocols} + "\r\n";
  out.append(protocol::as_bytes(request + "\r\n"));
}

/// True when the answer is whole; `input` is then what follows it.
bool WebSocketReader::take_upgrade_answer(protocol::ByteView& input) {
  const std::size_t before = held_.size();
  held_.insert(held_.end(), input.begin(), input.end());
  const std::string_view text = protocol::as_text(held_);
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (held_.size() > answer_bytes_max) throw DialectError("the server's answer to the upgrade has no end");
    return false;
  }
  const std::string_view answer = text.substr(0, end);
  if (!answer.starts_with("HTTP/1.1 101") || answer.find(accepted_key) == std::string_view::npos) {
    const std::string first_line{answer.substr(0, answer.find("\r\n"))};
    throw DialectError("the server does not upgrade to WebSocket, it answers \"" + first_line +
                       "\"; see whether --path is right");
  }
  input = input.subspan(end + 4 - before);
  held_.clear();
  upgraded_ = true;
  return true;
}

/// Of a frame of which the header may not be whole. Throws DialectError.
WebSocketReader::Header WebSocketReader::read_header(protocol::ByteView bytes) {
  if (bytes.size() < 2) return {};
  if ((bytes[0] & 0xf0) != 0x80 || (bytes[0] & 0x0f) == 0) {
    throw DialectError("the server sent a WebSocket frame with reserved bits, or a fragment");
  }
  if (bytes[1] & 0x80) throw DialectError("the server sent a masked WebSocket frame");
  const std::size_t short_length = bytes[1];
  if (short_length < 126) return {2, short_length};
  const std::size_t length_bytes = short_length == 126 ? 2 : 8;
  if (bytes.size() < 2 + length_bytes) return {};
  std::uint64_t payload_bytes = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) payload_bytes = payload_bytes << 8 | bytes[2 + i];
  if (payload_bytes > payload_bytes_max) throw DialectError("the server sent a WebSocket frame over 16 MiB");
  return {2 + length_bytes, static_cast<std::size_t>(payload_bytes)};
}

/// Moves bytes to the held frame until that has `frame_bytes`; says whether it has.
bool WebSocketReader::append(protocol::ByteView& input, std::size_t frame_bytes) {
  const std::size_t missing = frame_bytes > held_.size() ? frame_bytes - held_.size() : 0;
  const std::size_t taken = std::min(missing, input.size());
  held_.insert(held_.end(), input.begin(), input.begin() + static_cast<std::ptrdiff_t>(taken));
  input = input.subspan(taken);
  return held_.size() >= frame_bytes;
}

bool WebSocketReader::complete_held_frame(protocol::ByteView& input) {
  Header header = read_header(held_);
  while (header.header_bytes == 0) {
    if (!append(input, held_.size() + 1)) return false;
    header = read_header(held_);
  }
  return append(input, header.header_bytes + header.payload_bytes);
}

/// False for what is no control frame.
bool WebSocketReader::on_control(std::uint8_t code, protocol::ByteView payload, OutputBuffer& out) {
  if (code < opcode::close) return false;
  if (code == opcode::ping) write_client_frame(out, opcode::pong, payload);
  if (code == opcode::close) {
    std::string why = "the server closed the WebSocket";
    if (payload.size() >= 2) why += " with code " + std::to_string(payload[0] << 8 | payload[1]);
    if (payload.size() > 2) why += ": " + std::string{protocol::as_text(payload.subspan(2))};
    throw DialectError(why);
  }
  return true;
}

}  // namespace nano::benchmark
