#include "nano/base/log.h"

#include <array>
#include <mutex>
#include <utility>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "nano/base/log_limiter.h"
#include "nano/base/log_sink.h"
#include "nano/base/log_text.h"

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

Log::Log(LogLevel level) : logger_(std::make_shared<spdlog::logger>("nano", standard_error_sink())) {
  logger_->set_level(spdlog_level(level));
}

Log::Log(LogLevel level, std::function<void(std::string_view)> sink) {
  logger_ = std::make_shared<spdlog::logger>("nano", std::make_shared<CallbackSink>(std::move(sink)));
  logger_->set_level(spdlog_level(level));
}

Log::Log(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}

bool Log::enabled(LogLevel level) const { return logger_->should_log(spdlog_level(level)); }

void Log::flush() const { logger_->flush(); }

LogField::LogField(std::string_view field_key, std::string_view text)
    : key(field_key), value(detail::cut_for_log(text)) {}

void Log::write(LogLevel level, std::string_view event, Fields fields, std::uint64_t left_out) const {
  if (!enabled(level)) return;
  std::string line;
  detail::append_log_event(line, detail::cut_for_log(event));
  const auto append = [&line](const LogField& field) {
    line += ' ';
    detail::append_log_word(line, detail::cut_for_log(field.key));
    line += '=';
    detail::append_log_word(line, field.value);
  };
  for (const LogField& field : fields) append(field);
  if (left_out > 0) append({"left_out", left_out});
  logger_->log(spdlog_level(level), spdlog::string_view_t{line});
}

// -- limited lines -----------------------------------------------------------------------------------------

void LimitedLog::write(LogLevel level, std::string_view event, LogFields fields) const {
  if (!log_.enabled(level)) return;
  if (!log_.limiter_) return log_.write(level, event, fields);
  if (const auto left_out = log_.limiter_->pass(level, event, about_, source_)) {
    log_.write(level, event, fields, *left_out);
  }
}

Log Log::limited_by(const Clock& clock, std::function<void()> on_left_out) const {
  Log limited{logger_};
  limited.limiter_ = std::make_shared<LogLimiter>(clock, std::move(on_left_out));
  return limited;
}

void Log::say_left_out() const {
  if (!limiter_) return;
  for (const LogLimiter::LeftOut& kind : limiter_->take_left_out()) {
    if (kind.about.empty()) {
      write(kind.level, kind.event, {}, kind.lines);
    } else {
      write(kind.level, kind.event, {{"about", kind.about}}, kind.lines);
    }
  }
}

void Log::end_limits() const {
  if (!limiter_) return;
  limiter_->close();
  say_left_out();
}

}  // namespace nano
