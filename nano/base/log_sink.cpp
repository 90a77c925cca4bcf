#include "nano/base/log_sink.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/sink.h>

#include "nano/base/log_writer.h"

namespace nano {
namespace {

constexpr const char* pattern = "%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v";

LogLevel level_of(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return LogLevel::error;
  if (level == spdlog::level::warn) return LogLevel::warning;
  return level == spdlog::level::info ? LogLevel::info : LogLevel::debug;
}

std::string_view colour_of(LogLevel level) {
  constexpr std::array<std::string_view, 4> colours{"\x1b[36m", "\x1b[32m", "\x1b[33m", "\x1b[31m"};
  return colours[static_cast<std::size_t>(level)];
}

std::string format(spdlog::pattern_formatter& formatter, const spdlog::details::log_msg& message,
                   bool in_colours) {
  spdlog::memory_buf_t buffer;
  formatter.format(message, buffer);
  std::string line{buffer.data(), buffer.size()};
  if (in_colours && message.color_range_end > message.color_range_start) {
    line.insert(message.color_range_end, "\x1b[m");
    line.insert(message.color_range_start, colour_of(level_of(message.level)));
  }
  return line;
}

std::string text_of(const LogLineCounts& dropped) {
  std::string text = "log lines dropped";
  for (std::size_t level = 0; level < dropped.size(); ++level) {
    if (dropped[level] == 0) continue;
    text += ' ';
    text += to_string(static_cast<LogLevel>(level));
    text += '=' + std::to_string(dropped[level]);
  }
  return text;
}

class StandardErrorSink final : public spdlog::sinks::sink {
 public:
  void log(const spdlog::details::log_msg& message) override {
    const std::lock_guard lock{mutex_};  // so that the lines stand in the order of their times
    writer_.push(level_of(message.level), format(formatter_, message, in_colours_));
  }
  /// Without the lock: who flushes waits, and who logs never does.
  void flush() override { writer_.flush(); }
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  const bool in_colours_ = ::isatty(STDERR_FILENO) != 0;
  std::mutex mutex_;  // of the formatter
  spdlog::pattern_formatter formatter_{pattern};
  LogWriter writer_{STDERR_FILENO, [in_colours = in_colours_,
                                    formatter = std::make_shared<spdlog::pattern_formatter>(pattern)](
                                       const LogLineCounts& dropped) {
                      const std::string text = text_of(dropped);
                      return format(*formatter, {"nano", spdlog::level::warn, text}, in_colours);
                    }};
};

/// A process that was started without one would give its number to the next socket, and a client the log.
void ensure_standard_error() {
  while (::fcntl(STDERR_FILENO, F_GETFD) < 0 && errno == EBADF) {
    if (::open("/dev/null", O_RDWR) < 0) return;  // takes the lowest number that is free
  }
}

}  // namespace

std::shared_ptr<spdlog::sinks::sink> standard_error_sink() {
  ensure_standard_error();
  return std::make_shared<StandardErrorSink>();
}

}  // namespace nano
