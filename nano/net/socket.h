// Internal header. Socket: one connected TCP socket, without a thread's event loop.
#pragma once

#include <cstdint>
#include <span>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace nano {

/// Owns the descriptor of a non-blocking socket. Not Asio's, which would register it with the reactor of its
/// io_context: a ReadySet watches it. One thread.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() { close(); }

  int descriptor() const { return descriptor_; }

  /// As recv(2).
  ssize_t receive(std::span<std::uint8_t> into) { return ::recv(descriptor_, into.data(), into.size(), 0); }
  /// As sendmsg(2), which takes longer than send(2) for a single buffer.
  ssize_t send(std::span<iovec> buffers) {
    if (buffers.size() == 1) {
      return ::send(descriptor_, buffers[0].iov_base, buffers[0].iov_len, MSG_NOSIGNAL);
    }
    msghdr message{};
    message.msg_iov = buffers.data();
    message.msg_iovlen = buffers.size();
    return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  }
  /// Bytes sent that the other end's system has not acknowledged. 0 where that is unknown.
  std::uint64_t unacknowledged() const;
  /// Bytes that wait to be received.
  std::uint64_t unread() const;

  /// Small messages leave at once.
  void set_no_delay();
  /// The system takes no more to send when it holds this much that is not on its way yet.
  void set_unsent_bytes_max(int bytes);
  /// The other end sees the end of the stream.
  void shutdown_send() { ::shutdown(descriptor_, SHUT_WR); }
  /// What is not sent yet is dropped, and the other end sees a reset, when the socket closes.
  void reset_on_close();
  void close();

 private:
  int descriptor_ = -1;
};

}  // namespace nano
