// Internal header. For tests: the upgrade request of a client, and the frames that a server sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nano::sockets {

struct ServerFrame {
  int opcode = 0;  ///< 2 binary, 8 close, 9 ping, 10 pong
  std::string payload = {};

  /// Of a close frame; 1005 without one.
  int close_code() const {
    if (payload.size() < 2) return 1005;
    return static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
  }
};

/// Cuts a server's bytes into frames. Throws std::runtime_error for what no server may send: masked or
/// fragmented frames, reserved bits.
class ServerFrameReader {
 public:
  void take(std::string_view bytes) { bytes_.append(bytes); }
  /// The next whole frame, if it has come.
  std::optional<ServerFrame> next();

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

/// A correct upgrade request but for what the parameters say. `headers`: whole lines, more of them.
std::string upgrade_request(std::string_view path = "/nano", std::string_view version = "13",
                            std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==", std::string_view headers = "");

}  // namespace nano::sockets
