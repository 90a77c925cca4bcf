// Internal header. ReceiveLine: shares the logic thread among the clients whose packets I/O threads hand
// over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "nano/net/share_meter.h"
#include "nano/net/turn_line.h"
#include "nano/scheduler/scheduler.h"
#include "nano/session/wire.h"

namespace nano {

class PacketWire;

/// What a connection has had of a round.
struct RoundPart {
  std::uint32_t round = 0;  ///< none yet
  std::uint32_t packets_left = 0;
};

/// One for all loops of an application, made before they are attached: what handlers send within its hook
/// leaves in the same turn. A turn of the scheduler is a round. Logic thread.
class ReceiveLine {
 public:
  /// The scheduler must outlive it, or drop its hooks before.
  explicit ReceiveLine(Scheduler& scheduler);

  /// For a connection whose packets have just come: what it may use now, at once. No packets: it waits in
  /// line, as those do that were there before.
  TurnShare share_now(RoundPart& part);
  /// It has had its share of this round.
  bool had_turn(const RoundPart& part) const { return part.round == round_; }
  /// So many packets have been handled.
  void count(std::size_t packets) { packets_ += packets; }
  /// The connection, that has had no turn in this round, is told handle_inbox() in it or a later one.
  void add_new(std::shared_ptr<PacketWire> connection) { line_.add_new(std::move(connection)); }
  /// The same in a later one.
  void add_again(std::shared_ptr<PacketWire> connection) { line_.add_again(std::move(connection)); }

 private:
  void serve();
  void serve_line();
  void begin_round();

  Scheduler& scheduler_;
  TurnLine<std::shared_ptr<PacketWire>> line_;
  ShareMeter meter_;
  std::uint32_t round_ = 1;
  bool begun_ = false;           // this round: somebody was served
  TimePoint until_{};            // when it is over
  std::size_t packets_ = 0;      // handled in it
  std::size_t active_ = 0;       // connections that had a turn in it
  std::size_t last_active_ = 0;  // in the one before
};

}  // namespace nano
