// Internal header. ReadySet: the open connections of one loop, and which of them can be read or written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

namespace nano {

class SocketConnection;

/// An epoll set of its own beside Asio's. Asio's waits are for one event each: watching a socket on after
/// each read would be a system call more per read, a tenth of all that a small request costs. Here a
/// connection is registered once, edge-triggered, for both directions (epoll(7)). Asio waits for the set as a
/// whole, when there is nothing to do. Owns its connections. Loop's thread only.
class ReadySet {
 public:
  explicit ReadySet(asio::io_context& context);
  ~ReadySet();

  /// Calls connection->on_ready() from now on. Otherwise (the system has no room for it) returns why not.
  std::error_code add(std::shared_ptr<SocketConnection> connection);
  /// Before its socket is closed. The connection stays alive until forget_removed().
  void remove(SocketConnection& connection);
  void forget_removed();

  /// The connection was not read to the end: its read_more() is called in one of the next poll()s. Not again
  /// before that.
  void read_again(std::shared_ptr<SocketConnection> connection) { unread_.push_back(std::move(connection)); }

  /// Tells the connections that are ready, without waiting; each is read once at most. Returns how many were,
  /// up to limits::events_per_turn that are ready anew and as many that were not read to the end.
  std::size_t poll();
  /// Whether poll() has something to do without any new event.
  bool has_unread() const { return !unread_.empty(); }
  /// From now on, the io_context has something to run as soon as a connection is ready.
  void wake_when_ready();

 private:
  asio::posix::stream_descriptor epoll_;
  std::vector<std::shared_ptr<SocketConnection>> connections_;  // each knows its place
  std::vector<std::shared_ptr<SocketConnection>> removed_;
  std::vector<std::shared_ptr<SocketConnection>> unread_;
  bool armed_ = false;
};

}  // namespace nano
