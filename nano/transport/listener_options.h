// Internal header. What the connections of one listener have in common.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "nano/base/limits.h"
#include "nano/base/send_account.h"
#include "nano/http/router.h"
#include "nano/net/tls_stream.h"
#include "nano/session/wire.h"
#include "nano/websocket/upgrade.h"

namespace nano {

/// Makes the receiver for a new wire. Logic thread.
using ReceiverFactory = std::function<std::shared_ptr<WireReceiver>(std::shared_ptr<Wire>)>;

/// Set before the start, read by all I/O threads; shared by the listener and its connections.
struct ListenerOptions {
  ReceiverFactory make_receiver = {};
  std::shared_ptr<std::atomic<std::size_t>> wires =
      {};                                         ///< counts the connections that a graceful stop waits for
  std::shared_ptr<const TlsContext> tls = {};     ///< null: plain
  bool websocket = false;                         ///< HTTP and WebSocket instead of bare packets
  WebSocketUpgradePolicy upgrade_policy = {};     ///< of a WebSocket listener
  std::shared_ptr<const HttpRouter> router = {};  ///< of a WebSocket listener
  std::uint32_t packet_body_bytes_max = 0;
  std::size_t websocket_message_bytes_max = limits::websocket_message_bytes;
  std::size_t send_queue_bytes_max = limits::send_queue_bytes;
  std::shared_ptr<SendTotal> send_total = std::make_shared<SendTotal>(limits::send_queues_bytes);
  Duration send_stall_timeout = limits::send_stall_timeout;
  Duration handshake_timeout = limits::handshake_timeout;
  Duration close_timeout = limits::close_timeout;
  Duration http_idle_timeout = limits::http_idle_timeout;
  Duration http_half_closed_timeout = limits::http_half_closed_timeout;
};

}  // namespace nano
