#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "nano/transport/socket_connection.h"

namespace nano {

// -- the logic thread's side --------------------------------------------------------------------------------

SendStatus SocketConnection::send(const Frame& frame) {
  const SendStatus status = account_.add(frame.queue_cost());
  if (status == SendStatus::too_much_for_client || status == SendStatus::too_much_for_process) return status;
  if (loop_.is_inline()) {
    enqueue(frame);
  } else {
    account_.release(loop_.stage(*this).push(frame, mode_ == Mode::websocket));
  }
  if (status == SendStatus::queued) return status;
  write_ahead(frame.queue_cost());
  return account_.over_budget() ? SendStatus::over_budget : SendStatus::queued;
}

/// What can be written is written before it is judged: that much was sent in one turn is not the client's
/// fault.
void SocketConnection::write_ahead(std::size_t cost) {
  if (loop_.is_inline()) {
    if (closing_ == Closing::no && !awaiting_writable_) write_all();
    return;
  }
  const std::size_t waiting = account_.waiting();
  const bool one_more_budget =
      waiting / account_.budget() != (waiting - std::min(waiting, cost)) / account_.budget();
  if (one_more_budget) loop_.hand_over_staged();
}

void SocketConnection::measure(Function<void(const WireProgress&)> tell) {
  auto tell_here = [self = shared(), tell = std::move(tell)](WireProgress progress) mutable {
    if (self->inbox_) progress.unread = self->inbox_->waits != Wait::for_client;
    if (!self->closed_by_logic_) tell(progress);
  };
  if (loop_.is_inline()) return tell_here(progress());
  loop_.from_logic([self = shared(), tell = std::move(tell_here)]() mutable {
    self->loop_.to_logic([progress = self->progress(), tell = std::move(tell)]() mutable { tell(progress); });
  });
}

void SocketConnection::tell_when_drained() {
  loop_.from_logic([self = shared()] {
    self->queue_.push_mark();
    self->mark_dirty();  // it may be drained already
  });
}

void SocketConnection::enqueue(const Frame& frame) {
  if (closing_ != Closing::no) {
    account_.release(frame.queue_cost());
    return;
  }
  account_.release(queue_.push(frame, mode_ == Mode::websocket));
  mark_dirty();
}

void SocketConnection::enqueue(SendQueue staged) {
  if (closing_ != Closing::no) {
    account_.release(staged.cost());
    return;
  }
  account_.release(queue_.append(std::move(staged)));
  mark_dirty();
}

void SocketConnection::mark_dirty() {
  if (closing_ != Closing::closed && !std::exchange(dirty_, true)) loop_.io().mark_dirty(*this);
}

void SocketConnection::flush() {
  dirty_ = false;
  if (closing_ == Closing::closed) return;
  if (awaiting_writable_) return tell_taken();
  const Written written = write_all();
  if (written == Written::failed) return on_lost(std::strerror(errno));
  resume_reading();
  tell_taken();
  written == Written::all ? on_drained() : drop_unsent_piece();
}

SocketConnection::Written SocketConnection::write_all() {
  while (tls_ ? encrypt_some() : !queue_.empty()) {
    const Written written = write_some();
    if (written != Written::all) return written;
  }
  return Written::all;
}

bool SocketConnection::encrypt_some() {
  if (!tls_->ciphertext.empty()) return true;
  tls_->marks_encrypted += queue_.take_passed_marks();
  tls_->ciphertext = tls_->stream.take_output();
  if (!tls_->stream.handshake_done())
    return !tls_->ciphertext.empty();  // the queue waits, or is dropped at the close
  // A bounded piece at a time, so that ciphertext of a slow client does not pile up beside its queue.
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

SocketConnection::Written SocketConnection::write_some() {
  std::array<iovec, limits::gather_buffers> buffers;
  std::size_t count = 1;
  if (tls_) {
    buffers[0] = {tls_->ciphertext.data(), tls_->ciphertext.size()};
  } else {
    count = queue_.gather(buffers);
  }
  const ssize_t sent = socket_.send({buffers.data(), count});
  if (sent < 0) {
    if (errno == EINTR) return Written::all;
    if (errno != EAGAIN) return Written::failed;
    awaiting_writable_ = true;
    return Written::not_all;
  }
  std::size_t done = 0;
  if (tls_) {
    tls_->ciphertext.erase(0, static_cast<std::size_t>(sent));
    if (tls_->ciphertext.empty()) done = std::exchange(tls_->ciphertext_cost, 0);
  } else {
    done = queue_.consume(static_cast<std::size_t>(sent));
  }
  account_.release(done);
  written_ += static_cast<std::uint64_t>(sent);
  return Written::all;
}

/// What the system has written but the client's has not acknowledged is not taken. Only the system sees it:
/// its buffer can hold what a slow line carries in minutes.
std::uint64_t SocketConnection::taken() const {
  return written_ - std::min(written_, socket_.unacknowledged());
}

bool SocketConnection::has_unread() const {
  return socket_.unread() > 0 || unhandled_bytes_.load(std::memory_order_relaxed) > 0;
}

WireProgress SocketConnection::progress() const {
  return {.taken = taken(),
          .end = written_ + (tls_ ? tls_->ciphertext.size() : 0) + queue_.bytes(),
          .unread = paused_ && !account_.over_budget() && has_unread(),
          .unheard = loop_.io().listened() - heard_};
}

}  // namespace nano
