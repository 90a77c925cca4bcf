// Internal header. What listeners do with the sockets that come to them.
#pragma once

#include <memory>
#include <vector>

#include <asio/ip/tcp.hpp>

#include "nano/net/listener.h"
#include "nano/net/socket.h"
#include "nano/transport/listener_options.h"
#include "nano/transport/logic_loop.h"

namespace nano {

/// A connection on the loop, whose wire the logic thread gets: at once, or after an upgrade from HTTP. Loop's
/// thread.
void connect(LogicLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
             std::shared_ptr<const ListenerOptions> options);

/// For listeners: does that for each socket that comes to one of the loops. Both outlive its use.
AcceptSocket connect_to(const std::vector<LogicLoop*>& loops, std::shared_ptr<const ListenerOptions> options);

}  // namespace nano
