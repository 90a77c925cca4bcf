// Public header. Structured logging: an event and its fields, one line each, made to be searched with grep.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace nano {

enum class LogLevel { debug, info, warning, error, off };

/// "debug", "info", ...; and back. Returns false for a text that names no level.
std::string_view to_string(LogLevel level);
bool parse_log_level(std::string_view text, LogLevel& into);

/// One `key=value` of a log line.
struct LogField {
  LogField(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const char* text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const std::string& text) : key(field_key), value(text) {}
  template <std::integral T>
  LogField(std::string_view field_key, T number) : key(field_key), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

/// A handle to a sink of log lines; copies share the sink. Any thread.
/// A line reads `session closed session=7 reason=backpressure`; values with spaces, quotes or control
/// characters are quoted and escaped, so that a hostile value cannot forge a line.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  /// Lines go to standard error through spdlog.
  explicit Log(LogLevel level = LogLevel::info);
  /// Each line ("warning event key=value", without time) goes to `sink`; any thread, one call at a time.
  Log(LogLevel level, std::function<void(std::string_view)> sink);
  /// Lines go to a logger of the application's own.
  explicit Log(std::shared_ptr<spdlog::logger> logger);

  void debug(std::string_view event, Fields fields = {}) const { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, Fields fields = {}) const { write(LogLevel::info, event, fields); }
  void warning(std::string_view event, Fields fields = {}) const { write(LogLevel::warning, event, fields); }
  void error(std::string_view event, Fields fields = {}) const { write(LogLevel::error, event, fields); }

  /// Whether lines of this level are written: ask before computing expensive fields.
  bool enabled(LogLevel level) const;
  /// Writes out what the sink has buffered.
  void flush() const;

 private:
  void write(LogLevel level, std::string_view event, Fields fields) const;

  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace nano
