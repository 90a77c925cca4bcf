// From the socket to the logic: when a connection is read, and how many of its packets are handled in a turn.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <utility>

#include "nano/transport/socket_connection.h"

namespace nano {

// -- loop's thread ------------------------------------------------------------------------------------------

bool SocketConnection::on_ready(std::uint32_t events) {
  constexpr std::uint32_t hung_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  if ((events & EPOLLOUT) != 0 && std::exchange(awaiting_writable_, false)) flush();
  if ((events & hung_up) != 0) on_hung_up(events);
  if ((events & (EPOLLIN | hung_up)) == 0) return false;
  readable_ = true;
  if (!handshaking_) return !paused_ && !in_line_;
  line_up();
  return false;
}

void SocketConnection::take_turn() {
  in_line_ = false;
  if (handshaking_) continue_time();
  loop_.io().ready_set().begin_turn();
  if (loop_.is_inline() && inbox_) return handle_inbox(loop_.io().ready_set().turn());
  if (!paused_) read();
}

std::shared_ptr<Pollable> SocketConnection::in_line() {
  in_line_ = true;
  return shared_from_this();
}

void SocketConnection::line_up() {
  if (in_line_) return;
  if (!handshaking_) return loop_.io().ready_set().add_again(in_line());
  in_line_ = true;
  stop_time();
  loop_.io().handshakes().add(remote_.address(), weak_from_this(), hello_answered());
}

/// One read for each turn, so that the answers leave in between and a client that floods holds up nobody.
void SocketConnection::read() {
  if (end_of_input_ || closing_ == Closing::closed) return;
  const std::span buffer = std::span{loop_.io().read_buffer()}.first(loop_.io().ready_set().read_bytes());
  const ssize_t bytes = socket_.receive(buffer);
  // What comes after a read that did not fill the buffer is told by a new event (epoll(7)). Urgent data,
  // which no client of ours sends, cuts a read short as well; what is behind it is then read with what comes
  // next.
  readable_ = hung_up_ || bytes == static_cast<ssize_t>(buffer.size()) || (bytes < 0 && errno == EINTR);
  if (bytes < 0) {
    if (errno != EAGAIN && errno != EINTR) return on_lost(std::strerror(errno));
  } else if (bytes == 0) {
    return on_end_of_stream();
  } else {
    on_bytes(buffer.first(static_cast<std::size_t>(bytes)));
  }
  paused_ |= !may_read();
  if (readable_ && !paused_) line_up();
}

/// Who does not take what it is sent is not asked for more that would have to be answered.
bool SocketConnection::may_read() const {
  if (loop_.is_inline() && inbox_) return false;
  if (closing_ != Closing::no) return true;  // what comes is discarded
  return unhandled_bytes_.load(std::memory_order_acquire) <= limits::receive_queue_bytes && !answering_ &&
         !account_.over_budget();
}

void SocketConnection::resume_reading() {
  if (!paused_ || !may_read()) return;
  paused_ = false;
  if (readable_) line_up();
}

/// In the middle of a large packet a client cannot send a heartbeat: that the packet comes is its sign of
/// life.
void SocketConnection::note_part(std::size_t bytes) {
  unnoted_bytes_ += static_cast<std::uint32_t>(bytes);
  if (unnoted_bytes_ < limits::progress_bytes) return;
  unnoted_bytes_ = 0;
  heard_ = loop_.io().listened();
}

void SocketConnection::hand_over(protocol::ByteView packets) {
  heard_ = loop_.io().listened();
  unnoted_bytes_ = 0;
  if (loop_.is_inline()) return receive_inline(packets);
  unhandled_bytes_.fetch_add(packets.size() + limits::message_overhead_bytes, std::memory_order_relaxed);
  loop_.to_logic([self = shared(), copy = protocol::Bytes{packets.begin(), packets.end()}]() mutable {
    self->receive(std::move(copy));
  });
}

// -- logic thread -------------------------------------------------------------------------------------------

void SocketConnection::open_receiver() {
  hold_up_stop(true);
  loop_.to_logic([self = shared()] {
    if (!self->closed_by_logic_) self->receiver_ = self->options_->make_receiver(self);
  });
}

void SocketConnection::tell_logic(Inbox::Ending tell) {
  loop_.to_logic([self = shared(), tell = std::move(tell)]() mutable {
    if (self->inbox_) return self->inbox_->add(std::move(tell));
    if (const auto receiver = self->receiver_) tell(*self, *receiver);
  });
}

/// The loop is the logic thread's own: packets are handled where they were read. Only what is beyond the
/// connection's share is copied; until that is handled, nothing more is read.
void SocketConnection::receive_inline(protocol::ByteView packets) {
  if (!inbox_) {
    TurnShare& turn = loop_.io().ready_set().turn();
    if (turn.packets > 0) packets = packets.subspan(handle(packets, turn));
    const Wait waits = std::exchange(turn.waits, Wait::no);  // of these packets, not of the next
    if (packets.empty()) return;
    inbox_ = std::make_unique<Inbox>();
    paused_ = true;
    waits == Wait::no ? line_up() : make_wait(waits);
  }
  inbox_->add(protocol::Bytes{packets.begin(), packets.end()});
}

void SocketConnection::receive(protocol::Bytes packets) {
  handled(limits::message_overhead_bytes);
  if (inbox_) return inbox_->add(std::move(packets));
  ReceiveLine& line = loop_.receive_line();
  TurnShare share = line.share_now(part_);
  const std::size_t taken = share.packets > 0 ? handle(packets, share) : 0;
  if (taken > 0) part_.packets_left = share.packets;
  if (taken == packets.size()) return;
  inbox_ = std::make_unique<Inbox>();
  inbox_->add(std::move(packets));
  inbox_->take(taken);
  if (share.waits != Wait::no) return make_wait(share.waits);
  line.had_turn(part_) ? line.add_again(shared()) : line.add_new(shared());
}

std::size_t SocketConnection::handle(protocol::ByteView packets, TurnShare& share) {
  const std::uint32_t allowed = share.packets;
  std::size_t taken = packets.size();  // without a receiver they mean nothing any more
  loop_.scheduler().run_now([&] {
    if (const auto receiver = receiver_) taken = receiver->on_packets(packets, share);
  });
  const std::uint32_t used = allowed - share.packets;
  loop_.is_inline() ? loop_.io().ready_set().count(used) : loop_.receive_line().count(used);
  if (closed_by_logic_) taken = packets.size();
  handled(taken);
  return taken;
}

void SocketConnection::handle_inbox(TurnShare share) {
  // A handler may close the connection: what it has been given stays until it returns.
  std::unique_ptr<Inbox> inbox = std::move(inbox_);
  if (!inbox) return;  // closed while it was in line
  while (receiver_ && inbox->has_packets() && share.packets > 0 && share.waits == Wait::no) {
    inbox->take(handle(inbox->front(), share));
  }
  if (lost_ && share.waits != Wait::no) handled(inbox->drop_packets());  // nobody waits for their answers
  while (receiver_ && !inbox->has_packets() && !inbox->endings().empty()) {
    loop_.scheduler().run_now([&, receiver = receiver_] { inbox->endings().front()(*this, *receiver); });
    inbox->endings().pop_front();
  }
  if (!receiver_) return handled(inbox->bytes());
  if (inbox->empty()) return loop_.is_inline() ? resume_reading() : void();
  inbox_ = std::move(inbox);
  share.waits == Wait::no ? line_up_inbox() : make_wait(share.waits);
}

void SocketConnection::line_up_inbox() {
  loop_.is_inline() ? line_up() : loop_.receive_line().add_again(shared());
}

void SocketConnection::make_wait(Wait wait) {
  inbox_->waits = wait;
  if (wait != Wait::for_client) return;
  loop_.from_logic([self = shared()] {
    self->budget_awaited_ = true;
    self->mark_dirty();  // it may be within it already
  });
}

void SocketConnection::end_wait(Wait wait) {
  if (!inbox_ || inbox_->waits != wait) return;
  inbox_->waits = Wait::no;
  line_up_inbox();
}

void SocketConnection::drop_inbox() {
  if (const auto inbox = std::move(inbox_)) handled(inbox->bytes());
}

void SocketConnection::handled(std::size_t bytes) {
  if (loop_.is_inline()) return;
  const std::size_t before = unhandled_bytes_.fetch_sub(bytes, std::memory_order_acq_rel);
  if (before > limits::receive_queue_bytes && before - bytes <= limits::receive_queue_bytes) {
    loop_.from_logic([self = shared()] { self->resume_reading(); });
  }
}

}  // namespace nano
