// Internal header. LogicLoop: an I/O loop whose connections belong to sessions, and the way between it and
// the logic thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "nano/base/function.h"
#include "nano/net/io_loop.h"
#include "nano/net/send_queue.h"
#include "nano/scheduler/driver.h"
#include "nano/scheduler/scheduler.h"
#include "nano/transport/receive_line.h"
#include "nano/websocket/deflate.h"

namespace nano {

class PacketWire;

/// Inline, the loop is the logic thread's place to wait, and nothing is handed over. With a thread of its
/// own, what one thread has for the other goes over in batches: one wake-up per turn. Connections stay on
/// their loop.
class LogicLoop final : public Driver {
 public:
  LogicLoop() = default;
  ~LogicLoop() override { stop(); }

  /// Before use: who gets the logic's work. The loop runs as the scheduler's driver.
  void attach(Scheduler& scheduler);
  /// The same with a thread of its own, which this starts. `line` shares the logic thread among the
  /// connections of all its loops. The scheduler must outlive stop().
  void attach(Scheduler& scheduler, std::shared_ptr<ReceiveLine> line);
  /// Logic thread. Ends the loop's own thread; drops what is left.
  void stop() { io_.stop(); }

  IoLoop& io() { return io_; }
  bool is_inline() const { return !io_.has_own_thread(); }
  Scheduler& scheduler() { return *scheduler_; }
  /// Logic thread, not inline.
  ReceiveLine& receive_line() { return *receive_line_; }

  /// Logic thread. Runs `task` on the loop's thread: at once if inline, else with all others of this turn.
  void from_logic(Function<void()> task);
  /// Logic thread, not inline. Where to put what the wire sends in this turn: it goes over with all
  /// others at the turn's end, before the tasks of from_logic().
  SendQueue& stage(PacketWire& wire);
  /// Logic thread, not inline. What is staged goes over now, before the turn's end.
  void hand_over_staged();
  /// Loop's thread. Runs `task` on the logic thread: at once if inline, else with all others of this turn of
  /// the loop.
  void to_logic(Function<void()> task);

  /// Loop's thread. For the compressed messages of its connections; made by the first.
  WebSocketInflater& inflater(const std::shared_ptr<InflateBudget>& budget);

  // Driver: how the logic thread waits when the loop is inline.
  void wait(std::optional<TimePoint> until) override { io_.turn(until); }
  void wake() override { io_.wake(); }

 private:
  /// What a connection sends in one turn of the logic.
  struct Staged {
    std::shared_ptr<PacketWire> wire;
    SendQueue frames;
  };
  class LogicThread;
  class HandingThread;

  void hand_to_logic();

  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<WebSocketInflater> inflater_;  // null: not used
  IoLoop io_;
  Scheduler* scheduler_ = nullptr;
  std::shared_ptr<ReceiveLine> receive_line_;  // null: inline
  std::vector<Function<void()>> to_logic_;     // loop's thread
  std::vector<Function<void()>> from_logic_;   // logic thread
  std::vector<Staged> staged_;                 // logic thread
};

}  // namespace nano
