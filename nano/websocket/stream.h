// Internal header. The server's side of an open WebSocket (RFC 6455): frames in, payloads and replies out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/limits.h"
#include "nano/websocket/close_code.h"

namespace nano {

class WebSocketEngine;
class WebSocketInflater;

/// Takes what a client sends after the upgrade. Payloads of binary messages are handed out as one byte
/// stream, as they arrive, whole messages or not: packets do not care about messages (and so nothing that a
/// client claims or sends is collected here), but for compressed ones: these are inflated when they are
/// whole. Frames to the client are made elsewhere (Frame::bytes()), except for the replies to control frames,
/// which gather in the output.
///
/// | from the client | reply |
/// |---|---|
/// | ping | pong with the same payload; of several in one consume() the last is answered (section 5.5.3) |
/// | close | close with the same code; then finished |
/// | text message | close 1003: the protocol is binary |
/// | more than message_bytes_max in one message, inflated or not | close 1009 |
/// | more than deflated_bytes_max in a compressed one | close 1009 |
/// | more than is free in a compressed one, and the budget of all clients spent (InflateBudget) | close 1008
/// | | compressed without sense | close 1007 | | close reason that is no UTF-8 | close 1007 | | any other
/// violation: unmasked, reserved bits, opcodes or codes, broken fragments | close 1002 |
///
/// Used by one thread at a time. Holds under 400 bytes when idle.
class WebSocketStream {
 public:
  enum class Status {
    open,
    closing,   ///< close() was called; the peer's close is awaited, payloads are dropped
    finished,  ///< nothing more to read: send the output, then close the connection
  };

  /// What reading compressed messages takes.
  struct Deflate {
    WebSocketInflater& inflater;     ///< the thread's; outlives the stream
    std::size_t deflated_bytes_max;  ///< of one message, as it comes: it is held until it is whole
  };

  explicit WebSocketStream(std::size_t message_bytes_max = limits::websocket_message_bytes);
  /// Of a client with which compression is agreed on.
  WebSocketStream(std::size_t message_bytes_max, const Deflate& deflate);
  ~WebSocketStream();
  WebSocketStream(WebSocketStream&&) noexcept;
  WebSocketStream& operator=(WebSocketStream&&) noexcept;

  /// Takes all of `bytes`, overwriting them (they are unmasked in place), and calls
  /// `on_payload(std::span<const std::uint8_t>)` for each run of payload, never empty, gone when it
  /// returns. The callee may call close(), but neither consume() nor the destructor.
  template <class OnPayload>
  Status consume(std::span<std::uint8_t> bytes, OnPayload&& on_payload) {
    while (!bytes.empty() && status_ != Status::finished) {
      const std::span<const std::uint8_t> run = take_whole_messages(bytes);
      if (!run.empty() && status_ == Status::open) on_payload(run);
      if (bytes.empty()) break;
      const std::span<const std::uint8_t> payload = read_frames(bytes);
      if (!payload.empty() && status_ == Status::open) on_payload(payload);
      handle_what_ended();
    }
    if (said_) said_->pong_at = none;
    return status_;
  }

  /// Begins our close: appends the close frame to the output, once. `reason` is cut to the 123 bytes that
  /// fit. The caller bounds the time until `finished`.
  void close(WebSocketClose code, std::string_view reason = {});

  Status status() const { return status_; }

  /// Frames that wait to be written.
  const std::string& output() const;
  /// Hands them over and leaves none.
  std::string take_output();

  /// Why the stream finished: the code of the close frame that came (1005 when it had none, section 7.1.5),
  /// or the one that was sent for a violation. 0 before that.
  int close_code() const { return said_ ? said_->close_code : 0; }
  /// Whether the peer closed in good order, with whatever code, as opposed to a violation that we closed for.
  bool closed_by_peer() const { return closed_by_peer_; }
  /// For the log: the peer's reason, or what it violated.
  const std::string& close_reason() const;

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// What an idle stream does without.
  struct Said {
    std::string output = {};
    std::size_t pong_at = none;  // where in the output the pong of this consume() begins
    int close_code = 0;
    std::string close_reason = {};
  };

  std::span<const std::uint8_t> take_whole_messages(std::span<std::uint8_t>& bytes);
  std::span<const std::uint8_t> read_frames(std::span<std::uint8_t>& bytes);
  std::span<const std::uint8_t> inflate_whole(std::span<const std::uint8_t> part);
  void handle_what_ended();
  void handle_close_frame();
  void fail(WebSocketClose code, std::string reason);
  void append_close(std::uint16_t code, std::string_view reason);
  void append_control(std::uint8_t opcode, std::string_view payload);
  void answer_ping();
  Said& said();

  struct Inflating;

  std::unique_ptr<WebSocketEngine> engine_;
  std::unique_ptr<Inflating> inflating_;  // null: no compression is agreed on
  Status status_ = Status::open;
  bool close_sent_ = false;
  bool closed_by_peer_ = false;
  std::unique_ptr<Said> said_;  // null: nothing, or all that was said has been taken
};

}  // namespace nano
