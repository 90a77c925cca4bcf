// Internal header. ReadySet: the open connections of one loop, and which of them can be read or written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/epoll.h>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/base/turn_share.h"
#include "nano/net/pollable.h"
#include "nano/net/share_meter.h"
#include "nano/net/turn_line.h"

namespace nano {

/// An epoll set of its own beside Asio's. Asio's waits are for one event each: watching a socket on after
/// each read would be a system call more per read, a tenth of all that a small request costs. Here a
/// connection is registered once, edge-triggered, for both directions (epoll(7)). Asio waits for the set as a
/// whole, when there is nothing to do. Owns its connections. Loop's thread only.
class ReadySet {
 public:
  explicit ReadySet(asio::io_context& context);
  ~ReadySet();

  /// Calls the connection's on_ready() and take_turn() from now on. Otherwise (the system has no room for it)
  /// returns why not.
  std::error_code add(std::shared_ptr<Pollable> connection);
  /// Before its socket is closed. The connection stays alive until forget_removed().
  void remove(Pollable& connection);
  void forget_removed();

  /// The connection's share was not enough: it has another turn in one of the next poll()s. Once in line.
  void add_again(std::shared_ptr<Pollable> connection) { line_.add_again(std::move(connection)); }

  /// Gives a turn to connections that are ready, without waiting, for about `round`: at most one turn to
  /// each, first to those that are ready anew. Returns how many wanted one.
  std::size_t poll(const Clock& clock, Duration round);
  /// Whether poll() has something to do without any new event.
  bool has_waiting() const { return !line_.empty(); }

  /// A connection's turn begins.
  void begin_turn() { turn_ = share_; }
  /// What is left to it of the logic thread, where that runs the loop; and how many bytes it reads at most.
  TurnShare& turn() { return turn_; }
  std::size_t read_bytes() const { return read_bytes_; }
  /// So many packets have been handled.
  void count(std::size_t packets) { packets_ += packets; }

  /// From now on, the io_context has something to run as soon as a connection is ready.
  void wake_when_ready();

 private:
  void begin_round(std::size_t active, const Clock& clock, Duration round);
  std::size_t look(std::span<epoll_event> events);
  std::size_t serve(std::span<const epoll_event> events, const Clock& clock);
  bool in_time(const Clock& clock) const;

  asio::posix::stream_descriptor epoll_;
  std::vector<std::shared_ptr<Pollable>> connections_;  // each knows its place
  std::vector<std::shared_ptr<Pollable>> removed_;
  TurnLine<std::shared_ptr<Pollable>> line_;
  ShareMeter meter_;
  TurnShare share_;          // of each turn in this poll()
  TurnShare turn_;           // what is left of it
  TimePoint began_{};        // this poll(), where it is measured
  std::size_t packets_ = 0;  // handled in it
  std::size_t read_bytes_ = limits::read_buffer_bytes;
  bool armed_ = false;
};

}  // namespace nano
