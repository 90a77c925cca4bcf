#include "nano/base/log_writer.h"

#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <poll.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace nano {
namespace {

struct Line {
  std::size_t level;
  std::size_t bytes;
};

struct Batch {
  std::string text;
  std::vector<Line> lines;
  LogLineCounts dropped{};  // after these lines

  void add(LogLevel level, std::string_view line) {
    text += line;
    lines.push_back({static_cast<std::size_t>(level), line.size()});
  }
};

bool any(const LogLineCounts& counts) { return counts != LogLineCounts{}; }

/// Signals are for other threads. Those that a write brings (nobody reads; the file is too long; a terminal
/// that does not want output now) then come to nothing.
void block_signals() {
  sigset_t all{};
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// How many bytes were written: all, unless writing failed.
std::size_t write_all(int descriptor, std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t bytes = ::write(descriptor, text.data() + written, text.size() - written);
    if (bytes >= 0) {
      written += static_cast<std::size_t>(bytes);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {  // somebody who shares it wants it so
      pollfd writable{descriptor, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      break;
    }
  }
  return written;
}

}  // namespace

struct LogWriter::Queue {
  void run();
  bool take(Batch& batch);
  void write(const Batch& batch);
  bool write_lines(std::string_view text);

  int descriptor = -1;
  TellDropped tell_dropped;
  std::size_t bytes_max = 0;

  std::mutex mutex;
  std::condition_variable pushed;
  std::condition_variable settled;
  Batch waiting;
  std::uint64_t lines_pushed = 0;
  std::uint64_t lines_settled = 0;  // written or dropped
  bool running = false;
  bool ending = false;

  // the thread's
  LogLineCounts untold{};
  bool within_line = false;  // the last write ended there
};

LogWriter::LogWriter(int descriptor, TellDropped tell_dropped, std::size_t queue_bytes_max)
    : queue_(std::make_shared<Queue>()) {
  queue_->descriptor = descriptor;
  queue_->tell_dropped = std::move(tell_dropped);
  queue_->bytes_max = queue_bytes_max;
}

LogWriter::~LogWriter() {
  flush();
  const std::lock_guard lock{queue_->mutex};
  queue_->ending = true;
  queue_->pushed.notify_one();
}

void LogWriter::push(LogLevel level, std::string_view line) {
  const std::lock_guard lock{queue_->mutex};
  const std::size_t room =
      level == LogLevel::error ? queue_->bytes_max : queue_->bytes_max - queue_->bytes_max / 4;
  if (queue_->waiting.text.size() + line.size() > room) {
    ++queue_->waiting.dropped[static_cast<std::size_t>(level)];
    return;
  }
  queue_->waiting.add(level, line);
  ++queue_->lines_pushed;
  if (!queue_->running) {
    try {
      std::thread{[queue = queue_] { queue->run(); }}.detach();
      queue_->running = true;
    } catch (const std::system_error&) {  // too many threads: the next line tries again
    }
  }
  queue_->pushed.notify_one();
}

void LogWriter::flush() {
  std::unique_lock lock{queue_->mutex};
  const std::uint64_t last = queue_->lines_pushed;
  queue_->settled.wait_for(lock, limits::log_flush_timeout, [&] { return queue_->lines_settled >= last; });
}

void LogWriter::Queue::run() {
  block_signals();
  Batch batch;
  while (take(batch)) {
    write(batch);
    const std::lock_guard lock{mutex};
    lines_settled += batch.lines.size();
    settled.notify_all();
  }
}

/// False at the end.
bool LogWriter::Queue::take(Batch& batch) {
  std::unique_lock lock{mutex};
  pushed.wait(lock, [this] { return ending || !waiting.lines.empty(); });
  batch = std::exchange(waiting, {});
  return !batch.lines.empty();
}

/// In pieces of whole lines that a pipe takes as one, so that other writers' lines do not come in between.
void LogWriter::Queue::write(const Batch& batch) {
  std::size_t begin = 0;
  for (std::size_t next = 0; next < batch.lines.size();) {
    const std::size_t first = next;
    std::size_t end = begin + batch.lines[next++].bytes;
    while (next < batch.lines.size() && end + batch.lines[next].bytes - begin <= PIPE_BUF) {
      end += batch.lines[next++].bytes;
    }
    if (!write_lines(std::string_view{batch.text}.substr(begin, end - begin))) {
      for (std::size_t i = first; i < next; ++i) ++untold[batch.lines[i].level];
    }
    begin = end;
  }
  for (std::size_t level = 0; level < untold.size(); ++level) untold[level] += batch.dropped[level];
  if (any(untold) && write_lines(tell_dropped(untold))) untold = {};
}

bool LogWriter::Queue::write_lines(std::string_view text) {
  if (within_line) {
    if (write_all(descriptor, "\n") == 0) return false;
    within_line = false;
  }
  const std::size_t written = write_all(descriptor, text);
  if (written == text.size()) return true;
  within_line = written > 0 && text[written - 1] != '\n';
  return false;
}

}  // namespace nano
