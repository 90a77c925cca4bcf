#include "nano/net/byte_connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "nano/base/limits.h"

namespace nano {

ByteConnection::ByteConnection(std::shared_ptr<const ConnectionOptions> options)
    : options_(std::move(options)),
      account_(options_->send_queue_bytes_max, *options_->send_total),
      phase_(options_->tls ? Phase::handshaking : Phase::open) {}

void ByteConnection::start(std::unique_ptr<ByteReceiver> receiver) {
  receiver_ = std::move(receiver);
  if (!handshaking()) return receiver_->on_open();
  tls_ = std::make_unique<Tls>(*options_->tls);
  set_deadline(options_->handshake_timeout);
}

// -- what comes ---------------------------------------------------------------------------------------------

void ByteConnection::on_received(std::span<std::uint8_t> bytes) {
  if (!tls_) return receiver_->on_bytes(bytes);
  const TlsStream::Status status = tls_->stream.decrypt(bytes, [this](std::span<std::uint8_t> plaintext) {
    if (handshaking()) end_handshake();
    if (phase_ != Phase::closed) receiver_->on_bytes(plaintext);
  });
  if (phase_ == Phase::closed) return;
  if (handshaking() && status == TlsStream::Status::ok && tls_->stream.handshake_done()) end_handshake();
  if (tls_->stream.output().size() > limits::encrypted_piece_bytes) {
    return on_lost("TLS replies are not read");
  }
  if (!tls_->stream.output().empty()) want_flush();
  if (status == TlsStream::Status::closed) on_end_of_stream();
  if (status == TlsStream::Status::error) on_tls_failed();
}

/// What has come behind it is its peer's usual business.
void ByteConnection::end_handshake() {
  phase_ = Phase::open;
  on_handshake_done();
  receiver_->on_open();
}

void ByteConnection::on_handshake_lost() {
  log(LogLevel::debug, "TLS failed", "the client has gone before the handshake was done");
  give_up();
}

void ByteConnection::on_tls_failed() {
  if (closing() || std::exchange(tls_failed_, true)) return;
  log(LogLevel::info, "TLS failed", tls_->stream.error_text());
  if (handshaking()) return refuse_handshake();
  receiver_->on_malformed("TLS: " + tls_->stream.error_text());
}

/// The alert still leaves, or what its peer can read.
void ByteConnection::refuse_handshake() {
  if (tls_->stream.got_plain_http()) {
    tls_.reset();
    queue_.push(receiver_->answer_in_plain());
  }
  close();
}

void ByteConnection::on_end_of_stream() {
  if (handshaking()) return on_handshake_lost();
  const bool was_told = std::exchange(end_of_input_, true);
  if (phase_ == Phase::lingering) return close_socket();
  if (!closing() && !was_told) receiver_->on_end_of_input();
}

void ByteConnection::on_hung_up(bool is_lost) {
  hung_up_ = true;
  if (!handshaking()) return closing() ? void() : receiver_->on_hung_up(is_lost);
  // Who closes its side after its last request has sent the end of the handshake, too.
  if (is_lost || !hello_answered()) on_handshake_lost();
}

void ByteConnection::on_lost(std::string_view why) {
  if (phase_ == Phase::closed) return;
  give_up();
  receiver_->on_lost(why);
}

void ByteConnection::resume_reading() {
  if (!paused_ || !may_read()) return;
  paused_ = false;
  continue_reading();
}

// -- what leaves --------------------------------------------------------------------------------------------

void ByteConnection::send(const Frame& frame, FrameForm form) {
  if (closing()) return account_.release(frame.queue_cost());
  account_.release(queue_.push(frame, form));
  want_flush();
}

void ByteConnection::send(SendQueue staged) {
  if (closing()) return account_.release(staged.cost());
  account_.release(queue_.append(std::move(staged)));
  want_flush();
}

void ByteConnection::send(std::shared_ptr<const std::string> bytes) {
  if (closing()) return;
  queue_.push(std::move(bytes));
  want_flush();
}

void ByteConnection::send_mark() {
  queue_.push_mark();
  want_flush();  // it may have left already
}

std::uint32_t ByteConnection::take_written_marks() {
  if (!tls_) return queue_.take_passed_marks();
  if (tls_->ciphertext.empty()) tls_->marks_encrypted += queue_.take_passed_marks();
  return std::exchange(tls_->marks_encrypted, 0);
}

std::size_t ByteConnection::drop_unsent() {
  const std::size_t bytes = queue_.bytes();
  queue_.clear();
  return bytes;
}

void ByteConnection::write_now() {
  if (!closing() && !blocked_) write_all();
}

bool ByteConnection::has_output() { return tls_ ? encrypt_some() : !queue_.empty(); }

bool ByteConnection::encrypt_some() {
  if (!tls_->ciphertext.empty()) return true;
  tls_->marks_encrypted += queue_.take_passed_marks();
  tls_->ciphertext = tls_->stream.take_output();
  if (!tls_->stream.handshake_done()) {
    return !tls_->ciphertext.empty();  // the queue waits, or is dropped at the close
  }
  // A bounded piece at a time, so that ciphertext of a slow peer does not pile up beside its queue.
  std::array<iovec, 16> buffers;
  const std::size_t count = queue_.gather(buffers);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count && bytes < limits::encrypted_piece_bytes; ++i) {
    const std::size_t piece = std::min(buffers[i].iov_len, limits::encrypted_piece_bytes - bytes);
    tls_->stream.encrypt({static_cast<const std::uint8_t*>(buffers[i].iov_base), piece});
    bytes += piece;
  }
  tls_->ciphertext_cost += queue_.consume(bytes);
  tls_->ciphertext += tls_->stream.take_output();
  return !tls_->ciphertext.empty();
}

std::size_t ByteConnection::gather(std::span<iovec> into) const {
  if (!tls_) return queue_.gather(into);
  into[0] = {tls_->ciphertext.data(), tls_->ciphertext.size()};
  return 1;
}

void ByteConnection::on_sent(std::size_t bytes) {
  written_ += bytes;
  if (!tls_) return account_.release(queue_.consume(bytes));
  tls_->ciphertext.erase(0, bytes);
  if (tls_->ciphertext.empty()) account_.release(std::exchange(tls_->ciphertext_cost, 0));
}

void ByteConnection::on_flushed(Written written) {
  if (written == Written::failed) return on_lost(std::strerror(errno));
  resume_reading();
  receiver_->on_written();
  if (written == Written::not_all) return receiver_->on_blocked();
  if (!queue_.empty()) return;  // sent meanwhile, and for the next turn
  phase_ == Phase::flushing ? linger() : receiver_->on_drained();
}

/// What the system has written but the peer's has not acknowledged is not taken. Only the system sees it: its
/// buffer can hold what a slow line carries in minutes.
std::uint64_t ByteConnection::taken() const { return written_ - std::min(written_, unacknowledged()); }

std::uint64_t ByteConnection::end() const {
  return written_ + (tls_ ? tls_->ciphertext.size() : 0) + queue_.bytes();
}

// -- the end ------------------------------------------------------------------------------------------------

void ByteConnection::close() {
  if (closing()) return;
  phase_ = Phase::flushing;
  set_deadline(close_timeout());
  expect_progress();
  want_flush();
  resume_reading();  // what comes is discarded
}

void ByteConnection::drop() {
  if (!closing()) close_socket(true);
}

void ByteConnection::linger() {
  if (tls_ && tls_->stream.handshake_done()) {
    tls_->stream.shutdown();
    // What does not fit now is not worth waiting for.
    if (write_all() == Written::failed) return on_lost(std::strerror(errno));
  }
  phase_ = Phase::lingering;
  if (!receiver_->awaits_last_word()) shut_down_send();
  if (end_of_input_) return close_socket();
  resume_reading();
}

void ByteConnection::close_socket(bool reset) {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) return;
  clear_deadline();
  receiver_->on_closed();
  close_descriptor(reset);
  account_.release(queue_.cost());
  queue_.clear();
  if (!tls_) return;
  account_.release(std::exchange(tls_->ciphertext_cost, 0));
  tls_->ciphertext.clear();
}

/// What the peer does not take goes with its socket: else the system would keep it, and wait for the peer.
bool ByteConnection::sending() const {
  return phase_ == Phase::flushing || (phase_ != Phase::closed && receiver_->is_sending()) ||
         unacknowledged() > 0;
}

/// A peer that has much to read before the end may lose its network for a while, as any other.
Duration ByteConnection::close_timeout() const {
  return blocked_ ? std::max(options_->close_timeout, options_->send_stall_timeout) : options_->close_timeout;
}

void ByteConnection::on_time_over(bool unwritten) {
  if (!closing() && !handshaking() && receiver_->on_deadline()) return;
  // What has come meanwhile is read first.
  if (!closing() && !paused_ && unread() > 0) return set_deadline(limits::held_up_least);
  // More time for what a thread that was held up has not tried to send, and for a peer that makes progress.
  if (unwritten && phase_ == Phase::flushing) return set_deadline(close_timeout());
  const std::uint64_t taken_before = taken_at_deadline_;
  expect_progress();
  if (!sending() || taken_at_deadline_ - taken_before < limits::progress_bytes) {
    if (handshaking()) log(LogLevel::info, "TLS failed", "the handshake was not done in time");
    return give_up();
  }
  set_deadline(closing() ? close_timeout() : options_->idle_timeout);
}

}  // namespace nano
