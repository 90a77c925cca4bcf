#include "nano/transport/socket_connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nano {

SocketConnection::SocketConnection(LogicLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                                   std::shared_ptr<const ListenerOptions> options)
    : loop_(loop),
      socket_(std::move(socket)),
      remote_(remote),
      options_(std::move(options)),
      decoder_(options_->packet_body_bytes_max),
      account_(options_->send_queue_bytes_max, options_->send_total),
      mode_(options_->websocket ? Mode::http : Mode::packets) {}

SocketConnection::~SocketConnection() { hold_up_stop(false); }

void SocketConnection::start() {
  socket_.set_no_delay();
  socket_.set_unsent_bytes_max(limits::unsent_bytes);
  heard_ = loop_.io().listened();
  if (const std::error_code refused = loop_.io().ready_set().add(shared())) {
    log(LogLevel::warning, "connection refused", refused.message());
    return;  // the last owner lets go of it, which closes the socket
  }
  if (options_->tls) tls_ = std::make_unique<Tls>(*options_->tls);
  handshaking_ = tls_ != nullptr;
  if (mode_ == Mode::http) http_ = std::make_unique<Http>();
  if (handshaking_ || mode_ == Mode::http) return set_deadline(options_->handshake_timeout);
  open_receiver();
}

AcceptSocket connect_to(const std::vector<LogicLoop*>& loops,
                        std::shared_ptr<const ListenerOptions> options) {
  return [loops, options = std::move(options)](IoLoop& io, Socket socket,
                                               const asio::ip::tcp::endpoint& remote) {
    const auto loop =
        std::find_if(loops.begin(), loops.end(), [&](LogicLoop* one) { return &one->io() == &io; });
    std::make_shared<SocketConnection>(**loop, std::move(socket), remote, options)->start();
  };
}

// -- the logic thread's side --------------------------------------------------------------------------------

void SocketConnection::close(WireClose how, const CloseReason& reason) {
  if (std::exchange(closed_by_logic_, true)) return;
  receiver_.reset();
  drop_inbox();
  loop_.from_logic([self = shared(), how, reason] { self->begin_close(how, reason); });
}

std::string SocketConnection::remote_address() const {
  const std::string address = remote_.address().to_string();
  const std::string port = std::to_string(remote_.port());
  return remote_.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

// -- reading ------------------------------------------------------------------------------------------------

void SocketConnection::on_bytes(std::span<std::uint8_t> bytes) {
  if (!tls_) return on_plaintext(bytes);
  if (handshaking_ && discarding()) return;
  const TlsStream::Status status = tls_->stream.decrypt(bytes, [this](std::span<std::uint8_t> plaintext) {
    if (handshaking_) end_handshake();
    on_plaintext(plaintext);
  });
  if (handshaking_ && status == TlsStream::Status::ok && tls_->stream.handshake_done()) end_handshake();
  if (tls_->stream.output().size() > limits::encrypted_piece_bytes)
    return on_lost("TLS replies are not read");
  if (!tls_->stream.output().empty()) mark_dirty();
  if (status == TlsStream::Status::closed) on_end_of_stream();
  if (status == TlsStream::Status::error) on_tls_failed();
}

/// What has come behind it is its client's usual business.
void SocketConnection::end_handshake() {
  handshaking_ = false;
  loop_.io().handshakes().ended(loop_.scheduler().clock().now());
  if (mode_ == Mode::http) return;  // the first request has to come within the same time
  deadline_ = {};                   // from here on the connection's state machine watches the time
  open_receiver();
}

void SocketConnection::on_handshake_lost() {
  log(LogLevel::debug, "TLS failed", "the client has gone before the handshake was done");
  give_up();
}

void SocketConnection::on_tls_failed() {
  if (closing_ != Closing::no || std::exchange(ignoring_input_, true)) return;
  log(LogLevel::info, "TLS failed", tls_->stream.error_text());
  if (std::exchange(handshaking_, false) || mode_ == Mode::http)
    return begin_close(WireClose::flush, {});  // the alert still leaves
  tell_logic([why = tls_->stream.error_text()](SocketConnection&, WireReceiver& receiver) {
    receiver.on_malformed("TLS: " + why);
  });
}

void SocketConnection::on_plaintext(std::span<std::uint8_t> bytes) {
  switch (mode_) {
    case Mode::packets: return on_packet_bytes(bytes);
    case Mode::websocket: return on_websocket_bytes(bytes);
    case Mode::http: return on_http_bytes(bytes);
  }
}

void SocketConnection::on_packet_bytes(std::span<const std::uint8_t> bytes) {
  if (discarding()) return;
  note_part(bytes.size());
  const protocol::PacketError error =
      decoder_.feed_runs(bytes, [this](protocol::ByteView packets) { hand_over(packets); });
  if (error == protocol::PacketError::none) return;
  ignoring_input_ = true;
  tell_logic([error](SocketConnection&, WireReceiver& receiver) {
    receiver.on_malformed(protocol::to_string(error));
  });
}

void SocketConnection::on_websocket_bytes(std::span<std::uint8_t> bytes) {
  const auto status =
      websocket_->consume(bytes, [this](std::span<const std::uint8_t> payload) { on_packet_bytes(payload); });
  if (status == WebSocketStream::Status::finished) return on_websocket_finished();
  std::string pong = websocket_->take_output();
  // A client that sends pings and does not read gets no pongs meanwhile: they would pile up outside the
  // budget.
  if (pong.empty() || awaiting_writable_) return;
  queue_.push(std::move(pong));
  mark_dirty();
}

void SocketConnection::on_websocket_finished() {
  if (closing_ == Closing::lingering) {
    if (websocket_->closed_by_peer()) return close_socket();
    socket_.shutdown_send();  // no close frame will come: wait for the end of the stream, as with TCP
  }
  if (std::exchange(ignoring_input_, true) || closing_ != Closing::no) return;
  // Our close frame stays in the stream's output until begin_close(): the answers to what the client sent
  // before its last frame go first, and the logic may still be making them.
  if (!websocket_->closed_by_peer()) {
    return tell_logic([why = websocket_->close_reason()](SocketConnection&, WireReceiver& receiver) {
      receiver.on_malformed("WebSocket: " + why);
    });
  }
  tell_logic([](SocketConnection&, WireReceiver& receiver) { receiver.on_end_of_input(); });
  // Not like the end of a TCP stream: answers that take longer could not be sent any more.
  tell_logic([](SocketConnection& self, WireReceiver& receiver) {
    self.loop_.from_logic([&self, alive = self.shared()] { self.begin_close(WireClose::flush, {}); });
    receiver.on_lost("the client closed it with calls open");
  });
}

void SocketConnection::on_end_of_stream() {
  if (handshaking_) return on_handshake_lost();
  if (closing_ != Closing::no) {
    end_of_input_ = true;
    if (closing_ == Closing::lingering) close_socket();
    return;
  }
  if (!std::exchange(end_of_input_, true)) tell_end_of_input();
}

void SocketConnection::tell_end_of_input() {
  if (mode_ == Mode::http) return on_http_half_closed();
  tell_logic([](SocketConnection&, WireReceiver& receiver) { receiver.on_end_of_input(); });
}

void SocketConnection::on_lost(std::string_view why) {
  if (closing_ == Closing::closed) return;
  give_up();
  tell_logic(
      [text = std::string{why}](SocketConnection&, WireReceiver& receiver) { receiver.on_lost(text); });
  loop_.to_logic([self = shared()] {
    self->lost_ = true;
    if (self->inbox_ && self->inbox_->waits != Wait::no) self->end_wait(self->inbox_->waits);
  });
}

// -- closing ------------------------------------------------------------------------------------------------

void SocketConnection::begin_close(WireClose how, const CloseReason& reason) {
  if (closing_ != Closing::no) return;
  if (how == WireClose::drop) {
    socket_.reset_on_close();  // a client that does not read holds nothing
    return close_socket();
  }
  closing_ = Closing::flushing;
  abandon_http_request();
  answering_ = response_queued_ = false;  // nothing more is answered: what still comes is discarded
  if (websocket_) {
    if (websocket_->status() == WebSocketStream::Status::open) {
      const bool error = reason.code == "protocol_error";
      const bool leaving = reason.code == "shutdown";
      websocket_->close(error     ? WebSocketClose::protocol_error
                        : leaving ? WebSocketClose::going_away
                                  : WebSocketClose::normal,
                        reason.detail.empty() ? reason.code : reason.detail);
    }
    queue_.push(websocket_->take_output());
  }
  set_deadline(close_timeout());
  expect_progress();
  mark_dirty();
  resume_reading();
}

/// Tells the logic what it waits for; not behind packets that may wait for just this.
void SocketConnection::tell_taken() {
  for (std::size_t marks = take_written_marks(); marks > 0; --marks) {
    loop_.to_logic([self = shared()] {
      if (const auto receiver = self->receiver_) receiver->on_drained();
    });
  }
  if (!budget_awaited_ || account_.over_budget()) return;
  budget_awaited_ = false;
  loop_.to_logic([self = shared()] { self->end_wait(Wait::for_client); });
}

std::size_t SocketConnection::take_written_marks() {
  if (!tls_) return queue_.take_passed_marks();
  if (tls_->ciphertext.empty()) tls_->marks_encrypted += queue_.take_passed_marks();
  return std::exchange(tls_->marks_encrypted, 0);
}

void SocketConnection::on_drained() {
  if (closing_ == Closing::flushing) return linger();
  on_http_drained();
}

void SocketConnection::linger() {
  if (tls_ && tls_->stream.handshake_done()) {
    tls_->stream.shutdown();
    tls_->ciphertext = tls_->stream.take_output();
    // What does not fit now is not worth waiting for.
    if (!tls_->ciphertext.empty() && write_some() == Written::failed) return on_lost(std::strerror(errno));
  }
  closing_ = Closing::lingering;
  // A WebSocket client answers our close frame first; its answer, its end or the deadline closes the socket.
  const bool awaits_close_frame = websocket_ && websocket_->status() == WebSocketStream::Status::closing;
  if (!awaits_close_frame) socket_.shutdown_send();
  if (end_of_input_) return close_socket();
  resume_reading();  // what comes is discarded
}

void SocketConnection::close_socket() {
  if (std::exchange(closing_, Closing::closed) == Closing::closed) return;
  handshaking_ = false;
  disarm_deadline();
  abandon_http_request();
  loop_.io().ready_set().remove(*this);
  socket_.close();
  account_.release(queue_.cost());
  queue_.clear();
  if (!tls_) return;
  account_.release(std::exchange(tls_->ciphertext_cost, 0));
  tls_->ciphertext.clear();
}

/// What the client does not take goes with its socket: else the system would keep it, and wait for the
/// client.
void SocketConnection::give_up() {
  if (closing_ != Closing::closed && sending()) socket_.reset_on_close();
  close_socket();
}

void SocketConnection::set_deadline(Duration from_now) {
  deadline_ = loop_.io().listened() + from_now;
  // A deadline that moves on, as with each HTTP request, costs the loop nothing: the earlier one looks again.
  if (!armed_ || deadline_ < armed_at_->first) arm_deadline();
}

void SocketConnection::arm_deadline() {
  disarm_deadline();
  armed_at_ = loop_.io().add_deadline(deadline_, *this);
  armed_ = true;
}

void SocketConnection::disarm_deadline() {
  if (std::exchange(armed_, false)) loop_.io().remove_deadline(armed_at_);
}

void SocketConnection::stop_time() { time_left_ = std::exchange(deadline_, {}) - loop_.io().listened(); }

void SocketConnection::on_deadline() {
  armed_ = false;
  if (deadline_ == TimePoint{}) return;
  if (deadline_ > loop_.io().listened()) return arm_deadline();
  if (http_ && http_->exchange) return on_http_answer_late();
  // What has come meanwhile is read first.
  if (closing_ == Closing::no && !paused_ && socket_.unread() > 0) return set_deadline(limits::held_up_least);
  // More time for what a thread that was held up has not tried to send, and for downloads that make progress.
  if (dirty_ && closing_ == Closing::flushing) return set_deadline(close_timeout());
  const std::uint64_t taken_before = taken_at_deadline_;
  expect_progress();
  if (!sending() || taken_at_deadline_ - taken_before < limits::progress_bytes) {
    if (handshaking_) log(LogLevel::info, "TLS failed", "the handshake was not done in time");
    return give_up();
  }
  set_deadline(closing_ == Closing::no ? options_->http_idle_timeout : close_timeout());
}

/// Whether there is something that the client could take.
bool SocketConnection::sending() const {
  return closing_ == Closing::flushing || response_queued_ || socket_.unacknowledged() > 0;
}

/// A client that has much to read before the end may lose its network for a while, as any other.
Duration SocketConnection::close_timeout() const {
  return awaiting_writable_ ? std::max(options_->close_timeout, options_->send_stall_timeout)
                            : options_->close_timeout;
}

void SocketConnection::hold_up_stop(bool hold) {
  if (std::exchange(holds_up_stop_, hold) == hold) return;
  hold ? options_->wires->fetch_add(1) : options_->wires->fetch_sub(1);
}

}  // namespace nano
