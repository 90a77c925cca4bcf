// Internal header. LogLimiter: how many log lines strangers can cause, for each kind and each of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/log.h"

namespace nano {

/// Counts lines within windows of limits::log_window, which begin with the first line of their kind. A kind
/// is a level, an event and what it is about; within it each source has a budget of its own. Memory is
/// bounded by the budgets: only sources of which a line was let through are remembered, until the window's
/// end. Any thread.
class LogLimiter {
 public:
  /// `on_left_out` is called, on any thread, when a line is left out, and not again before take_left_out().
  /// It must not log.
  LogLimiter(const Clock& clock, std::function<void()> on_left_out)
      : clock_(&clock), on_left_out_(std::move(on_left_out)) {}

  /// Nothing: the line is to be left out. Else how many lines of its kind were left out before it, which it
  /// is to say. A source is an address with or without its port, or any other name.
  std::optional<std::uint64_t> pass(LogLevel level, std::string_view event, std::string_view about,
                                    std::string_view source);

  struct LeftOut {
    LogLevel level;
    std::string event;
    std::string about;
    std::uint64_t lines;
  };
  /// What was left out and not said yet. Whoever takes it says it.
  std::vector<LeftOut> take_left_out();

  /// Neither the clock nor the callback is used any more; all lines pass.
  void close();

 private:
  using KindView = std::tuple<LogLevel, std::string_view, std::string_view>;
  using KindKey = std::tuple<LogLevel, std::string, std::string>;
  struct KindOrder {
    using is_transparent = void;
    bool operator()(const KindView& left, const KindView& right) const { return left < right; }
  };
  struct Source {
    std::string name;
    int lines;
  };
  struct Kind {
    TimePoint window_end;
    int lines = 0;
    std::vector<Source> sources;
    std::uint64_t left_out = 0;
  };

  Kind& find_kind(const KindView& key, TimePoint now);
  static bool take_budget(Kind& kind, int times, std::string_view source);

  std::mutex mutex_;
  const Clock* clock_;  // null once closed
  std::function<void()> on_left_out_;
  bool told_ = false;
  TimePoint next_sweep_{};  // of kinds that are over
  std::map<KindKey, Kind, KindOrder> kinds_;
};

/// The part of an address that one stranger has: an IPv4 address without its port, the first 64 bits of an
/// IPv6 address. Other texts: their first limits::log_source_bytes.
std::string log_source(std::string_view address);

}  // namespace nano
