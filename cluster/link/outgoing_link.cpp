#include "cluster/link/outgoing_link.h"

#include <algorithm>
#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {

OutgoingLink::OutgoingLink(Scheduler& scheduler, std::unique_ptr<Channel> channel, std::string own_address,
                           std::mt19937_64& random, OutgoingLinkEvents& events)
    : scheduler_(scheduler),
      own_address_(std::move(own_address)),
      random_(random),
      events_(events),
      channel_(std::move(channel)),
      last_beat_(scheduler.now()),
      retry_delay_(limits::link_retry_least),
      heartbeat_(scheduler.every(limits::link_heartbeat, [this] { beat(); })) {
  begin_conversation();
}

OutgoingLink::~OutgoingLink() = default;

std::size_t OutgoingLink::limits_queue_bytes() { return limits::link_queue_bytes; }

LinkMessage& OutgoingLink::add(LinkMessage::Kind kind, std::size_t bytes) {
  if (state_ == State::idle && !attempt_.active()) {
    down_since_ = scheduler_.now();
    connect();
  }
  return end_.add(kind, bytes);
}

void OutgoingLink::flush() {
  end_.flush();
  if (end_.queued_bytes() > 2 * limits::link_queue_bytes) {
    end_conversation("too much waits for it");
  }
}

void OutgoingLink::close() {
  closing_ = true;
  if (state_ != State::open) return;
  end_.add(LinkMessage::GOODBYE, 0);
  end_.flush();
}

// -- connecting --------------------------------------------------------------------------------------------

void OutgoingLink::begin_conversation() {
  end_.reset();
  known_there_ = false;
  do {
    conversation_ = random_();
  } while (conversation_ == 0);
}

void OutgoingLink::connect() {
  if (closing_) return;
  state_ = State::connecting;
  stream_ = channel_->open_stream(link_method, *this);
  LinkBatch batch;
  wire::Hello& hello = *batch.mutable_hello();
  hello.set_address(own_address_);
  hello.set_conversation(conversation_);
  hello.set_received(end_.received());
  stream_->send(batch.SerializeAsString());
  attempt_ = scheduler_.after(limits::link_connect_timeout, [this] { lost("it does not answer"); });
}

void OutgoingLink::on_welcome(const wire::Welcome& welcome) {
  attempt_.cancel();
  state_ = State::open;
  last_heard_ = scheduler_.now();
  retry_delay_ = limits::link_retry_least;
  unreachable_ = false;
  const bool forgotten = known_there_ && !welcome.resumed();
  if (forgotten) end_.reset();  // it has begun the conversation anew
  known_there_ = true;
  end_.attach(*stream_, welcome.received());
  if (forgotten) events_.on_over();
}

void OutgoingLink::on_closed(const NetworkError& why) { lost(why.message); }

void OutgoingLink::lost(std::string_view why) {
  end_.detach();
  attempt_.cancel();
  dropped_ = std::move(stream_);
  const State was = std::exchange(state_, State::idle);
  if (was == State::open) {
    down_since_ = scheduler_.now();
    attempt_ = scheduler_.after(Duration::zero(), [this] { connect(); });
    return;
  }
  set_unreachable(why);
  retry();
}

void OutgoingLink::set_unreachable(std::string_view why) {
  if (std::exchange(unreachable_, true)) return;
  scheduler_.log().warning("node cannot be reached", {{"reason", why}});
  events_.on_unreachable();
}

void OutgoingLink::retry() {
  if (scheduler_.now() - down_since_ >= limits::link_memory) {
    return end_conversation("it could not be reached for too long");
  }
  attempt_ = scheduler_.after(retry_delay_, [this] { connect(); });
  retry_delay_ = std::min(2 * retry_delay_, limits::link_retry_most);
}

void OutgoingLink::end_conversation(std::string_view why) {
  scheduler_.log().info("conversation with a node ended", {{"reason", why}});
  end_.detach();
  attempt_.cancel();
  if (stream_) dropped_ = std::move(stream_);
  state_ = State::idle;
  unreachable_ = false;  // the next message finds out
  retry_delay_ = limits::link_retry_least;
  begin_conversation();
  events_.on_over();
}

// -- talking -----------------------------------------------------------------------------------------------

void OutgoingLink::on_message(std::string_view bytes) {
  if (!incoming_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return lost("it does not speak the link's protocol");
  }
  last_heard_ = scheduler_.now();
  if (state_ == State::connecting) {
    return incoming_.has_welcome() ? on_welcome(incoming_.welcome()) : lost("it sent no welcome");
  }
  switch (end_.receive(incoming_, bytes.size())) {
    case LinkEnd::Received::duplicate: return;
    case LinkEnd::Received::gap: return end_conversation("a message is missing");
    case LinkEnd::Received::fresh: break;
  }
  for (const LinkMessage& message : incoming_.messages()) {
    if (message.kind() == LinkMessage::GOODBYE) return end_conversation("it said goodbye");
    events_.on_message(message);
    if (state_ != State::open) return;
  }
}

void OutgoingLink::beat() {
  dropped_.reset();
  const TimePoint now = scheduler_.now();
  // After a pause of this process what the other end said in the meantime has not been read yet.
  if (now - std::exchange(last_beat_, now) >= 2 * limits::link_heartbeat) last_heard_ = now;
  if (state_ != State::open) return;
  end_.heartbeat();
  if (now - last_heard_ < limits::link_silence) return;
  lost("it fell silent");
  set_unreachable("it fell silent");
}

}  // namespace nano::cluster
