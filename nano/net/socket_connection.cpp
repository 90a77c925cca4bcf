#include "nano/net/socket_connection.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <sys/epoll.h>
#include <system_error>
#include <utility>

#include "nano/base/limits.h"

namespace nano {

void SocketConnection::open(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                            std::shared_ptr<const ConnectionOptions> options,
                            const MakeReceiver& make_receiver) {
  const auto connection =
      std::make_shared<SocketConnection>(loop, std::move(socket), remote, std::move(options));
  if (const std::error_code refused = loop.ready_set().add(connection)) {
    // Its last owner lets go of it, which closes the socket.
    return connection->log(LogLevel::warning, "connection refused", refused.message());
  }
  connection->start(make_receiver(*connection));
}

SocketConnection::SocketConnection(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                                   std::shared_ptr<const ConnectionOptions> options)
    : ByteConnection(std::move(options)), loop_(loop), socket_(std::move(socket)), remote_(remote) {
  socket_.set_no_delay();
  socket_.set_unsent_bytes_max(limits::unsent_bytes);
}

std::string SocketConnection::remote_address() const {
  const std::string address = remote_.address().to_string();
  const std::string port = std::to_string(remote_.port());
  return remote_.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

void SocketConnection::log(LogLevel level, std::string_view event, std::string_view error) const {
  const std::string remote = remote_address();
  loop_.log().limited(remote).write(level, event, {{"remote", remote}, {"error", error}});
}

// -- reading ------------------------------------------------------------------------------------------------

bool SocketConnection::on_ready(std::uint32_t events) {
  constexpr std::uint32_t lost = EPOLLHUP | EPOLLERR;
  constexpr std::uint32_t hung_up = EPOLLRDHUP | lost;
  if ((events & EPOLLOUT) != 0 && blocked()) {
    on_writable();
    flush();
  }
  if ((events & hung_up) != 0) on_hung_up((events & lost) != 0);
  if ((events & (EPOLLIN | hung_up)) == 0) return false;
  readable_ = true;
  if (!handshaking()) return !paused() && !in_line_;
  line_up();
  return false;
}

void SocketConnection::take_turn() {
  in_line_ = false;
  if (handshaking()) continue_time();
  loop_.ready_set().begin_turn();
  if (!receiver().take_turn() && !paused()) read();
}

std::shared_ptr<Pollable> SocketConnection::in_line() {
  in_line_ = true;
  return shared_from_this();
}

void SocketConnection::line_up() {
  if (in_line_) return;
  if (!handshaking()) return loop_.ready_set().add_again(in_line());
  in_line_ = true;
  stop_time();
  loop_.handshakes().add(remote_.address(), weak_from_this(), hello_answered());
}

/// One read for each turn, so that the answers leave in between and a client that floods holds up nobody.
void SocketConnection::read() {
  if (end_of_input() || is_closed()) return;
  const std::span buffer = std::span{loop_.read_buffer()}.first(loop_.ready_set().read_bytes());
  const ssize_t bytes = socket_.receive(buffer);
  // What comes after a read that did not fill the buffer is told by a new event (epoll(7)). Urgent data,
  // which no client of ours sends, cuts a read short as well; what is behind it is then read with what comes
  // next.
  readable_ = half_closed() || bytes == static_cast<ssize_t>(buffer.size()) || (bytes < 0 && errno == EINTR);
  if (bytes < 0) {
    if (errno != EAGAIN && errno != EINTR) return on_lost(std::strerror(errno));
  } else if (bytes == 0) {
    return on_end_of_stream();
  } else {
    on_received(buffer.first(static_cast<std::size_t>(bytes)));
  }
  if (!may_read()) pause_reading();
  if (readable_ && !paused()) line_up();
}

void SocketConnection::continue_reading() {
  if (readable_) line_up();
}

/// A handshake is served out of its own line.
void SocketConnection::on_handshake_done() { loop_.handshakes().ended(loop_.clock().now()); }

// -- writing ------------------------------------------------------------------------------------------------

void SocketConnection::want_flush() {
  if (!is_closed() && !std::exchange(dirty_, true)) loop_.mark_dirty(*this);
}

void SocketConnection::flush() {
  dirty_ = false;
  if (is_closed()) return;
  if (blocked()) return receiver().on_written();
  on_flushed(write_all());
}

ByteConnection::Written SocketConnection::write_all() {
  while (has_output()) {
    const Written written = write_some();
    if (written != Written::all) return written;
  }
  return Written::all;
}

ByteConnection::Written SocketConnection::write_some() {
  std::array<iovec, limits::gather_buffers> buffers;
  const std::size_t count = gather(buffers);
  const ssize_t sent = socket_.send({buffers.data(), count});
  if (sent >= 0) {
    on_sent(static_cast<std::size_t>(sent));
    return Written::all;
  }
  if (errno == EINTR) return Written::all;
  if (errno != EAGAIN) return Written::failed;
  on_blocked();
  return Written::not_all;
}

void SocketConnection::close_descriptor(bool reset) {
  if (reset) socket_.reset_on_close();
  loop_.ready_set().remove(*this);
  socket_.close();
}

// -- time ---------------------------------------------------------------------------------------------------

void SocketConnection::set_deadline(Duration from_now) {
  deadline_ = loop_.listened() + from_now;
  time_stands_ = false;
  // A deadline that moves on, as with each HTTP request, costs the loop nothing: the earlier one looks again.
  if (!armed_ || deadline_ < armed_at_->first) arm_deadline();
}

void SocketConnection::clear_deadline() {
  deadline_ = {};
  time_stands_ = false;
  if (is_closed()) disarm_deadline();
}

bool SocketConnection::has_longer_deadline(Duration from_now) const {
  return deadline_ == TimePoint{} || time_stands_ || deadline_ > loop_.listened() + from_now;
}

void SocketConnection::arm_deadline() {
  disarm_deadline();
  armed_at_ = loop_.add_deadline(deadline_, *this);
  armed_ = true;
}

void SocketConnection::disarm_deadline() {
  if (std::exchange(armed_, false)) loop_.remove_deadline(armed_at_);
}

void SocketConnection::stop_time() {
  if (!std::exchange(time_stands_, true)) deadline_ = TimePoint{deadline_ - loop_.listened()};
}

void SocketConnection::continue_time() {
  if (time_stands_) set_deadline(deadline_ - TimePoint{});
}

void SocketConnection::on_deadline() {
  armed_ = false;
  if (deadline_ == TimePoint{} || time_stands_) return;
  if (deadline_ > loop_.listened()) return arm_deadline();
  on_time_over(dirty_);
}

}  // namespace nano
