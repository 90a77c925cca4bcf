// Internal header. LogWriter: log lines on their way to a file descriptor, on a thread of their own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "nano/base/limits.h"
#include "nano/base/log.h"

namespace nano {

/// How many lines of each level, from debug to error.
using LogLineCounts = std::array<std::uint64_t, 4>;

/// Takes lines without ever waiting for whoever reads them. What has no room, or cannot be written (nobody
/// reads any more, the disk is full), is dropped and counted; the count follows as soon as there is room.
/// No signal ends or stops the thread. It begins with the first line, and it alone may hang in a write.
class LogWriter {
 public:
  /// Makes the line, with its end, that tells of dropped ones; on the writer's thread.
  using TellDropped = std::function<std::string(const LogLineCounts& dropped)>;

  /// The descriptor stays the caller's. `queue_bytes_max`: of lines that wait; a quarter is kept for errors.
  LogWriter(int descriptor, TellDropped tell_dropped, std::size_t queue_bytes_max = limits::log_queue_bytes);
  /// As flush(); a thread that then hangs still is left to itself.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Any thread. `line` has its end.
  void push(LogLevel level, std::string_view line);
  /// Any thread. Waits until all that was pushed has left or was dropped, at most limits::log_flush_timeout.
  void flush();

 private:
  struct Queue;

  const std::shared_ptr<Queue> queue_;  // the thread's as well
};

}  // namespace nano
