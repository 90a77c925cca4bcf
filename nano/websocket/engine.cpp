#include "nano/websocket/engine.h"

#include <system_error>
#include <utility>

#include <websocketpp/close.hpp>
#include <websocketpp/frame.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/http/response.hpp>
#include <websocketpp/processors/hybi13.hpp>
#include <websocketpp/random/none.hpp>
#include <websocketpp/utf8_validator.hpp>

#include "protocol/assert.h"

namespace nano {
namespace {

namespace opcode = websocketpp::frame::opcode;
namespace engine_error = websocketpp::processor::error;

// Payload memory above this is given back after each read, so that idle connections stay small.
constexpr std::size_t payload_capacity_kept_bytes = 128;

/// The payload of the message or control frame that is being read.
class Message {
 public:
  /// What websocketpp takes for a shared pointer: its messages live in MessageManager, one of each kind.
  class ptr {
   public:
    ptr() = default;
    explicit ptr(Message* message) : message_(message) {}
    void reset() { message_ = nullptr; }
    explicit operator bool() const { return message_ != nullptr; }
    Message* operator->() const { return message_; }

   private:
    Message* message_ = nullptr;
  };
  using Opcode = opcode::value;

  Opcode get_opcode() const { return opcode_; }
  std::string& get_raw_payload() { return payload_; }
  const std::string& payload() const { return payload_; }

  void begin(Opcode opcode) {
    opcode_ = opcode;
    payload_.clear();
    deflated_ = false;
  }
  /// Told for the first frame of a data message, if compression is agreed on.
  void set_compressed(bool deflated) {
    deflated_ = deflated;
    begun_ = true;
  }
  bool deflated() const { return deflated_; }
  bool begun() const { return begun_; }
  void end() { begun_ = false; }

  /// websocketpp is to hand out the payload as it came.
  bool get_compressed() const { return false; }

  // websocketpp's own ways of sending need these to compile; nothing here sends through it.
  bool get_fin() const { return true; }
  void set_opcode(Opcode) {}
  void set_prepared(bool) {}
  void set_header(const std::string&) {}

 private:
  std::string payload_;
  Opcode opcode_ = opcode::CONTINUATION;
  bool deflated_ = false;
  bool begun_ = false;
};

/// Holds the two messages that can be under way at once: control frames may come between fragments.
class MessageManager {
 public:
  using ptr = MessageManager*;

  /// The second argument is the size that the frame claims: not to be believed.
  Message::ptr get_message(Message::Opcode opcode, std::size_t) {
    Message& message = opcode::is_control(opcode) ? control : data;
    message.begin(opcode);
    return Message::ptr{&message};
  }

  Message data;
  Message control;
};

/// What websocketpp knows of compression: on which frames the first reserved bit may stand.
class DeflateBit {
 public:
  void allow(const Message& data) { data_ = &data; }

  /// On the first frame of a message, not on those that go on with it (RFC 7692, section 6.1).
  bool is_enabled() const { return data_ && !data_->begun(); }
  bool is_implemented() const { return false; }

  // The handshake and (de)compression are done elsewhere; websocketpp needs these to compile.
  std::pair<std::error_code, std::string> negotiate(const websocketpp::http::attribute_list&) { return {}; }
  std::error_code init(bool) { return {}; }
  std::string generate_offer() const { return {}; }
  std::error_code compress(const std::string&, std::string&) { return {}; }
  std::error_code decompress(const std::uint8_t*, std::size_t, std::string&) { return {}; }

 private:
  const Message* data_ = nullptr;
};

/// No logger, no transport, and messages that reserve nothing in advance.
struct Config {
  using request_type = websocketpp::http::parser::request;
  using response_type = websocketpp::http::parser::response;
  using message_type = Message;
  using con_msg_manager_type = MessageManager;
  using rng_type = websocketpp::random::none::int_generator<std::uint32_t>;
  using permessage_deflate_type = DeflateBit;
  static constexpr bool enable_extensions = false;
  static constexpr std::size_t max_message_size = 0;  // set for each stream
};

/// websocketpp's engine with the messages that it writes into, and the account of how long the current
/// message is.
class Engine final : public WebSocketEngine, private websocketpp::processor::hybi13<Config> {
  using Base = websocketpp::processor::hybi13<Config>;

 public:
  Engine(std::size_t message_bytes_max, bool deflate)
      : WebSocketEngine(message_bytes_max),
        Base(false, true, &messages_, random_),
        message_bytes_left_(message_bytes_max) {
    if (deflate) m_permessage_deflate.allow(messages_.data);
  }

  std::size_t read(std::span<std::uint8_t> bytes) override {
    set_max_message_size(message_bytes_left_);
    messages_.data.get_raw_payload().clear();
    const std::size_t taken = Base::consume(bytes.data(), bytes.size(), error_);
    drop_overlong_frame();
    account();
    return taken;
  }

  std::span<const std::uint8_t> payload() const override {
    const std::string& text = messages_.data.payload();
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  std::optional<Violation> violation() const override {
    if (!error_) return std::nullopt;
    const bool too_big = error_ == engine_error::make_error_code(engine_error::message_too_big);
    return Violation{too_big ? WebSocketClose::message_too_big : WebSocketClose::protocol_error,
                     error_.message()};
  }

  Ended ended() const override {
    if (!ready()) return Ended::nothing;
    switch (m_current_msg == &m_control_msg ? messages_.control.get_opcode() : opcode::BINARY) {
      case opcode::PING: return Ended::ping;
      case opcode::PONG: return Ended::pong;
      case opcode::CLOSE: return Ended::close;
      default: return Ended::data;
    }
  }

  Ended finish_message() override {
    const Ended what = ended();
    if (what == Ended::nothing) return what;
    get_message();
    if (what == Ended::data) {
      message_bytes_left_ = message_bytes_max();
      messages_.data.end();
    }
    return what;
  }

  bool is_between_messages() const override {
    return m_state == HEADER_BASIC && m_bytes_needed == websocketpp::frame::BASIC_HEADER_LENGTH &&
           !m_data_msg.msg_ptr;
  }
  bool data_is_text() const override { return messages_.data.get_opcode() == opcode::TEXT; }
  bool data_is_deflated() const override { return messages_.data.deflated(); }
  const std::string& control_payload() const override { return messages_.control.payload(); }

  /// Also what was reserved for a fragment because the fragment claimed it.
  void release_memory() override {
    std::string& payload = messages_.data.get_raw_payload();
    if (payload.capacity() > payload_capacity_kept_bytes) payload = std::string{};
  }

 private:
  /// websocketpp adds a frame's claimed length to the message's before it compares with the limit: a claim
  /// near 2^64 wraps around and passes. Such a frame still says how much it lacks.
  void drop_overlong_frame() {
    if (error_ || m_state != APPLICATION || m_current_msg != &m_data_msg) return;
    if (get_bytes_needed() <= message_bytes_max()) return;
    const std::uint64_t claimed = websocketpp::frame::get_payload_size(m_basic_header, m_extended_header);
    std::string& payload = messages_.data.get_raw_payload();
    payload.resize(payload.size() - (claimed - get_bytes_needed()));
    error_ = engine_error::make_error_code(engine_error::message_too_big);
  }

  void account() {
    if (error_) return;  // the last that is read
    const std::size_t bytes = messages_.data.payload().size();
    NANO_ASSERT(bytes <= message_bytes_left_, "the frame engine passed its message limit");
    message_bytes_left_ -= bytes;
  }

  MessageManager messages_;
  Config::rng_type random_;
  std::error_code error_;
  std::size_t message_bytes_left_;
};

}  // namespace

std::unique_ptr<WebSocketEngine> WebSocketEngine::make(std::size_t message_bytes_max, bool deflate) {
  return std::make_unique<Engine>(message_bytes_max, deflate);
}

WebSocketCloseFrame WebSocketCloseFrame::parse(const std::string& payload) {
  namespace close = websocketpp::close;
  using Violation = WebSocketEngine::Violation;
  std::error_code error;
  WebSocketCloseFrame frame;
  const close::status::value code = close::extract_code(payload, error);
  if (error) {
    frame.violation = Violation{WebSocketClose::protocol_error, "bad close code"};
    return frame;
  }
  if (!payload.empty()) frame.code = code;
  frame.reason = close::extract_reason(payload, error);
  if (error) frame.violation = Violation{WebSocketClose::invalid_data, "close reason is not UTF-8"};
  return frame;
}

}  // namespace nano
