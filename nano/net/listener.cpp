#include "nano/net/listener.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>

#include <asio/ip/v6_only.hpp>

#include "nano/net/listen_address.h"

namespace nano {

using asio::ip::tcp;

namespace {

using Endpoints = std::vector<tcp::endpoint>;

[[noreturn]] void refuse_address(const std::string& address, const std::string& why) {
  throw std::runtime_error("Cannot listen on \"" + address + "\": " + why);
}

[[noreturn]] void refuse_address(const std::string& address, asio::error_code error) {
  if (error == asio::error::address_in_use) {
    refuse_address(address, "another program uses this port; stop it or choose another port.");
  }
  if (error == asio::error::access_denied) {
    refuse_address(address, "this user may not use the port; choose one above 1023.");
  }
  if (error.value() == EADDRNOTAVAIL) {
    refuse_address(address, "this machine has no such address; 0.0.0.0 stands for all that it has.");
  }
  refuse_address(address, error.message() + ".");
}

/// Of a machine without IPv6, or without the address that a name stands for elsewhere.
bool is_not_here(asio::error_code error) {
  return error.value() == EADDRNOTAVAIL || error.value() == EAFNOSUPPORT;
}

/// What the address stands for, each once.
Endpoints endpoints_of(asio::io_context& context, const std::string& address) {
  const Result<ListenAddress> parsed = parse_listen_address(address);
  if (!parsed) refuse_address(address, parsed.error().message);
  const std::uint16_t port = parsed->port;
  if (parsed->host.empty()) return {{asio::ip::address_v6::any(), port}};
  asio::error_code error;
  const auto numeric = asio::ip::make_address(parsed->host, error);
  if (!error) return {{numeric, port}};
  tcp::resolver resolver{context};
  Endpoints endpoints;
  for (const auto& found :
       resolver.resolve(parsed->host, std::to_string(port), tcp::resolver::passive, error)) {
    const tcp::endpoint endpoint = found.endpoint();
    if (std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end())
      endpoints.push_back(endpoint);
  }
  if (endpoints.empty()) refuse_address(address, "the host \"" + parsed->host + "\" is not known.");
  return endpoints;
}

using Listeners = std::vector<std::shared_ptr<Listener>>;

/// Listeners on those endpoints that this machine has. With port 0 the first one's is chosen for all.
Listeners try_endpoints(const std::vector<IoLoop*>& loops, const Endpoints& endpoints,
                        const AcceptSocket& take, asio::error_code& error) {
  Listeners listeners;
  asio::error_code not_here;
  for (tcp::endpoint endpoint : endpoints) {
    if (!listeners.empty()) endpoint.port(listeners.front()->port());
    auto listener = std::make_shared<Listener>(loops, endpoint, take, error);
    if (!error) {
      listeners.push_back(std::move(listener));
    } else if (is_not_here(error)) {
      not_here = error;
    } else {
      return {};
    }
  }
  error = listeners.empty() ? not_here : asio::error_code{};
  return listeners;
}

/// A name may stand for an address that another of our listeners has.
void check_not_ours(const std::string& address, const Endpoints& endpoints, const Listeners& ours) {
  for (const auto& listener : ours) {
    const Result<ListenAddress> taken = parse_listen_address(listener->address());
    const auto same = std::find_if(endpoints.begin(), endpoints.end(), [&](const tcp::endpoint& endpoint) {
      return taken && overlap(*taken, {endpoint.address().to_string(), endpoint.port()});
    });
    if (same == endpoints.end()) continue;
    throw std::invalid_argument("Two listeners cannot share the address \"" + address + "\" (\"" +
                                listener->address() + "\"): give each a port of its own.");
  }
}

}  // namespace

Listeners listen_on(const std::vector<IoLoop*>& loops, const std::string& address, const AcceptSocket& take,
                    const Listeners& ours) {
  const Endpoints endpoints = endpoints_of(loops.front()->context(), address);
  const tcp::endpoint& first = endpoints.front();
  asio::error_code error;
  Listeners listeners = try_endpoints(loops, endpoints, take, error);
  if (is_not_here(error) && first.address() == asio::ip::address_v6::any()) {
    listeners = try_endpoints(loops, {{asio::ip::address_v4::any(), first.port()}}, take, error);
  }
  // The port that was free on the first address may be taken on the next.
  const bool any_port = first.port() == 0 && endpoints.size() > 1;
  for (int tries = 1; any_port && error == asio::error::address_in_use && tries < limits::common_port_tries;
       ++tries) {
    listeners = try_endpoints(loops, endpoints, take, error);
  }
  if (error == asio::error::address_in_use) check_not_ours(address, endpoints, ours);
  if (error) refuse_address(address, error);
  return listeners;
}

Listener::Listener(std::vector<IoLoop*> loops, const tcp::endpoint& endpoint, AcceptSocket take,
                   asio::error_code& error)
    : loops_(std::move(loops)),
      take_(std::move(take)),
      acceptor_(loops_.front()->context()),
      pause_(loops_.front()->context()) {
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
  // IPv4 has a listener of its own where a name stands for both; only "all addresses" are one.
  const bool all = endpoint.address() == asio::ip::address_v6::any();
  if (!error && endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only{!all}, error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(limits::listen_backlog, error);
  if (!error) acceptor_.non_blocking(true, error);
}

std::uint16_t Listener::port() const {
  asio::error_code error;
  return acceptor_.local_endpoint(error).port();
}

std::string Listener::address() const {
  asio::error_code error;
  const tcp::endpoint local = acceptor_.local_endpoint(error);
  const std::string host = local.address().to_string();
  return (local.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(local.port());
}

void Listener::start() {
  loops_.front()->dispatch([self = shared_from_this()] { self->await_clients(); });
}

void Listener::stop() {
  loops_.front()->dispatch([self = shared_from_this()] {
    self->stopped_ = true;
    asio::error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

void Listener::await_clients() {
  if (stopped_) return;
  acceptor_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](asio::error_code cancelled) {
    if (!cancelled) self->accept_soon();
  });
}

/// Not while the loop still sleeps: its clock says when it fell asleep, and the time limits of who has come
/// now would be over when it wakes.
void Listener::accept_soon() {
  loops_.front()->post([self = shared_from_this()] { self->accept(); });
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
  if (&loop == loops_.front()) return take_(loop, std::move(socket), remote);
  loop.post([self = shared_from_this(), &loop, socket = std::move(socket), remote]() mutable {
    self->take_(loop, std::move(socket), remote);
  });
}

void Listener::pause_after(int error) {
  const std::string listener = address();
  loops_.front()->log().limited(listener).warning("cannot accept connections for a moment",
                                                  {{"listener", listener}, {"error", std::strerror(error)}});
  pause_.expires_after(limits::accept_pause);
  pause_.async_wait([self = shared_from_this()](asio::error_code cancelled) {
    if (!cancelled) self->accept_soon();
  });
}

}  // namespace nano
