// Internal header. websocketpp's frame engine, configured: no logger, no transport, no extensions, and
// messages that reserve nothing in advance. Included by few files, because it is slow to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <websocketpp/extensions/permessage_deflate/disabled.hpp>
#include <websocketpp/frame.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/http/response.hpp>
#include <websocketpp/processors/hybi13.hpp>
#include <websocketpp/random/none.hpp>

namespace nano::websocket_engine {

/// The payload of the message or control frame that is being read.
class Message {
 public:
  /// What the engine takes for a shared pointer: its messages live in MessageManager, one of each kind.
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
  using Opcode = websocketpp::frame::opcode::value;

  Opcode get_opcode() const { return opcode_; }
  void set_opcode(Opcode opcode) { opcode_ = opcode; }
  std::string& get_raw_payload() { return payload_; }

  // The engine's own ways of sending need these to compile; nothing here sends through it.
  bool get_fin() const { return true; }
  bool get_compressed() const { return false; }
  void set_compressed(bool) {}
  void set_prepared(bool) {}
  void set_header(const std::string&) {}

 private:
  std::string payload_;
  Opcode opcode_ = websocketpp::frame::opcode::CONTINUATION;
};

/// Holds the two messages that can be under way at once: control frames may come between fragments.
class MessageManager {
 public:
  using ptr = MessageManager*;

  /// The second argument is the size that the frame claims: not to be believed.
  Message::ptr get_message(Message::Opcode opcode, std::size_t) {
    Message& message = websocketpp::frame::opcode::is_control(opcode) ? control : data;
    message.set_opcode(opcode);
    message.get_raw_payload().clear();
    return Message::ptr{&message};
  }

  Message data;
  Message control;
};

struct Config {
  using request_type = websocketpp::http::parser::request;
  using response_type = websocketpp::http::parser::response;
  using message_type = Message;
  using con_msg_manager_type = MessageManager;
  using rng_type = websocketpp::random::none::int_generator<std::uint32_t>;
  struct permessage_deflate_config {};
  using permessage_deflate_type =
      websocketpp::extensions::permessage_deflate::disabled<permessage_deflate_config>;
  static constexpr bool enable_extensions = false;
  static constexpr std::size_t max_message_size = 0;  // set for each stream
};

using Processor = websocketpp::processor::hybi13<Config>;

}  // namespace nano::websocket_engine
