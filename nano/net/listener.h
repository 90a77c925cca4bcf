// Internal header. Listener: accepts the connections to one address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "nano/net/io_loop.h"
#include "nano/net/socket.h"

namespace nano {

/// What becomes of a client's socket, on the thread of the loop that is to serve it.
using AcceptSocket = std::function<void(IoLoop&, Socket, const asio::ip::tcp::endpoint& remote)>;

/// Accepts on the first loop and deals the connections out to all loops in turn. The loops outlive it.
class Listener final : public std::enable_shared_from_this<Listener> {
 public:
  /// Binds and listens; does not accept yet. `error` says why that failed; then this is of no use.
  Listener(std::vector<IoLoop*> loops, const asio::ip::tcp::endpoint& endpoint, AcceptSocket take,
           asio::error_code& error);

  /// "127.0.0.1:3250": with the port in use.
  std::string address() const;
  std::uint16_t port() const;

  /// As IoLoop::dispatch().
  void start();
  void stop();

 private:
  void await_clients();
  void accept_soon();
  void accept();
  void on_accepted(Socket socket, const asio::ip::tcp::endpoint& remote);
  void pause_after(int error);

  std::vector<IoLoop*> loops_;
  AcceptSocket take_;
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
                                                 const std::string& address, const AcceptSocket& take,
                                                 const std::vector<std::shared_ptr<Listener>>& ours = {});

}  // namespace nano
