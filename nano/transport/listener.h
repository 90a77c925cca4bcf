// Internal header. Listener: accepts the connections to one address.
#pragma once

#include <cstddef>
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
  /// Binds and listens; does not accept yet. `address` is "host:port", "[v6 address]:port" or ":port" (all
  /// addresses); port 0 lets the system choose. Throws std::runtime_error with a sentence that says what to
  /// change.
  Listener(std::vector<IoLoop*> loops, const std::string& address,
           std::shared_ptr<const ListenerOptions> options);

  /// "127.0.0.1:3250": with the port in use.
  std::string address() const;

  /// Logic thread.
  void start();
  void stop();

 private:
  void await_clients();
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

}  // namespace nano
