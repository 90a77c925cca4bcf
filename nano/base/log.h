// Public header. Structured logging: an event and its fields, one line each, made to be searched with grep.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "nano/base/clock.h"

namespace spdlog {
class logger;
}

namespace nano {

enum class LogLevel { debug, info, warning, error, off };

/// "debug", "info", ...; and back. Returns false for a text that names no level.
std::string_view to_string(LogLevel level);
bool parse_log_level(std::string_view text, LogLevel& into);

/// One `key=value` of a log line. Of long texts only the front is kept (limits::log_field_bytes).
struct LogField {
  LogField(std::string_view field_key, std::string_view text);
  LogField(std::string_view field_key, const char* text) : LogField(field_key, std::string_view{text}) {}
  LogField(std::string_view field_key, const std::string& text)
      : LogField(field_key, std::string_view{text}) {}
  template <std::integral T>
  LogField(std::string_view field_key, T number) : key(field_key), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

using LogFields = std::initializer_list<LogField>;

class LimitedLog;
class LogLimiter;

/// A handle to a sink of log lines; copies share the sink. Any thread.
/// A line reads `session closed session=7 reason=backpressure`. Values, keys and events that could be taken
/// for something else are quoted; control characters, what changes the direction of writing, what has no
/// width (but the variation selectors of emoji) and bytes that are no UTF-8 are escaped; what is long is cut.
/// So no hostile value can forge a line.
class Log {
 public:
  using Fields = LogFields;

  /// Lines go to standard error, on a thread of the log's own: whoever logs never waits for whoever reads,
  /// and nothing that befalls standard error ends the process. Lines beyond limits::log_queue_bytes, and
  /// those that cannot be written, are dropped, and then counted: `log lines dropped info=<n>`. The last
  /// copy's end waits as flush() does.
  explicit Log(LogLevel level = LogLevel::info);
  /// Each line ("warning event key=value", without time) goes to `sink`; any thread, one call at a time.
  Log(LogLevel level, std::function<void(std::string_view)> sink);
  /// Lines go to a logger of the application's own, as they are logged: if its sinks may block, all threads
  /// that log do, the logic thread too.
  explicit Log(std::shared_ptr<spdlog::logger> logger);

  void debug(std::string_view event, Fields fields = {}) const { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, Fields fields = {}) const { write(LogLevel::info, event, fields); }
  void warning(std::string_view event, Fields fields = {}) const { write(LogLevel::warning, event, fields); }
  void error(std::string_view event, Fields fields = {}) const { write(LogLevel::error, event, fields); }

  /// For lines that strangers can cause as often as they like, as in
  /// `log.limited(session.remote_address()).warning("cheated", {{"session", session.id()}})`. Each kind of
  /// line (level, event, and what it is `about`, where one event has several subjects) has a budget of its
  /// own, and within it each source (an address; its port does not count): limits.h says how many lines. What
  /// was left out is counted: the kind's next line ends with `left_out=<n>`, or else one of its own says so
  /// within limits::log_window. Only the log of a Scheduler, which has a clock, leaves lines out.
  /// The result is to be used at once: it refers to the arguments.
  LimitedLog limited(std::string_view source, std::string_view about = {}) const;

  /// Whether lines of this level are written: ask before computing expensive fields.
  bool enabled(LogLevel level) const;
  /// Writes out what the sink has buffered. To standard error: waits until that has left, for at most
  /// limits::log_flush_timeout.
  void flush() const;

  // -- for whoever owns a clock -----------------------------------------------------------------------------

  /// The same sink, with budgets on this clock. `on_left_out` is called, on any thread, when lines are left
  /// out, and then not again before say_left_out(); it must not log.
  Log limited_by(const Clock& clock, std::function<void()> on_left_out) const;
  /// Writes a line for each kind of which lines were left out since it was last said.
  void say_left_out() const;
  /// The same for the last time: from here on nothing is left out, and neither the clock nor the callback is
  /// used any more by any copy.
  void end_limits() const;

 private:
  friend class LimitedLog;

  void write(LogLevel level, std::string_view event, Fields fields, std::uint64_t left_out = 0) const;

  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<LogLimiter> limiter_;  // null: nothing is left out
};

/// What Log::limited() returns.
class LimitedLog {
 public:
  LimitedLog(const Log& log, std::string_view source, std::string_view about)
      : log_(log), source_(source), about_(about) {}

  void debug(std::string_view event, LogFields fields = {}) const { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, LogFields fields = {}) const { write(LogLevel::info, event, fields); }
  void warning(std::string_view event, LogFields fields = {}) const {
    write(LogLevel::warning, event, fields);
  }
  void error(std::string_view event, LogFields fields = {}) const { write(LogLevel::error, event, fields); }
  void write(LogLevel level, std::string_view event, LogFields fields) const;

 private:
  const Log& log_;
  std::string_view source_;
  std::string_view about_;
};

inline LimitedLog Log::limited(std::string_view source, std::string_view about) const {
  return {*this, source, about};
}

}  // namespace nano
