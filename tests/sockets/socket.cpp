#include "tests/sockets/socket.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace nano::sockets {
namespace {

template <class T>
void set_option(int descriptor, int level, int name, const T& value) {
  if (::setsockopt(descriptor, level, name, &value, sizeof value) != 0) {
    throw std::runtime_error(std::strerror(errno));
  }
}

}  // namespace

int make_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw std::runtime_error(std::string{"socket: "} + std::strerror(errno));
  return descriptor;
}

Socket::Socket(std::uint16_t port, bool tls) : Socket(make_socket(), port) {
  if (tls) start_tls();
}

Socket::Socket(int descriptor, std::uint16_t port) : descriptor_(descriptor) {
  const timeval limit{time_limit.count(), 0};
  set_option(descriptor_, SOL_SOCKET, SO_RCVTIMEO, limit);
  set_option(descriptor_, SOL_SOCKET, SO_SNDTIMEO, limit);
  set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  connect(port);
}

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      tls_context_(std::move(other.tls_context_)),
      tls_(std::move(other.tls_)),
      last_(other.last_) {}

void Socket::connect(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error(std::string{"connect: "} + std::strerror(errno));
  }
}

void Socket::start_tls() {
  tls_context_ = std::make_unique<TlsContext>(TlsContext::client(trusted_file()));
  tls_ = std::make_unique<TlsStream>(*tls_context_, "localhost");
  tls_->start();
  std::string early;
  while (!tls_->handshake_done()) {
    if (!send_raw(tls_->take_output()) || receive(early) != Received::bytes) {
      throw std::runtime_error("TLS handshake: " + tls_->error_text());
    }
  }
  if (!send_raw(tls_->take_output())) throw std::runtime_error("TLS handshake: the server is gone");
}

bool Socket::send(std::string_view bytes) {
  if (!tls_) return send_raw(bytes);
  tls_->encrypt({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return send_raw(tls_->take_output());
}

bool Socket::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;  // the process was stopped for a while
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

Received Socket::receive_raw(std::string& into) {
  std::array<char, 64 * 1024> buffer;
  ssize_t bytes = 0;
  do {
    bytes = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  } while (bytes < 0 && errno == EINTR);
  if (bytes < 0) return errno == EAGAIN ? Received::nothing : Received::reset;
  if (bytes == 0) return Received::end;
  into.append(buffer.data(), static_cast<std::size_t>(bytes));
  return Received::bytes;
}

Received Socket::receive(std::string& into) {
  if (!tls_) return last_ = receive_raw(into);
  std::string ciphertext;
  last_ = receive_raw(ciphertext);
  if (last_ != Received::bytes) return last_;
  const TlsStream::Status status = tls_->decrypt(
      {reinterpret_cast<const std::uint8_t*>(ciphertext.data()), ciphertext.size()},
      [&into](std::span<std::uint8_t> plaintext) { into.append(plaintext.begin(), plaintext.end()); });
  return last_ = status == TlsStream::Status::error ? Received::reset : Received::bytes;
}

std::string Socket::receive_all() {
  std::string all;
  while (receive(all) == Received::bytes) {
  }
  return all;
}

void Socket::shut_down_sending() {
  if (tls_) {
    tls_->shutdown();
    send_raw(tls_->take_output());
  }
  ::shutdown(descriptor_, SHUT_WR);
}

void Socket::reset() {
  set_option(descriptor_, SOL_SOCKET, SO_LINGER, linger{1, 0});
  ::close(std::exchange(descriptor_, -1));
}

// Not below a segment of the loopback device (64 KiB): TCP would crawl.
void Socket::shrink_receive_buffer() { set_option(descriptor_, SOL_SOCKET, SO_RCVBUF, 256 * 1024); }

}  // namespace nano::sockets
