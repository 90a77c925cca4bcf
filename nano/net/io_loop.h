// Internal header. IoLoop: where a thread waits for its sockets, and serves them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "nano/base/function.h"
#include "nano/base/limits.h"
#include "nano/base/log.h"
#include "nano/net/handshake_line.h"
#include "nano/net/loop_thread.h"
#include "nano/net/pollable.h"
#include "nano/net/ready_set.h"

namespace nano {

/// One thread turns it: its own, or one that has other work, too. All that is not said to be for any thread
/// is for that one.
class IoLoop {
 public:
  IoLoop();
  ~IoLoop();

  /// Before use. All of these outlive its use.
  void attach(const Clock& clock, const Log& log, LoopThread& thread);
  /// Starts a thread that turns it until stop(); whoever calls this attached it to a LoopThread of that one.
  void start_thread();
  /// The thread that called start_thread(). Ends the loop's own thread; what is posted later is dropped.
  void stop();
  bool has_own_thread() const { return own_thread_; }

  asio::io_context& context() { return context_; }
  const Clock& clock() const { return *clock_; }
  const Log& log() const { return *log_; }
  /// The open connections.
  ReadySet& ready_set() { return ready_set_; }
  /// Those of them whose TLS handshake is not finished.
  HandshakeLine& handshakes() { return handshakes_; }
  /// What one read takes; shared by all connections of the loop.
  std::vector<std::uint8_t>& read_buffer() { return read_buffer_; }

  /// Any thread. Runs `task` on the loop's thread, soon; one wake-up per burst.
  void post(Function<void()> task);
  /// The loop's thread, or, where it has its own, the one that started that. Runs `task` on the loop's
  /// thread: at once, or posted.
  void dispatch(Function<void()> task);

  /// The connection has something to write: it is flushed once at the end of this turn.
  void mark_dirty(Pollable& connection) { dirty_.push_back(&connection); }
  using Deadlines = std::multimap<TimePoint, Pollable*>;
  using Deadline = Deadlines::iterator;
  /// Calls connection.on_deadline() when listened() has come that far, after what has come until then was
  /// looked at, and forgets the deadline before. Until then it can be removed, and must be when the
  /// connection closes.
  Deadline add_deadline(TimePoint when, Pollable& connection);
  void remove_deadline(Deadline deadline) { deadlines_.erase(deadline); }
  TimePoint listened() const { return loop_thread_->listened(); }

  /// Waits for work until `until` (nothing: however long; a time that has passed: does not wait), and does
  /// it. May return early for no reason.
  void turn(std::optional<TimePoint> until);
  /// Any thread. The current wait, or else the next one, ends.
  void wake();
  /// Writes what is queued, as at the end of a turn.
  void flush();

 private:
  void sleep(std::optional<TimePoint> until);
  bool look();
  void serve_handshakes();
  bool has_posted();
  void run_posted();
  void end_wait();
  void arm_deadline_timer();
  void run_deadlines();

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::steady_timer deadline_timer_{context_};
  Deadlines deadlines_;  // on listened()
  bool deadline_timer_runs_ = false;
  TimePoint deadline_wake_{};             // when the timer, which does nothing but wake the thread, is due
  std::mutex mutex_;                      // outlives the connections, which close what others post for
  std::vector<Function<void()>> posted_;  // guarded by mutex_
  ReadySet ready_set_{context_};
  HandshakeLine handshakes_;
  std::size_t events_ = 0;        // of the last turn
  std::vector<Pollable*> dirty_;  // open, or removed from the set within this turn
  std::vector<Pollable*> flushing_;
  std::vector<std::uint8_t> read_buffer_;
  const Clock* clock_ = nullptr;
  const Log* log_ = nullptr;
  LoopThread* loop_thread_ = nullptr;

  std::atomic<std::thread::id> turns_on_{};  // the thread of the last turn
  bool stopping_ = false;                    // loop's thread
  bool own_thread_ = false;                  // constant while the loop runs
  std::thread thread_;
};

}  // namespace nano
