#include "nano/base/log.h"

#include <array>
#include <cstdio>
#include <mutex>
#include <utility>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace nano {
namespace {

constexpr std::array<std::pair<LogLevel, std::string_view>, 5> level_names{{{LogLevel::debug, "debug"},
                                                                            {LogLevel::info, "info"},
                                                                            {LogLevel::warning, "warning"},
                                                                            {LogLevel::error, "error"},
                                                                            {LogLevel::off, "off"}}};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::off;
}

class CallbackSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit CallbackSink(std::function<void(std::string_view)> callback) : callback_(std::move(callback)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto level = spdlog::level::to_string_view(message.level);
    std::string line{level.data(), level.size()};
    line += ' ';
    line.append(message.payload.data(), message.payload.size());
    callback_(line);
  }
  void flush_() override {}

  std::function<void(std::string_view)> callback_;
};

bool is_plain(std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f || byte == '"' || byte == '\\' || byte == '=') return false;
  }
  return !value.empty();
}

void append_quoted(std::string& line, std::string_view value) {
  line += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f) {
      std::array<char, 5> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02x", byte);
      line += escaped.data();
    } else {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
  }
  line += '"';
}

}  // namespace

std::string_view to_string(LogLevel level) {
  for (const auto& [candidate, name] : level_names) {
    if (candidate == level) return name;
  }
  return "off";
}

bool parse_log_level(std::string_view text, LogLevel& into) {
  for (const auto& [level, name] : level_names) {
    if (name == text) {
      into = level;
      return true;
    }
  }
  return false;
}

Log::Log(LogLevel level)
    : logger_(
          std::make_shared<spdlog::logger>("nano", std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {
  logger_->set_level(spdlog_level(level));
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
}

Log::Log(LogLevel level, std::function<void(std::string_view)> sink) {
  logger_ = std::make_shared<spdlog::logger>("nano", std::make_shared<CallbackSink>(std::move(sink)));
  logger_->set_level(spdlog_level(level));
}

Log::Log(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}

bool Log::enabled(LogLevel level) const { return logger_->should_log(spdlog_level(level)); }

void Log::flush() const { logger_->flush(); }

void Log::write(LogLevel level, std::string_view event, Fields fields) const {
  if (!enabled(level)) return;
  std::string line{event};
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (is_plain(field.value)) {
      line += field.value;
    } else {
      append_quoted(line, field.value);
    }
  }
  logger_->log(spdlog_level(level), "{}", line);
}

}  // namespace nano
