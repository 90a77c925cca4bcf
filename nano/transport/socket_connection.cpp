#include "nano/transport/socket_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nano {

SocketConnection::SocketConnection(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                                   std::shared_ptr<const ListenerOptions> options)
    : loop_(loop),
      socket_(std::move(socket)),
      remote_(remote),
      options_(std::move(options)),
      decoder_(options_->packet_body_bytes_max),
      mode_(options_->websocket ? Mode::http : Mode::packets) {}

SocketConnection::~SocketConnection() { hold_up_stop(false); }

void SocketConnection::start() {
  socket_.set_no_delay();
  if (const std::error_code refused = loop_.ready_set().add(shared_from_this())) {
    log(LogLevel::warning, "connection refused", refused.message());
    return;  // the last owner lets go of it, which closes the socket
  }
  if (options_->tls) tls_ = std::make_unique<TlsStream>(*options_->tls);
  handshaking_ = tls_ != nullptr;
  if (mode_ == Mode::http) {
    http_ = std::make_unique<Http>();
    set_deadline(options_->handshake_timeout);
  } else {
    open_receiver();
  }
}

// -- the logic thread's side --------------------------------------------------------------------------------

bool SocketConnection::send(const Frame& frame) {
  const std::size_t cost = frame.queue_cost();
  const std::size_t waiting = queued_bytes_.load(std::memory_order_relaxed);
  const std::size_t budget = options_->send_queue_bytes_max;
  const bool large = cost > budget;  // it would never fit; see limits::send_queue_bytes
  if (waiting > budget || (!large && waiting + cost > budget)) return false;
  queued_bytes_.fetch_add(cost, std::memory_order_relaxed);
  if (loop_.is_inline()) {
    enqueue(frame);
  } else {
    loop_.stage(*this).push(frame, mode_ == Mode::websocket);
  }
  return true;
}

void SocketConnection::close(WireClose how, const CloseReason& reason) {
  if (std::exchange(closed_by_logic_, true)) return;
  receiver_.reset();
  drop_inbox();
  loop_.from_logic([self = shared_from_this(), how, reason] { self->begin_close(how, reason); });
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
  const TlsStream::Status status =
      tls_->decrypt(bytes, [this](std::span<std::uint8_t> plaintext) { on_plaintext(plaintext); });
  handshaking_ = handshaking_ && status == TlsStream::Status::ok && !tls_->handshake_done();
  if (tls_->output().size() > limits::encrypted_piece_bytes) return on_lost("TLS replies are not read");
  if (!tls_->output().empty()) mark_dirty();
  if (status == TlsStream::Status::closed) on_end_of_stream();
  if (status == TlsStream::Status::error) on_tls_failed();
}

void SocketConnection::on_tls_failed() {
  if (closing_ != Closing::no || std::exchange(ignoring_input_, true)) return;
  log(LogLevel::info, "TLS failed", tls_->error_text());
  if (mode_ == Mode::http) return begin_close(WireClose::flush, {});  // the alert still leaves
  tell_logic([why = tls_->error_text()](SocketConnection&, WireReceiver& receiver) {
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
    self.loop_.from_logic(
        [&self, alive = self.shared_from_this()] { self.begin_close(WireClose::flush, {}); });
    receiver.on_lost("the client closed it with calls open");
  });
}

void SocketConnection::on_end_of_stream() {
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
  close_socket();
  tell_logic(
      [text = std::string{why}](SocketConnection&, WireReceiver& receiver) { receiver.on_lost(text); });
}

// -- writing ------------------------------------------------------------------------------------------------

void SocketConnection::enqueue(const Frame& frame) {
  if (closing_ != Closing::no) {
    queued_bytes_.fetch_sub(frame.queue_cost(), std::memory_order_relaxed);
    return;
  }
  queue_.push(frame, mode_ == Mode::websocket);
  mark_dirty();
}

void SocketConnection::enqueue(SendQueue staged) {
  if (closing_ != Closing::no) {
    queued_bytes_.fetch_sub(staged.cost(), std::memory_order_relaxed);
    return;
  }
  queue_.append(std::move(staged));
  mark_dirty();
}

void SocketConnection::mark_dirty() {
  if (closing_ != Closing::closed && !std::exchange(dirty_, true)) loop_.mark_dirty(*this);
}

void SocketConnection::flush() {
  dirty_ = false;
  if (awaiting_writable_ || closing_ == Closing::closed) return;
  while (tls_ ? encrypt_some() : !queue_.empty()) {
    if (!write_some()) return drop_unsent_piece();
  }
  on_drained();
}

bool SocketConnection::encrypt_some() {
  if (!ciphertext_.empty()) return true;
  ciphertext_ = tls_->take_output();
  if (!tls_->handshake_done()) return !ciphertext_.empty();  // the queue waits, or is dropped at the close
  // A bounded piece at a time, so that ciphertext of a slow client does not pile up beside its queue.
  std::array<iovec, 16> buffers;
  const std::size_t count = queue_.gather(buffers);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count && bytes < limits::encrypted_piece_bytes; ++i) {
    const std::size_t piece = std::min(buffers[i].iov_len, limits::encrypted_piece_bytes - bytes);
    tls_->encrypt({static_cast<const std::uint8_t*>(buffers[i].iov_base), piece});
    bytes += piece;
  }
  ciphertext_cost_ += queue_.consume(bytes);
  ciphertext_ += tls_->take_output();
  return !ciphertext_.empty();
}

bool SocketConnection::write_some() {
  std::array<iovec, limits::gather_buffers> buffers;
  std::size_t count = 1;
  if (tls_) {
    buffers[0] = {ciphertext_.data(), ciphertext_.size()};
  } else {
    count = queue_.gather(buffers);
  }
  const ssize_t sent = socket_.send({buffers.data(), count});
  if (sent < 0) {
    if (errno == EINTR) return true;
    if (errno != EAGAIN) return on_lost(std::strerror(errno)), false;
    awaiting_writable_ = true;
    return false;
  }
  std::size_t done = 0;
  if (tls_) {
    ciphertext_.erase(0, static_cast<std::size_t>(sent));
    if (ciphertext_.empty()) done = std::exchange(ciphertext_cost_, 0);
  } else {
    done = queue_.consume(static_cast<std::size_t>(sent));
  }
  queued_bytes_.fetch_sub(done, std::memory_order_relaxed);
  written_since_deadline_ += static_cast<std::size_t>(sent);
  return true;
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
  set_deadline(options_->close_timeout);
  mark_dirty();
  resume_reading();
}

void SocketConnection::on_drained() {
  if (closing_ == Closing::flushing) return linger();
  on_http_drained();
}

void SocketConnection::linger() {
  if (tls_ && tls_->handshake_done()) {
    tls_->shutdown();
    ciphertext_ = tls_->take_output();
    if (!ciphertext_.empty()) write_some();  // what does not fit now is not worth waiting for
    if (closing_ == Closing::closed) return;
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
  abandon_http_request();
  loop_.ready_set().remove(*this);
  socket_.close();
  queue_.clear();
  ciphertext_.clear();
}

void SocketConnection::set_deadline(Duration from_now) {
  written_since_deadline_ = 0;
  deadline_ = std::chrono::steady_clock::now() + from_now;
  // A deadline that moves on, as with each HTTP request, costs the loop nothing: the earlier one looks again.
  if (deadline_ < armed_deadline_) arm_deadline();
}

void SocketConnection::arm_deadline() {
  armed_deadline_ = deadline_;
  loop_.add_deadline(armed_deadline_, weak_from_this());
}

void SocketConnection::on_deadline(TimePoint when) {
  if (when != armed_deadline_) return;  // replaced by an earlier one
  armed_deadline_ = TimePoint::max();
  if (deadline_ == TimePoint{} || closing_ == Closing::closed) return;
  if (deadline_ > when) return arm_deadline();
  if (http_ && http_->exchange) return on_http_answer_late();
  // More time for what a thread that was held up has not tried to send, and for downloads that make progress.
  if (dirty_ && closing_ == Closing::flushing) return set_deadline(options_->close_timeout);
  const bool sending = closing_ == Closing::flushing || response_queued_;
  if (!sending || written_since_deadline_ < limits::progress_bytes) return close_socket();
  set_deadline(closing_ == Closing::no ? options_->http_idle_timeout : options_->close_timeout);
}

void SocketConnection::hold_up_stop(bool hold) {
  if (std::exchange(holds_up_stop_, hold) == hold) return;
  hold ? options_->wires->fetch_add(1) : options_->wires->fetch_sub(1);
}

}  // namespace nano
