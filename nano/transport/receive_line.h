// Internal header. ReceiveLine: shares the logic thread among the clients whose packets I/O threads hand
// over.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "nano/scheduler/scheduler.h"
#include "nano/session/wire.h"
#include "nano/transport/share_meter.h"
#include "nano/transport/turn_line.h"

namespace nano {

class SocketConnection;

/// One for all loops of an application, made before they are attached: what handlers send within its hook
/// leaves in the same turn. A turn of the scheduler is a round. Logic thread.
class ReceiveLine {
 public:
  /// The scheduler must outlive it, or drop its hooks before.
  explicit ReceiveLine(Scheduler& scheduler);

  /// For a connection whose packets have just come: what it may use now. No packets: it waits in line.
  TurnShare share_now();
  /// So many packets have been handled.
  void count(std::size_t packets) { packets_ += packets; }
  /// The connection is told handle_inbox() in this round or a later one.
  void add_new(std::shared_ptr<SocketConnection> connection) { line_.add_new(std::move(connection)); }
  /// The same after it has had its share.
  void add_again(std::shared_ptr<SocketConnection> connection) { line_.add_again(std::move(connection)); }

 private:
  void serve();
  void begin_round();
  void end_round();

  Scheduler& scheduler_;
  TurnLine<std::shared_ptr<SocketConnection>> line_;
  ShareMeter meter_;
  TimePoint began_{};            // this round; none: nobody was served yet
  TimePoint until_{};            // when it is over, by the coarse clock
  std::size_t packets_ = 0;      // handled in it
  std::size_t active_ = 0;       // connections that had a turn in it
  std::size_t last_active_ = 0;  // in the one before
};

}  // namespace nano
