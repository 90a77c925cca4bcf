// Internal header. For tests: a client's socket, plain or with TLS, that blocks and gives up after a while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "nano/net/tls_stream.h"
#include "tests/sockets/server.h"

namespace nano::sockets {

/// How the last receive() ended.
enum class Received {
  bytes,
  end,      ///< the server has closed its side
  reset,    ///< the connection was reset
  nothing,  ///< nothing has come within the time limit: what a test never wants to see
};

class Socket {
 public:
  /// Connects to 127.0.0.1. With `tls` it makes the handshake, too, and verifies the server. Throws
  /// std::runtime_error.
  explicit Socket(std::uint16_t port, bool tls = false);
  Socket(Server& server, Transport transport) : Socket(server.port(transport), is_tls(transport)) {}
  /// Takes a socket that exists and is not connected.
  Socket(int descriptor, std::uint16_t port);
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&&) = delete;

  /// Sends all. False: the connection is gone.
  bool send(std::string_view bytes);
  /// Appends what comes next to `into`.
  Received receive(std::string& into);
  /// All until the connection ends; last() says how it ended.
  std::string receive_all();
  Received last() const { return last_; }

  /// The end of our side of the stream; with TLS, its close_notify first.
  void shut_down_sending();
  /// Ends the connection with a reset, as a crashed client's machine does.
  void reset();
  /// Receive buffers this small make the server wait early. Before anything has come.
  void shrink_receive_buffer();
  int descriptor() const { return descriptor_; }

 private:
  void connect(std::uint16_t port);
  void start_tls();
  bool send_raw(std::string_view bytes);
  Received receive_raw(std::string& into);

  int descriptor_;
  std::unique_ptr<TlsContext> tls_context_;
  std::unique_ptr<TlsStream> tls_;
  Received last_ = Received::bytes;
};

/// A socket that is not connected yet.
int make_socket();

}  // namespace nano::sockets
