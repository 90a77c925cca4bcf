// Internal header. For tests: ListenerOptions by name, those that are tested.
#pragma once

#include <utility>

#include "nano/transport/listener_options.h"

namespace nano {

struct ListenerSettings {
  ReceiverFactory make_receiver = {};
  bool websocket = false;
  Duration handshake_timeout = limits::handshake_timeout;
  Duration idle_timeout = limits::http_idle_timeout;
  Duration close_timeout = limits::close_timeout;

  ListenerOptions options() && {
    ListenerOptions options;
    options.make_receiver = std::move(make_receiver);
    options.websocket = websocket;
    options.handshake_timeout = handshake_timeout;
    options.idle_timeout = idle_timeout;
    options.close_timeout = close_timeout;
    return options;
  }
};

}  // namespace nano
