#include "nano/websocket/stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <websocketpp/close.hpp>
#include <websocketpp/utf8_validator.hpp>

#include "nano/websocket/engine.h"
#include "protocol/assert.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"

namespace nano {

namespace opcode = websocketpp::frame::opcode;
using websocket_engine::Message;

namespace {

constexpr std::size_t close_code_bytes = 2;
constexpr int no_close_code = 1005;
// Payload memory above this is given back after each read, so that idle connections stay small.
constexpr std::size_t payload_capacity_kept_bytes = 128;

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

WebSocketClose code_for(const std::error_code& error) {
  using namespace websocketpp::processor;
  if (error == error::make_error_code(error::message_too_big)) return WebSocketClose::message_too_big;
  return WebSocketClose::protocol_error;
}

}  // namespace

/// The engine with the messages that it writes into, and the account of how long the current message is.
class WebSocketStream::Engine : private websocket_engine::Processor {
 public:
  using Base = websocket_engine::Processor;

  explicit Engine(std::size_t message_bytes_max)
      : Base(false, true, &messages_, random_),
        message_bytes_left_(message_bytes_max),
        message_bytes_max_(message_bytes_max) {}

  /// Reads on until the input, a message or a control frame ends, or an error. Returns the bytes read.
  std::size_t read(std::span<std::uint8_t> bytes) {
    set_max_message_size(message_bytes_left_);
    messages_.data.get_raw_payload().clear();
    const std::size_t taken = Base::consume(bytes.data(), bytes.size(), error_);
    drop_overlong_frame();
    account();
    return taken;
  }

  /// What read() added to the data message.
  std::span<const std::uint8_t> payload() {
    const std::string& text = messages_.data.get_raw_payload();
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  /// Takes what has ended out of the engine, which then goes on. Tells whether it was a control frame.
  bool finish_message() {
    if (!ready()) return false;
    const bool is_control = opcode::is_control(get_message()->get_opcode());
    if (!is_control) message_bytes_left_ = message_bytes_max_;
    return is_control;
  }

  /// Between two messages, with no frame begun.
  bool is_between_messages() const {
    return m_state == HEADER_BASIC && m_bytes_needed == websocketpp::frame::BASIC_HEADER_LENGTH &&
           !m_data_msg.msg_ptr;
  }
  std::size_t message_bytes_max() const { return message_bytes_max_; }

  bool data_is_text() const { return messages_.data.get_opcode() == opcode::TEXT; }
  const std::error_code& error() const { return error_; }
  Message& control() { return messages_.control; }
  /// Also what the engine reserved for a fragment because the fragment claimed it.
  void release_memory() {
    std::string& payload = messages_.data.get_raw_payload();
    if (payload.capacity() > payload_capacity_kept_bytes) payload = std::string{};
  }

 private:
  /// The engine adds a frame's claimed length to the message's before it compares with the limit: a claim
  /// near 2^64 wraps around and passes. Such a frame still says how much it lacks.
  void drop_overlong_frame() {
    if (error_ || m_state != APPLICATION || m_current_msg != &m_data_msg) return;
    if (get_bytes_needed() <= message_bytes_max_) return;
    const std::uint64_t claimed = websocketpp::frame::get_payload_size(m_basic_header, m_extended_header);
    std::string& payload = messages_.data.get_raw_payload();
    payload.resize(payload.size() - (claimed - get_bytes_needed()));
    error_ = websocketpp::processor::error::make_error_code(websocketpp::processor::error::message_too_big);
  }

  void account() {
    if (error_) return;  // the last that is read
    const std::size_t bytes = messages_.data.get_raw_payload().size();
    NANO_ASSERT(bytes <= message_bytes_left_, "the frame engine passed its message limit");
    message_bytes_left_ -= bytes;
  }

  websocket_engine::MessageManager messages_;
  websocket_engine::Config::rng_type random_;
  std::error_code error_;
  std::size_t message_bytes_left_;
  std::size_t message_bytes_max_;
};

WebSocketStream::WebSocketStream(std::size_t message_bytes_max)
    : engine_(std::make_unique<Engine>(message_bytes_max)) {}
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
  return engine_->data_is_text() ? std::span<const std::uint8_t>{} : engine_->payload();
}

void WebSocketStream::handle_what_ended() {
  engine_->release_memory();
  if (engine_->data_is_text()) return fail(WebSocketClose::unsupported_data, "text message");
  if (engine_->error()) return fail(code_for(engine_->error()), engine_->error().message());
  if (engine_->finish_message()) handle_control();
}

void WebSocketStream::handle_control() {
  switch (engine_->control().get_opcode()) {
    case opcode::PING: return answer_ping();
    case opcode::CLOSE: return handle_close_frame();
    default: return;  // a pong that nobody asked for is allowed (section 5.5.3)
  }
}

void WebSocketStream::handle_close_frame() {
  namespace close = websocketpp::close;
  const std::string& payload = engine_->control().get_raw_payload();
  std::error_code error;
  const close::status::value code = close::extract_code(payload, error);
  if (error) return fail(WebSocketClose::protocol_error, "bad close code");
  std::string reason = close::extract_reason(payload, error);
  if (error) return fail(WebSocketClose::invalid_data, "close reason is not UTF-8");

  status_ = Status::finished;
  closed_by_peer_ = true;
  close_code_ = payload.empty() ? no_close_code : code;
  close_reason_ = std::move(reason);
  if (!close_sent_) append_control(opcode::CLOSE, payload.substr(0, close_code_bytes));
  close_sent_ = true;
}

void WebSocketStream::close(WebSocketClose code, std::string_view reason) {
  if (close_sent_) return;
  append_close(static_cast<std::uint16_t>(code), reason);
  status_ = Status::closing;
}

void WebSocketStream::fail(WebSocketClose code, std::string reason) {
  status_ = Status::finished;
  close_code_ = static_cast<int>(code);
  append_close(static_cast<std::uint16_t>(code), reason);
  close_reason_ = std::move(reason);
}

void WebSocketStream::append_close(std::uint16_t code, std::string_view reason) {
  if (close_sent_) return;
  close_sent_ = true;
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  const std::string text = protocol::replace_invalid_utf8(reason);  // browsers refuse what is not UTF-8
  payload += protocol::utf8_prefix(text, protocol::websocket_control_bytes_max - close_code_bytes);
  append_control(opcode::CLOSE, payload);
}

void WebSocketStream::append_control(std::uint8_t control_opcode, std::string_view payload) {
  output_.push_back(static_cast<char>(0x80 | control_opcode));  // final
  output_.push_back(static_cast<char>(payload.size()));         // unmasked
  output_.append(payload);
}

void WebSocketStream::answer_ping() {
  if (close_sent_) return;
  if (pong_at_ == none) pong_at_ = output_.size();
  output_.resize(pong_at_);  // drops the pong to an earlier ping of the same read
  append_control(opcode::PONG, engine_->control().get_raw_payload());
}

}  // namespace nano
