#include "nano/websocket/stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "nano/websocket/deflate.h"
#include "nano/websocket/engine.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"

namespace nano {

namespace {

constexpr std::size_t close_code_bytes = 2;
constexpr std::uint8_t close_opcode = 8;
constexpr std::uint8_t pong_opcode = 10;

/// Where the payload of a binary message begins and ends that is one whole frame at the start of `bytes`;
/// empty when there is none. RFC 6455, section 5.2.
struct WholeMessage {
  std::size_t payload_begin = 0;
  std::size_t payload_bytes = 0;

  std::size_t end() const { return payload_begin + payload_bytes; }

  static std::optional<WholeMessage> at_start_of(std::span<const std::uint8_t> bytes) {
    constexpr std::uint8_t final_binary = 0x82;
    constexpr std::uint8_t masked = 0x80;
    constexpr std::uint8_t length_in_two_bytes = 126;
    if (bytes.size() < 2 || bytes[0] != final_binary || (bytes[1] & masked) == 0) return std::nullopt;
    WholeMessage message{2 + mask_bytes, static_cast<std::size_t>(bytes[1] & ~masked)};
    if (message.payload_bytes >= length_in_two_bytes) {
      if (message.payload_bytes > length_in_two_bytes || bytes.size() < 4) return std::nullopt;
      message = {4 + mask_bytes, static_cast<std::size_t>(bytes[2] << 8 | bytes[3])};
      if (message.payload_bytes < length_in_two_bytes) return std::nullopt;  // a violation
    }
    return message.end() <= bytes.size() ? std::optional{message} : std::nullopt;
  }

  static constexpr std::size_t mask_bytes = 4;
};

/// Writes the payload to `out`, which may overlap it from below. RFC 6455, section 5.3.
void unmask(const std::uint8_t* masked, std::size_t bytes, const std::uint8_t* key, std::uint8_t* out) {
  std::array<std::uint8_t, 2 * WholeMessage::mask_bytes> keys;
  std::copy_n(key, WholeMessage::mask_bytes, keys.begin());
  std::copy_n(key, WholeMessage::mask_bytes, keys.begin() + WholeMessage::mask_bytes);
  std::uint64_t mask;
  std::memcpy(&mask, keys.data(), sizeof mask);
  std::size_t i = 0;
  for (; i + sizeof mask <= bytes; i += sizeof mask) {
    std::uint64_t word;
    std::memcpy(&word, masked + i, sizeof word);
    word ^= mask;
    std::memcpy(out + i, &word, sizeof word);
  }
  for (; i < bytes; ++i) out[i] = masked[i] ^ keys[i % keys.size()];
}

}  // namespace

/// The compressed message that is being read.
struct WebSocketStream::Inflating {
  WebSocketInflater& inflater;
  std::size_t deflated_bytes_max;
  std::string message = {};
};

WebSocketStream::WebSocketStream(std::size_t message_bytes_max, const Deflate& deflate)
    : engine_(WebSocketEngine::make(message_bytes_max, true)),
      inflating_(std::make_unique<Inflating>(Inflating{deflate.inflater, deflate.deflated_bytes_max})) {}
WebSocketStream::WebSocketStream(std::size_t message_bytes_max)
    : engine_(WebSocketEngine::make(message_bytes_max, false)) {}
WebSocketStream::~WebSocketStream() = default;
WebSocketStream::WebSocketStream(WebSocketStream&&) noexcept = default;
WebSocketStream& WebSocketStream::operator=(WebSocketStream&&) noexcept = default;

/// Takes from the front of `bytes` the binary messages that are one whole frame each, which is nearly all
/// that clients ever send, and moves their payloads together. What else there is, the engine reads.
std::span<const std::uint8_t> WebSocketStream::take_whole_messages(std::span<std::uint8_t>& bytes) {
  if (!engine_->is_between_messages()) return {};
  std::uint8_t* const run = bytes.data();
  std::size_t run_bytes = 0;
  while (const auto message = WholeMessage::at_start_of(bytes)) {
    if (message->payload_bytes > engine_->message_bytes_max()) break;
    std::array<std::uint8_t, WholeMessage::mask_bytes> key;  // the payload may be moved over it
    const std::uint8_t* payload = bytes.data() + message->payload_begin;
    std::copy_n(payload - key.size(), key.size(), key.begin());
    unmask(payload, message->payload_bytes, key.data(), run + run_bytes);
    run_bytes += message->payload_bytes;
    bytes = bytes.subspan(message->end());
  }
  return {run, run_bytes};
}

std::span<const std::uint8_t> WebSocketStream::read_frames(std::span<std::uint8_t>& bytes) {
  bytes = bytes.subspan(engine_->read(bytes));
  if (engine_->data_is_text()) return {};
  return engine_->data_is_deflated() ? inflate_whole(engine_->payload()) : engine_->payload();
}

/// Collects the message, and returns what it inflates to when it has ended.
std::span<const std::uint8_t> WebSocketStream::inflate_whole(std::span<const std::uint8_t> part) {
  using Status = WebSocketInflater::Status;
  if (status_ != WebSocketStream::Status::open) return {};
  auto& [inflater, deflated_bytes_max, message] = *inflating_;
  message.append(reinterpret_cast<const char*>(part.data()), part.size());
  if (message.size() > deflated_bytes_max) {
    fail(WebSocketClose::message_too_big, "the compressed message is too large");
    return {};
  }
  if (engine_->violation() || engine_->ended() != WebSocketEngine::Ended::data) return {};
  const std::string whole = std::exchange(message, {});
  switch (inflater.inflate({reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size()},
                           engine_->message_bytes_max())) {
    case Status::ok: return inflater.inflated();
    case Status::malformed: fail(WebSocketClose::invalid_data, "the message does not inflate"); break;
    case Status::too_large: fail(WebSocketClose::message_too_big, "the message inflates to too much"); break;
    case Status::over_budget:
      fail(WebSocketClose::policy_violation, "too much is being inflated at the moment");
      break;
    case Status::out_of_memory: fail(WebSocketClose::internal_error, "no memory to inflate"); break;
  }
  return {};
}

void WebSocketStream::handle_what_ended() {
  engine_->release_memory();
  if (inflating_) inflating_->inflater.release_memory();
  if (status_ == Status::finished) return;
  if (engine_->data_is_text()) return fail(WebSocketClose::unsupported_data, "text message");
  if (const auto violation = engine_->violation()) return fail(violation->code, violation->what);
  switch (engine_->finish_message()) {
    case WebSocketEngine::Ended::ping: return answer_ping();
    case WebSocketEngine::Ended::close: return handle_close_frame();
    default: return;  // a pong that nobody asked for is allowed (section 5.5.3)
  }
}

WebSocketStream::Said& WebSocketStream::said() {
  if (!said_) said_ = std::make_unique<Said>();
  return *said_;
}

const std::string& WebSocketStream::output() const {
  static const std::string nothing;
  return said_ ? said_->output : nothing;
}

const std::string& WebSocketStream::close_reason() const {
  static const std::string nothing;
  return said_ ? said_->close_reason : nothing;
}

std::string WebSocketStream::take_output() {
  if (!said_) return {};
  std::string output = std::move(said_->output);
  if (said_->close_code == 0) {
    said_.reset();
  } else {
    said_->output.clear();
    said_->pong_at = none;
  }
  return output;
}

void WebSocketStream::handle_close_frame() {
  const std::string& payload = engine_->control_payload();
  WebSocketCloseFrame frame = WebSocketCloseFrame::parse(payload);
  if (frame.violation) return fail(frame.violation->code, frame.violation->what);

  status_ = Status::finished;
  closed_by_peer_ = true;
  said().close_code = frame.code;
  said().close_reason = std::move(frame.reason);
  if (!close_sent_) append_control(close_opcode, payload.substr(0, close_code_bytes));
  close_sent_ = true;
}

void WebSocketStream::close(WebSocketClose code, std::string_view reason) {
  if (close_sent_) return;
  append_close(static_cast<std::uint16_t>(code), reason);
  status_ = Status::closing;
}

void WebSocketStream::fail(WebSocketClose code, std::string reason) {
  status_ = Status::finished;
  said().close_code = static_cast<int>(code);
  append_close(static_cast<std::uint16_t>(code), reason);
  said().close_reason = std::move(reason);
}

void WebSocketStream::append_close(std::uint16_t code, std::string_view reason) {
  if (close_sent_) return;
  close_sent_ = true;
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  const std::string text = protocol::replace_invalid_utf8(reason);  // browsers refuse what is not UTF-8
  payload += protocol::utf8_prefix(text, protocol::websocket_control_bytes_max - close_code_bytes);
  append_control(close_opcode, payload);
}

void WebSocketStream::append_control(std::uint8_t opcode, std::string_view payload) {
  std::string& output = said().output;
  output.push_back(static_cast<char>(0x80 | opcode));   // final
  output.push_back(static_cast<char>(payload.size()));  // unmasked
  output.append(payload);
}

void WebSocketStream::answer_ping() {
  if (close_sent_) return;
  auto& [output, pong_at, code, reason] = said();
  if (pong_at == none) pong_at = output.size();
  output.resize(pong_at);  // drops the pong to an earlier ping of the same read
  append_control(pong_opcode, engine_->control_payload());
}

}  // namespace nano
