// Internal header. SocketConnection: a ByteConnection's socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <asio/ip/tcp.hpp>

#include "nano/net/byte_connection.h"
#include "nano/net/io_loop.h"
#include "nano/net/pollable.h"
#include "nano/net/socket.h"

namespace nano {

/// Moves the bytes, one read and one gather write per turn of its loop, and keeps the connection's time. Kept
/// alive by the loop while its socket is open. Loop's thread.
class SocketConnection final : public ByteConnection, public Pollable {
 public:
  using MakeReceiver = std::function<std::unique_ptr<ByteReceiver>(ByteConnection&)>;

  /// Begins to read. What the receiver uses outlives the connection, or is kept alive by it. Without room for
  /// its socket it is closed, with a line in the log.
  static void open(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                   std::shared_ptr<const ConnectionOptions> options, const MakeReceiver& make_receiver);

  /// For open().
  SocketConnection(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                   std::shared_ptr<const ConnectionOptions> options);

  // ByteConnection:
  std::shared_ptr<ByteConnection> shared() override {
    return std::static_pointer_cast<SocketConnection>(shared_from_this());
  }
  std::string remote_address() const override;
  void log(LogLevel level, std::string_view event, std::string_view error) const override;
  std::uint64_t unread() const override { return socket_.unread(); }
  void want_turn() override { line_up(); }
  void set_deadline(Duration from_now) override;
  void clear_deadline() override;
  bool has_longer_deadline(Duration from_now) const override;
  void stop_time() override;
  void continue_time() override;

  // Pollable:
  int descriptor() const override { return socket_.descriptor(); }
  bool on_ready(std::uint32_t events) override;
  void take_turn() override;
  std::shared_ptr<Pollable> in_line() override;
  void flush() override;
  void on_deadline() override;
  bool is_closed() const override { return phase() == Phase::closed; }

 private:
  // ByteConnection:
  void want_flush() override;
  Written write_all() override;
  void shut_down_send() override { socket_.shutdown_send(); }
  void close_descriptor(bool reset) override;
  void continue_reading() override;
  void on_handshake_done() override;
  std::uint64_t unacknowledged() const override { return socket_.unacknowledged(); }

  void read();
  void line_up();
  Written write_some();
  void arm_deadline();
  void disarm_deadline();

  IoLoop& loop_;
  Socket socket_;
  const asio::ip::tcp::endpoint remote_;
  /// On the loop's listened(); none: nobody watches the time here. While the time stands still, what is left
  /// of it, counted from none.
  TimePoint deadline_{};
  IoLoop::Deadline armed_at_{};  // what the loop was told, if armed_
  bool armed_ = false;
  bool time_stands_ = false;
  bool dirty_ = false;
  bool readable_ = false;  // there may be more to read than was read
  bool in_line_ = false;   // take_turn() will be called
};

}  // namespace nano
