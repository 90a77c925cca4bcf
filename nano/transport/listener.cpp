#include "nano/transport/listener.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>

#include <asio/ip/v6_only.hpp>

#include "nano/transport/socket_connection.h"

namespace nano {

using asio::ip::tcp;

namespace {

[[noreturn]] void refuse_address(const std::string& address, const std::string& why) {
  throw std::runtime_error("Cannot listen on \"" + address + "\": " + why);
}

tcp::endpoint parse_address(asio::io_context& context, const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos)
    refuse_address(address, "write host:port, as in 0.0.0.0:3250 or [::1]:3250.");
  std::string host = address.substr(0, colon);
  const std::string port_text = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (port_text.empty() || failure != std::errc{} || end != port_text.data() + port_text.size()) {
    refuse_address(address,
                   "the port is a number from 0 to 65535 (0: any free one), not \"" + port_text + "\".");
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "*") return {asio::ip::address_v6::any(), port};

  asio::error_code error;
  const auto numeric = asio::ip::make_address(host, error);
  if (!error) return {numeric, port};
  tcp::resolver resolver{context};
  const auto found = resolver.resolve(host, port_text, tcp::resolver::passive, error);
  if (error || found.empty()) refuse_address(address, "the host \"" + host + "\" is not known.");
  return found.begin()->endpoint();
}

}  // namespace

Listener::Listener(std::vector<IoLoop*> loops, const std::string& address,
                   std::shared_ptr<const ListenerOptions> options)
    : loops_(std::move(loops)),
      options_(std::move(options)),
      acceptor_(loops_.front()->context()),
      pause_(loops_.front()->context()) {
  const tcp::endpoint endpoint = parse_address(loops_.front()->context(), address);
  asio::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error && endpoint.address() == asio::ip::address_v6::any()) {
    acceptor_.set_option(asio::ip::v6_only{false}, error);
  }
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(limits::listen_backlog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error == asio::error::address_in_use) {
    refuse_address(address, "another program uses this port; stop it or choose another port.");
  }
  if (error == asio::error::access_denied) {
    refuse_address(address, "this user may not use the port; choose one above 1023.");
  }
  if (error) refuse_address(address, error.message() + ".");
}

std::string Listener::address() const {
  asio::error_code error;
  const tcp::endpoint local = acceptor_.local_endpoint(error);
  const std::string host = local.address().to_string();
  return (local.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(local.port());
}

void Listener::start() {
  loops_.front()->from_logic([self = shared_from_this()] { self->await_clients(); });
}

void Listener::stop() {
  loops_.front()->from_logic([self = shared_from_this()] {
    self->stopped_ = true;
    asio::error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

void Listener::await_clients() {
  if (stopped_) return;
  acceptor_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](asio::error_code cancelled) {
    if (!cancelled) self->accept();
  });
}

void Listener::accept() {
  for (int i = 0; i < limits::accepts_per_turn && !stopped_; ++i) {
    tcp::endpoint remote;
    socklen_t size = static_cast<socklen_t>(remote.capacity());
    Socket socket{::accept4(acceptor_.native_handle(), remote.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (socket.descriptor() >= 0) {
      remote.resize(size);
      on_accepted(std::move(socket), remote);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return pause_after(errno);
    }
    if (i + 1 == limits::accepts_per_turn) {  // the others wait until the loop has done all else once
      return loops_.front()->post([self = shared_from_this()] { self->await_clients(); });
    }
  }
  await_clients();
}

void Listener::on_accepted(Socket socket, const tcp::endpoint& remote) {
  IoLoop& loop = *loops_[next_loop_];
  next_loop_ = (next_loop_ + 1) % loops_.size();
  auto connection = std::make_shared<SocketConnection>(loop, std::move(socket), remote, options_);
  if (&loop == loops_.front()) return connection->start();
  loop.post([connection = std::move(connection)] { connection->start(); });
}

void Listener::pause_after(int error) {
  const std::string listener = address();
  loops_.front()->scheduler().log().limited(listener).warning(
      "cannot accept connections for a moment", {{"listener", listener}, {"error", std::strerror(error)}});
  pause_.expires_after(limits::accept_pause);
  pause_.async_wait([self = shared_from_this()](asio::error_code cancelled) {
    if (!cancelled) self->accept();
  });
}

}  // namespace nano
