// Internal header. For tests: connections whose client's end is in the same process.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "nano/transport/connect.h"

namespace nano {

/// The client's end of a connection; never blocks.
class Peer {
 public:
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  Peer(Peer&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~Peer() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// As much as fits; returns how much.
  std::size_t send(std::string_view bytes) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void finish() { ::shutdown(descriptor_, SHUT_WR); }
  /// Whether the server's end of the stream, or of the connection, has come behind all that was received.
  bool at_end() {
    char next = 0;
    return ::recv(descriptor_, &next, 1, MSG_PEEK) >= 0 || errno != EAGAIN;
  }
  /// Waits for the connection to be gone; whether by a reset.
  bool was_reset() {
    pollfd gone{descriptor_, 0, 0};
    int error = 0;
    socklen_t size = sizeof error;
    return ::poll(&gone, 1, 20'000) == 1 &&
           ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == ECONNRESET;
  }
  /// All that is there.
  std::string receive() {
    std::string all;
    std::array<char, 65536> buffer;
    ssize_t bytes = 0;
    while ((bytes = ::recv(descriptor_, buffer.data(), buffer.size(), 0)) > 0) {
      all.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    return all;
  }

 private:
  int descriptor_;
};

/// A loop that is this thread's place to wait, as the logic thread.
template <class ItsClock>
struct InlineLoop {
  InlineLoop() {
    scheduler.adopt_thread();
    loop.attach(scheduler);
  }

  ItsClock clock;
  InlineWorkers workers;
  LogicLoop loop;
  Scheduler scheduler{clock, loop, workers, Log{LogLevel::off}};
};

/// A connection of the loop; on its thread.
inline Peer connect_pair(LogicLoop& loop, std::shared_ptr<const ListenerOptions> options,
                         const asio::ip::tcp::endpoint& remote = {}) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const int enough_for_several_reads = 1 << 20;
  ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &enough_for_several_reads, sizeof enough_for_several_reads);
  connect(loop, Socket{ends[0]}, remote, std::move(options));
  return Peer{ends[1]};
}

/// The same over TCP, with a client's end that holds little.
inline Peer connect_tcp_pair(LogicLoop& loop, std::shared_ptr<const ListenerOptions> options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any_address = reinterpret_cast<sockaddr*>(&address);
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(::bind(listener, any_address, size), 0);
  EXPECT_EQ(::listen(listener, 1), 0);
  EXPECT_EQ(::getsockname(listener, any_address, &size), 0);
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  const int little = 4096;
  ::setsockopt(client, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  EXPECT_EQ(::connect(client, any_address, size), 0);
  ::fcntl(client, F_SETFL, O_NONBLOCK);
  Socket accepted{::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)};
  ::close(listener);
  connect(loop, std::move(accepted), asio::ip::tcp::endpoint{}, std::move(options));
  return Peer{client};
}

}  // namespace nano
