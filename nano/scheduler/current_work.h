// Internal header. CurrentWork: what the logic thread is at, for another thread to read while it lasts.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/limits.h"

namespace nano {

/// The name of a piece of work, such as a route (its first bytes), and the session in whose name it is done
/// (0: none).
class WorkName {
 public:
  static constexpr std::size_t bytes_max = limits::stall_name_bytes;

  WorkName() = default;
  explicit WorkName(std::string_view text, std::uint64_t session = 0);

  bool is(std::string_view text, std::uint64_t session) const {
    return session == session_ && text.substr(0, bytes_max) == this->text();
  }
  std::string_view text() const { return {text_.data(), bytes_}; }
  std::uint64_t session() const { return session_; }

 private:
  friend class CurrentWork;

  std::array<char, bytes_max> text_{};
  std::size_t bytes_ = 0;
  std::uint64_t session_ = 0;
};

/// Written by the logic thread as often as once a message, so that no write waits or allocates; read by any
/// thread.
class CurrentWork {
 public:
  struct Reading {
    WorkName name;
    TimePoint since;
  };

  // -- logic thread
  void set_name(std::string_view text, std::uint64_t session);
  void set_since(TimePoint since) {
    since_.store(since.time_since_epoch().count(), std::memory_order_release);
  }
  void set_idle() { since_.store(idle, std::memory_order_release); }
  void set_limit(Duration limit) { limit_.store(limit.count(), std::memory_order_relaxed); }
  const WorkName& name() const { return name_; }

  // -- any thread
  /// Nothing: the logic thread waits, or works at so much that no reading succeeds, and so at nothing for
  /// long.
  std::optional<Reading> read() const;
  /// What takes longer is a stall.
  Duration limit() const { return Duration{limit_.load(std::memory_order_relaxed)}; }

 private:
  using Word = std::uint64_t;
  static constexpr std::size_t words = WorkName::bytes_max / sizeof(Word);
  static constexpr Duration::rep idle = -1;

  WorkName load_name() const;

  WorkName name_;  // the same, for the logic thread

  // A reader that has seen any word of a new name sees, by its order of release, that the version is another.
  std::atomic<std::uint64_t> version_{0};  // odd while the name changes
  std::array<std::atomic<Word>, words> text_{};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> session_{0};
  std::atomic<Duration::rep> since_{idle};
  std::atomic<Duration::rep> limit_{limits::stall_limit.count()};
};

}  // namespace nano
