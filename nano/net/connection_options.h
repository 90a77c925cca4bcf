// Internal header. What the connections of one listener have in common.
#pragma once

#include <cstddef>
#include <memory>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/base/send_account.h"
#include "nano/net/busy_count.h"
#include "nano/net/tls_stream.h"

namespace nano {

/// Set before the start, read by all I/O threads.
struct ConnectionOptions {
  std::shared_ptr<const TlsContext> tls = {};                   ///< null: plain
  std::size_t send_queue_bytes_max = limits::send_queue_bytes;  ///< the budget of each connection
  std::shared_ptr<SendTotal> send_total = std::make_shared<SendTotal>(limits::send_queues_bytes);
  /// Counts those that a graceful stop waits for; null: none does.
  std::shared_ptr<BusyCount> busy = {};
  Duration send_stall_timeout = limits::send_stall_timeout;
  Duration handshake_timeout = limits::handshake_timeout;
  Duration close_timeout = limits::close_timeout;
  /// Of a peer that has to take something, or to say something more.
  Duration idle_timeout = limits::http_idle_timeout;
};

}  // namespace nano
