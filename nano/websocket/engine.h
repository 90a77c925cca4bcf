// Internal header. WebSocketEngine: reads the frames of a client and judges them (RFC 6455, section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nano/websocket/close_code.h"

namespace nano {

/// Between the frames and the rules of WebSocketStream. One thread.
class WebSocketEngine {
 public:
  struct Violation {
    WebSocketClose code;
    std::string what;
  };
  enum class Ended { nothing, data, ping, pong, close };

  /// With `deflate`, messages may be compressed (RFC 7692, section 6); they are handed out as they came.
  static std::unique_ptr<WebSocketEngine> make(std::size_t message_bytes_max, bool deflate);
  virtual ~WebSocketEngine() = default;

  /// Reads on until the input, a message or a control frame ends, or a violation; overwrites the input.
  /// Returns the bytes read.
  virtual std::size_t read(std::span<std::uint8_t> bytes) = 0;
  /// What the last read() added to the data message; until the next one.
  virtual std::span<const std::uint8_t> payload() const = 0;
  /// Of the last read(); nothing can be read after it.
  virtual std::optional<Violation> violation() const = 0;
  /// Whether the message that is being read, or was last, is text.
  virtual bool data_is_text() const = 0;
  /// The same for: compressed.
  virtual bool data_is_deflated() const = 0;
  /// What the last read() has read to its end.
  virtual Ended ended() const = 0;
  /// Takes that out; what comes next can be read.
  virtual Ended finish_message() = 0;
  /// No message and no frame is begun.
  virtual bool is_between_messages() const = 0;
  /// Of the control frame that has ended.
  virtual const std::string& control_payload() const = 0;
  /// Gives back what the last read() took.
  virtual void release_memory() = 0;

  std::size_t message_bytes_max() const { return message_bytes_max_; }

 protected:
  explicit WebSocketEngine(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

 private:
  std::size_t message_bytes_max_;
};

/// What a close frame says.
struct WebSocketCloseFrame {
  static constexpr int no_code = 1005;  // section 7.1.5

  int code = no_code;
  std::string reason = {};
  std::optional<WebSocketEngine::Violation> violation = {};

  static WebSocketCloseFrame parse(const std::string& payload);
};

}  // namespace nano
