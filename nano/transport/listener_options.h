// Internal header. What the connections of one listener have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "nano/base/limits.h"
#include "nano/http/connection.h"
#include "nano/net/connection_options.h"
#include "nano/session/wire.h"
#include "nano/websocket/deflate.h"
#include "nano/websocket/upgrade.h"

namespace nano {

/// Makes the receiver for a new wire. Logic thread.
using ReceiverFactory = std::function<std::shared_ptr<WireReceiver>(std::shared_ptr<Wire>)>;

/// Set before the start, read by all I/O threads; shared by the listener and its connections.
struct ListenerOptions : ConnectionOptions, HttpOptions {
  ReceiverFactory make_receiver = {};
  bool websocket = false;                      ///< HTTP and WebSocket instead of bare packets
  WebSocketUpgradePolicy upgrade_policy = {};  ///< of a WebSocket listener, as is the router
  std::uint32_t packet_body_bytes_max = 0;
  std::size_t websocket_message_bytes_max = limits::websocket_message_bytes;
  // What a WebSocket listener needs whose policy agrees on compression; shared with others:
  std::shared_ptr<WebSocketDeflater> deflater = {};    ///< logic thread
  std::shared_ptr<InflateBudget> inflate_budget = {};  ///< by the scheduler's clock
};

}  // namespace nano
