// Internal header. IoLoop: one thread's sockets, and the batched hand-over between it and the logic thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "nano/base/function.h"
#include "nano/base/limits.h"
#include "nano/scheduler/driver.h"
#include "nano/scheduler/listening_clock.h"
#include "nano/scheduler/scheduler.h"
#include "nano/transport/handshake_line.h"
#include "nano/transport/ready_set.h"
#include "nano/transport/receive_line.h"
#include "nano/transport/send_queue.h"

namespace nano {

class SocketConnection;

/// Runs either inside the logic thread, as its driver (no hand-over at all), or on a thread of its own. Calls
/// are for the loop's own thread unless they say otherwise.
class IoLoop final : public Driver {
 public:
  IoLoop();
  ~IoLoop() override;

  /// Before use: who gets the logic's work. The loop runs as the scheduler's driver.
  void attach(Scheduler& scheduler);
  /// The same with a thread of its own, which this starts. `line` shares the logic thread among the
  /// connections of all its loops. The scheduler must outlive stop().
  void attach(Scheduler& scheduler, std::shared_ptr<ReceiveLine> line);
  /// Logic thread. Ends the loop's own thread; drops what is left.
  void stop();

  bool is_inline() const { return !own_thread_; }
  asio::io_context& context() { return context_; }
  Scheduler& scheduler() { return *scheduler_; }
  /// The open connections.
  ReadySet& ready_set() { return ready_set_; }
  /// Those of them whose TLS handshake is not finished.
  HandshakeLine& handshakes() { return handshakes_; }
  /// Logic thread, not inline.
  ReceiveLine& receive_line() { return *receive_line_; }
  /// What one read takes; shared by all connections of the loop.
  std::vector<std::uint8_t>& read_buffer() { return read_buffer_; }

  /// Any thread. Runs `task` on the loop's thread, soon; one wake-up per burst.
  void post(Function<void()> task);
  /// Logic thread. Runs `task` on the loop's thread: at once if inline, else with all others of this turn.
  void from_logic(Function<void()> task);
  /// Logic thread, not inline. Where to put what the connection sends in this turn: it goes over with all
  /// others at the turn's end, before the tasks of from_logic().
  SendQueue& stage(SocketConnection& connection);
  /// Logic thread, not inline. What is staged goes over now, before the turn's end.
  void hand_over_staged() { flush_from_logic(); }
  /// Runs `task` on the logic thread: at once if inline, else with all others of this turn of the loop.
  void to_logic(Function<void()> task);

  /// The connection has something to write: it is flushed once at the end of this turn.
  void mark_dirty(SocketConnection& connection) { dirty_.push_back(&connection); }
  using Deadlines = std::multimap<TimePoint, SocketConnection*>;
  using Deadline = Deadlines::iterator;
  /// Calls connection.on_deadline() when listened() has come that far, after what has come until then was
  /// looked at, and forgets the deadline before. Until then it can be removed, and must be when the
  /// connection closes.
  Deadline add_deadline(TimePoint when, SocketConnection& connection);
  void remove_deadline(Deadline deadline) { deadlines_.erase(deadline); }
  /// The ListeningClock of the loop's thread.
  TimePoint listened() const { return own_thread_ ? listening_.now() : scheduler_->listened(); }

  // Driver: how the logic thread waits when the loop is inline; how the loop's own thread runs otherwise.
  void wait(std::optional<TimePoint> until) override;
  void wake() override;

 private:
  /// What a connection sends in one turn of the logic.
  struct Staged {
    std::shared_ptr<SocketConnection> connection;
    SendQueue frames;
  };

  void sleep(std::optional<TimePoint> until);
  bool look();
  void serve_handshakes();
  /// Where the loop is the logic thread's own, that watches over it.
  void begin_work(std::string_view name);
  void end_work();
  void run_posted();
  void flush_dirty();
  void flush_to_logic();
  void flush_from_logic();
  void begin_wait();
  void back_from_wait();
  void arm_deadline_timer();
  void run_deadlines();

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::steady_timer deadline_timer_{context_};
  Deadlines deadlines_;  // on listened()
  bool deadline_timer_runs_ = false;
  TimePoint deadline_wake_{};              // when the timer, which does nothing but wake the thread, is due
  ListeningClock listening_{TimePoint{}};  // of the loop's own thread
  ReadySet ready_set_{context_};
  HandshakeLine handshakes_;
  std::size_t events_ = 0;                // of the last turn
  std::vector<SocketConnection*> dirty_;  // open, or removed from the set within this turn
  std::vector<SocketConnection*> flushing_;
  std::vector<Function<void()>> to_logic_;
  std::vector<Function<void()>> from_logic_;  // logic thread's side
  std::vector<Staged> staged_;                // logic thread's side
  std::vector<std::uint8_t> read_buffer_;
  Scheduler* scheduler_ = nullptr;
  std::shared_ptr<ReceiveLine> receive_line_;  // null: inline

  std::mutex mutex_;
  std::vector<Function<void()>> posted_;  // guarded by mutex_
  bool stopping_ = false;                 // loop's thread
  bool own_thread_ = false;               // constant while the loop runs
  std::thread thread_;
};

}  // namespace nano
