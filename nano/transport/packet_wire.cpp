#include "nano/transport/packet_wire.h"

#include <algorithm>
#include <utility>

namespace nano {

PacketWire::PacketWire(ByteConnection& connection, LogicLoop& loop, const ListenerOptions& options)
    : connection_(connection),
      loop_(loop),
      options_(options),
      decoder_(options.packet_body_bytes_max),
      heard_(loop.io().listened()) {}

PacketWire::~PacketWire() {
  if (open_) options_.busy->leave();
}

// -- connection's thread: what comes ------------------------------------------------------------------------

void PacketWire::on_open() {
  connection_.clear_deadline();  // from here on the session's state machine watches the time
  open_ = true;
  options_.busy->enter();
  loop_.to_logic([self = shared()] {
    if (!self->closed_by_logic_) self->receiver_ = self->options_.make_receiver(self);
  });
}

/// Who does not take what it is sent is not asked for more that would have to be answered.
bool PacketWire::wants_bytes() const {
  if (loop_.is_inline() && inbox_) return false;
  return unhandled_bytes_.load(std::memory_order_acquire) <= limits::receive_queue_bytes &&
         !account().over_budget();
}

bool PacketWire::take_turn() {
  if (!loop_.is_inline() || !inbox_) return false;
  handle_inbox(loop_.io().ready_set().turn());
  return true;
}

void PacketWire::read_packets(std::span<const std::uint8_t> bytes) {
  if (connection_.closing() || ignoring_input_) return;
  note_part(bytes.size());
  const protocol::PacketError error =
      decoder_.feed_runs(bytes, [this](protocol::ByteView packets) { hand_over(packets); });
  if (error != protocol::PacketError::none && ignore_input()) {
    tell_malformed(std::string{protocol::to_string(error)});
  }
}

/// In the middle of a large packet a client cannot send a heartbeat: that the packet comes is its sign of
/// life.
void PacketWire::note_part(std::size_t bytes) {
  unnoted_bytes_ += static_cast<std::uint32_t>(bytes);
  if (unnoted_bytes_ < limits::progress_bytes) return;
  unnoted_bytes_ = 0;
  heard_ = loop_.io().listened();
}

void PacketWire::hand_over(protocol::ByteView packets) {
  heard_ = loop_.io().listened();
  unnoted_bytes_ = 0;
  if (loop_.is_inline()) return receive_inline(packets);
  unhandled_bytes_.fetch_add(packets.size() + limits::message_overhead_bytes, std::memory_order_relaxed);
  loop_.to_logic([self = shared(), copy = protocol::Bytes{packets.begin(), packets.end()}]() mutable {
    self->receive(std::move(copy));
  });
}

void PacketWire::on_malformed(const std::string& what) {
  if (ignore_input()) tell_malformed(what);
}

void PacketWire::on_end_of_input() { tell_end_of_input(); }

void PacketWire::on_lost(std::string_view why) {
  tell_logic([text = std::string{why}](PacketWire&, WireReceiver& receiver) { receiver.on_lost(text); });
  loop_.to_logic([self = shared()] {
    self->lost_ = true;
    if (self->inbox_ && self->inbox_->waits != Wait::no) self->end_wait(self->inbox_->waits);
  });
}

// -- connection's thread: to the logic ----------------------------------------------------------------------

/// In order behind all packets before.
void PacketWire::tell_logic(Inbox::Ending tell) {
  loop_.to_logic([self = shared(), tell = std::move(tell)]() mutable {
    if (self->inbox_) return self->inbox_->add(std::move(tell));
    if (const auto receiver = self->receiver_) tell(*self, *receiver);
  });
}

void PacketWire::tell_malformed(std::string what) {
  tell_logic([what = std::move(what)](PacketWire&, WireReceiver& receiver) { receiver.on_malformed(what); });
}

void PacketWire::tell_end_of_input() {
  tell_logic([](PacketWire&, WireReceiver& receiver) { receiver.on_end_of_input(); });
}

void PacketWire::tell_closed_by_client() {
  tell_end_of_input();
  tell_logic([](PacketWire& self, WireReceiver& receiver) {
    self.loop_.from_logic([wire = self.shared()] { wire->begin_close(WireClose::flush, {}); });
    receiver.on_lost("the client closed it with calls open");
  });
}

/// Tells the logic what it waits for; not behind packets that may wait for just this.
void PacketWire::on_written() {
  for (std::uint32_t marks = connection_.take_written_marks(); marks > 0; --marks) {
    loop_.to_logic([self = shared()] {
      if (const auto receiver = self->receiver_) receiver->on_drained();
    });
  }
  if (!budget_awaited_ || account().over_budget()) return;
  budget_awaited_ = false;
  loop_.to_logic([self = shared()] { self->end_wait(Wait::for_client); });
}

void PacketWire::begin_close(WireClose how, const CloseReason& reason) {
  if (how == WireClose::drop) return connection_.drop();
  if (!connection_.closing()) say_goodbye(reason);
  connection_.close();
}

bool PacketWire::has_unread() const {
  return connection_.unread() > 0 || unhandled_bytes_.load(std::memory_order_relaxed) > 0;
}

WireProgress PacketWire::progress() const {
  return {.taken = connection_.taken(),
          .end = connection_.end(),
          .unread = connection_.paused() && !account().over_budget() && has_unread(),
          .unheard = loop_.io().listened() - heard_};
}

// -- logic thread: what is sent -----------------------------------------------------------------------------

SendStatus PacketWire::send(const Frame& frame) {
  SendAccount& account = connection_.account();
  const SendStatus status = account.add(frame.queue_cost());
  if (status == SendStatus::too_much_for_client || status == SendStatus::too_much_for_process) return status;
  if (loop_.is_inline()) {
    connection_.send(frame, form_of(frame));
  } else {
    account.release(loop_.stage(*this).push(frame, form_of(frame)));
  }
  if (status == SendStatus::queued) return status;
  write_ahead(frame.queue_cost());
  return account.over_budget() ? SendStatus::over_budget : SendStatus::queued;
}

/// What can be written is written before it is judged: that much was sent in one turn is not the client's
/// fault.
void PacketWire::write_ahead(std::size_t cost) {
  if (loop_.is_inline()) return connection_.write_now();
  const std::size_t waiting = account().waiting();
  const std::size_t budget = account().budget();
  if (waiting / budget != (waiting - std::min(waiting, cost)) / budget) loop_.hand_over_staged();
}

void PacketWire::measure(Function<void(const WireProgress&)> tell) {
  auto tell_here = [self = shared(), tell = std::move(tell)](WireProgress progress) mutable {
    if (self->inbox_) progress.unread = self->inbox_->waits != Wait::for_client;
    if (!self->closed_by_logic_) tell(progress);
  };
  if (loop_.is_inline()) return tell_here(progress());
  loop_.from_logic([self = shared(), tell = std::move(tell_here)]() mutable {
    self->loop_.to_logic([progress = self->progress(), tell = std::move(tell)]() mutable { tell(progress); });
  });
}

void PacketWire::tell_when_drained() {
  loop_.from_logic([self = shared()] { self->connection_.send_mark(); });
}

void PacketWire::close(WireClose how, const CloseReason& reason) {
  if (std::exchange(closed_by_logic_, true)) return;
  receiver_.reset();
  drop_inbox();
  loop_.from_logic([self = shared(), how, reason] { self->begin_close(how, reason); });
}

// -- logic thread: what was received ------------------------------------------------------------------------

/// The loop is the logic thread's own: packets are handled where they were read. Only what is beyond the
/// connection's share is copied; until that is handled, nothing more is read.
void PacketWire::receive_inline(protocol::ByteView packets) {
  if (!inbox_) {
    TurnShare& turn = loop_.io().ready_set().turn();
    if (turn.packets > 0) packets = packets.subspan(handle(packets, turn));
    const Wait waits = std::exchange(turn.waits, Wait::no);  // of these packets, not of the next
    if (packets.empty()) return;
    inbox_ = std::make_unique<Inbox>();
    connection_.pause_reading();
    waits == Wait::no ? connection_.want_turn() : make_wait(waits);
  }
  inbox_->add(protocol::Bytes{packets.begin(), packets.end()});
}

void PacketWire::receive(protocol::Bytes packets) {
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

std::size_t PacketWire::handle(protocol::ByteView packets, TurnShare& share) {
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

void PacketWire::handle_inbox(TurnShare share) {
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
  if (inbox->empty()) return loop_.is_inline() ? connection_.resume_reading() : void();
  inbox_ = std::move(inbox);
  share.waits == Wait::no ? line_up_inbox() : make_wait(share.waits);
}

void PacketWire::line_up_inbox() {
  loop_.is_inline() ? connection_.want_turn() : loop_.receive_line().add_again(shared());
}

void PacketWire::make_wait(Wait wait) {
  inbox_->waits = wait;
  if (wait != Wait::for_client) return;
  loop_.from_logic([self = shared()] {
    self->budget_awaited_ = true;
    self->connection_.look_again();  // it may be within it already
  });
}

void PacketWire::end_wait(Wait wait) {
  if (!inbox_ || inbox_->waits != wait) return;
  inbox_->waits = Wait::no;
  line_up_inbox();
}

void PacketWire::drop_inbox() {
  if (const auto inbox = std::move(inbox_)) handled(inbox->bytes());
}

void PacketWire::handled(std::size_t bytes) {
  if (loop_.is_inline()) return;
  const std::size_t before = unhandled_bytes_.fetch_sub(bytes, std::memory_order_acq_rel);
  if (before > limits::receive_queue_bytes && before - bytes <= limits::receive_queue_bytes) {
    loop_.from_logic([self = shared()] { self->connection_.resume_reading(); });
  }
}

}  // namespace nano
