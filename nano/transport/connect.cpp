#include "nano/transport/connect.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "nano/http/connection.h"
#include "nano/net/socket_connection.h"
#include "nano/transport/tcp_wire.h"
#include "nano/transport/websocket_wire.h"
#include "nano/websocket/upgrade.h"

namespace nano {
namespace {

std::optional<HttpUpgrade> upgrade_to_wire(const HttpRequest& request, ByteConnection& connection,
                                           LogicLoop& loop, const ListenerOptions& options) {
  if (!asks_for_websocket(request)) {
    if (!options.router->empty()) return std::nullopt;
    return HttpUpgrade{.refusal = websocket_required()};
  }
  WebSocketUpgrade upgrade = upgrade_to_websocket(request, options.upgrade_policy);
  if (upgrade.accepted) {
    return HttpUpgrade{
        .response = std::move(upgrade.response),
        .receiver = std::make_unique<WebSocketWire>(connection, loop, options, upgrade.deflate)};
  }
  const std::string remote = connection.remote_address();
  loop.io().log().limited(remote).info(
      "WebSocket refused", {{"remote", remote}, {"path", request.path}, {"reason", upgrade.reason}});
  return HttpUpgrade{.refusal = std::move(upgrade.refusal)};
}

std::unique_ptr<ByteReceiver> make_receiver(ByteConnection& connection, LogicLoop& loop,
                                            const ListenerOptions& options) {
  if (!options.websocket) return std::make_unique<TcpWire>(connection, loop, options);
  auto upgrade = [&loop, &options](const HttpRequest& request, ByteConnection& asking) {
    return upgrade_to_wire(request, asking, loop, options);
  };
  return std::make_unique<HttpConnection>(connection, loop.io(), options, std::move(upgrade));
}

}  // namespace

void connect(LogicLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
             std::shared_ptr<const ListenerOptions> options) {
  const ListenerOptions& kept = *options;  // by the connection
  SocketConnection::open(loop.io(), std::move(socket), remote, std::move(options),
                         [&](ByteConnection& connection) { return make_receiver(connection, loop, kept); });
}

AcceptSocket connect_to(const std::vector<LogicLoop*>& loops,
                        std::shared_ptr<const ListenerOptions> options) {
  return [loops, options = std::move(options)](IoLoop& io, Socket socket,
                                               const asio::ip::tcp::endpoint& remote) {
    const auto loop =
        std::find_if(loops.begin(), loops.end(), [&](LogicLoop* one) { return &one->io() == &io; });
    connect(**loop, std::move(socket), remote, options);
  };
}

}  // namespace nano
