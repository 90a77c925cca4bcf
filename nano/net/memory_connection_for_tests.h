// Internal header. For tests: a ByteConnection without a socket, whose peer is the test.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/net/byte_connection.h"

namespace nano {

/// What happens is told by its methods; what the connection does stands in its members.
class MemoryConnection final : public ByteConnection, public std::enable_shared_from_this<MemoryConnection> {
 public:
  using ByteConnection::on_end_of_stream;
  using ByteConnection::on_hung_up;
  using ByteConnection::on_lost;
  using ByteConnection::start;

  explicit MemoryConnection(std::shared_ptr<const ConnectionOptions> options)
      : ByteConnection(std::move(options)) {}

  /// The peer sends this. Whether the connection read it.
  bool receive(std::string bytes) {
    if (paused() || phase() == Phase::closed) return false;
    on_received({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    if (!may_read()) pause_reading();
    return true;
  }
  /// The end of the turn: writes as much as the system has room for.
  void flush() {
    if (!std::exchange(dirty, false) || phase() == Phase::closed) return;
    if (blocked()) return;
    on_flushed(write_all());
  }
  /// The system has room again.
  void make_room(std::size_t bytes) {
    room = std::min(bytes, std::numeric_limits<std::size_t>::max() - room) + room;
    on_writable();
    dirty = true;
    flush();
  }
  /// The deadline comes, if there is one.
  void pass_deadline() {
    if (deadline) on_time_over(dirty);
  }
  std::string take_output() { return std::exchange(output, {}); }

  std::shared_ptr<ByteConnection> shared() override { return shared_from_this(); }
  std::string remote_address() const override { return "192.0.2.1:5000"; }
  void log(LogLevel, std::string_view event, std::string_view error) const override {
    lines.push_back(std::string{event} + ": " + std::string{error});
  }
  std::uint64_t unread() const override { return waiting_to_be_read; }
  void want_turn() override { turn_wanted = true; }
  void set_deadline(Duration from_now) override { deadline = from_now; }
  void clear_deadline() override { deadline.reset(); }
  bool has_longer_deadline(Duration from_now) const override { return !deadline || *deadline > from_now; }
  void stop_time() override { time_left_ = *std::exchange(deadline, std::nullopt); }
  void continue_time() override { deadline = time_left_; }

  std::string output;  // what was written
  std::size_t room = std::numeric_limits<std::size_t>::max();
  bool write_fails = false;
  std::uint64_t not_acknowledged = 0;
  std::uint64_t waiting_to_be_read = 0;
  std::optional<Duration> deadline;
  bool dirty = false;
  bool turn_wanted = false;
  int output_ends = 0;
  int closes = 0;
  bool was_reset = false;
  mutable std::vector<std::string> lines;

 private:
  void want_flush() override { dirty = phase() != Phase::closed; }
  Written write_all() override {
    while (has_output()) {
      if (write_fails) {
        errno = EPIPE;
        return Written::failed;
      }
      if (room == 0) {
        on_blocked();
        return Written::not_all;
      }
      write_some();
    }
    return Written::all;
  }
  void write_some() {
    std::array<iovec, 4> buffers;
    const std::size_t count = gather(buffers);
    std::size_t sent = 0;
    for (std::size_t i = 0; i < count && room > 0; ++i) {
      const std::size_t piece = std::min(buffers[i].iov_len, room);
      output.append(static_cast<const char*>(buffers[i].iov_base), piece);
      sent += piece;
      if (room != std::numeric_limits<std::size_t>::max()) room -= piece;
    }
    on_sent(sent);
  }
  void shut_down_send() override { ++output_ends; }
  void close_descriptor(bool reset) override {
    ++closes;
    was_reset = reset;
  }
  void continue_reading() override {}
  void on_handshake_done() override {}
  std::uint64_t unacknowledged() const override { return not_acknowledged; }

  Duration time_left_{};
};

}  // namespace nano
