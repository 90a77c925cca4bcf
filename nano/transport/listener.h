// Internal header. Listener: accepts the connections to one address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "nano/transport/io_loop.h"
#include "nano/transport/listener_options.h"
#include "nano/transport/socket.h"

namespace nano {

/// Accepts on the first loop and deals the connections out to all loops in turn. The loops outlive it.
class Listener final : public std::enable_shared_from_this<Listener> {
 public:
  /// Binds and listens; does not accept yet. `error` says why that failed; then this is of no use.
  Listener(std::vector<IoLoop*> loops, const asio::ip::tcp::endpoint& endpoint,
           std::shared_ptr<const ListenerOptions> options, asio::error_code& error);

  /// "127.0.0.1:3250": with the port in use.
  std::string address() const;
  std::uint16_t port() const;

  /// Logic thread.
  void start();
  void stop();

 private:
  void await_clients();
  void accept_soon();
  void accept();
  void on_accepted(Socket socket, const asio::ip::tcp::endpoint& remote);
  void pause_after(int error);

  std::vector<IoLoop*> loops_;
  std::shared_ptr<const ListenerOptions> options_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t next_loop_ = 0;
  bool stopped_ = false;
};

/// Listeners on all addresses that `address` stands for, on one port: of "localhost:3250" on 127.0.0.1 and
/// [::1]. Otherwise `address` is as parse_listen_address() takes it, and it is one listener; all addresses of
/// the machine are its IPv6 ones, too, where it has any. Throws std::runtime_error with a sentence that says
/// what to change, or std::invalid_argument where one of `ours` is in the way.
std::vector<std::shared_ptr<Listener>> listen_on(const std::vector<IoLoop*>& loops,
                                                 const std::string& address,
                                                 const std::shared_ptr<const ListenerOptions>& options,
                                                 const std::vector<std::shared_ptr<Listener>>& ours = {});

}  // namespace nano
