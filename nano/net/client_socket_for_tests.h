// Internal header. For tests: a client's socket that waits for what it asks for.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace nano {

/// Of a server on 127.0.0.1. Gives up after a while.
class ClientSocket {
 public:
  explicit ClientSocket(const std::string& address) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("connect");
    }
  }
  ~ClientSocket() { close(); }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  /// False: the connection is gone.
  bool send(std::string_view bytes) {
    return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
  }
  void finish() { ::shutdown(descriptor_, SHUT_WR); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  /// All that comes until this has come, or the server's end of the stream.
  std::string receive_until(std::string_view text) {
    std::string all;
    while (all.find(text) == std::string::npos && receive_some(all) > 0) {
    }
    return all;
  }
  /// All until the server's end of the stream; "reset" if it ends with one, "hangs" if it does not end.
  std::string receive_all() {
    std::string all;
    ssize_t bytes = 0;
    while ((bytes = receive_some(all)) > 0) {
    }
    return bytes == 0 ? all : errno == EAGAIN ? "hangs" : "reset";
  }

 private:
  ssize_t receive_some(std::string& all) {
    std::array<char, 4096> buffer;
    ssize_t bytes = 0;
    do {  // EINTR: the process was stopped for a while
      bytes = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    } while (bytes < 0 && errno == EINTR);
    if (bytes > 0) all.append(buffer.data(), static_cast<std::size_t>(bytes));
    return bytes;
  }

  int descriptor_;
};

}  // namespace nano
