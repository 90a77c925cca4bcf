#include "cluster/link/outgoing_link.h"

#include <algorithm>
#include <utility>

namespace nano::cluster {

/// One stream. Dropped, it tells nothing more.
class OutgoingLink::Connection final : public StreamEvents {
 public:
  explicit Connection(OutgoingLink& link)
      : link_(&link), stream_(link.channel_->open_stream(link_method, *this)) {}

  Stream& stream() { return *stream_; }
  void beat() { give_back_memory(incoming_); }
  void drop() {
    link_ = nullptr;
    stream_->close();
  }

 private:
  void on_message(std::string_view bytes) override {
    if (!link_) return;
    if (incoming_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      link_->on_batch(incoming_, bytes.size());
    } else {
      link_->lost("it does not speak the link's protocol");
    }
  }
  void on_closed(const NetworkError& why) override {
    if (!link_) return;
    why.code == NetworkErrc::nobody_listens ? link_->gone(why.message) : link_->lost(why.message);
  }

  OutgoingLink* link_;
  LinkBatch incoming_;
  const std::unique_ptr<Stream> stream_;
};

OutgoingLink::OutgoingLink(Scheduler& scheduler, Network& network, std::string address,
                           std::string own_address, std::mt19937_64& random, OutgoingLinkEvents& events)
    : scheduler_(scheduler),
      network_(network),
      address_(std::move(address)),
      own_address_(std::move(own_address)),
      random_(random),
      events_(events),
      channel_(network.connect(address_)),
      heartbeat_(scheduler.every(limits::link_heartbeat, [this] { beat(); })) {
  begin_conversation();
}

OutgoingLink::~OutgoingLink() = default;

LinkMessage& OutgoingLink::add(LinkMessage::Kind kind, std::size_t bytes) {
  if (state_ == State::idle && !attempt_.active() && !closed_) connect();
  return end_.add(kind, bytes);
}

void OutgoingLink::flush() {
  end_.flush();
  if (end_.overfull()) end_conversation("too much waits for it");
}

void OutgoingLink::close() {
  if (std::exchange(closed_, true)) return;
  end_.close();
  if (state_ != State::idle || !memory_.active()) return;
  attempt_ = scheduler_.after(Duration::zero(), [this] { end_conversation("this node said goodbye"); });
}

// -- connecting --------------------------------------------------------------------------------------------

void OutgoingLink::connect() {
  begin_to_forget();
  if (std::exchange(stale_, false)) channel_ = network_.connect(address_);
  state_ = State::connecting;
  attempt_ = scheduler_.after_listening(limits::link_connect_timeout, [this] { lost("it does not answer"); });
  connection_ = std::make_unique<Connection>(*this);
  LinkBatch batch;
  wire::Hello& hello = *batch.mutable_hello();
  hello.set_address(own_address_);
  hello.set_conversation(conversation_);
  hello.set_received(end_.received());
  hello.set_welcomed(welcomed_);
  hello.set_takes_pieces(true);
  connection_->stream().send(batch.SerializeAsString());
}

void OutgoingLink::on_welcome(const wire::Welcome& welcome) {
  if (welcome.over()) return end_conversation("it has forgotten the conversation");
  if (!end_.can_resume(welcome.received())) return lost("it counts otherwise");
  attempt_.cancel();
  memory_.cancel();
  state_ = State::open;
  opened_at_ = scheduler_.now();
  unreachable_ = false;
  if (!std::exchange(welcomed_, true) && welcome.takes_pieces()) end_.cut_large_batches();
  end_.attach(connection_->stream(), welcome.received());
}

void OutgoingLink::lost(std::string_view why) {
  drop_connection();
  const State was = std::exchange(state_, State::idle);
  if (closed_) return end_conversation("this node said goodbye");
  begin_to_forget();
  // A node that welcomes and breaks off, again and again, is not asked faster than one that does not answer.
  const bool lasted = was == State::open && scheduler_.now() - opened_at_ > limits::link_retry_most;
  if (lasted) retry_delay_ = Duration::zero();
  attempt_ = scheduler_.after(retry_delay_, [this] { connect(); });
  retry_delay_ = std::clamp(2 * retry_delay_, limits::link_retry_least, limits::link_retry_most);
  const bool silent = scheduler_.listened() - last_heard_ >= limits::link_silence;
  // The channel may hold a TCP connection whose other end is gone, and go on using it: so another one.
  stale_ = was == State::connecting || silent;
  if (stale_) set_unreachable(why);
}

/// Its process has ended, and with it what it knew. Asks again and again whether another one serves there, so
/// that no message is lost to find out.
void OutgoingLink::gone(std::string_view why) {
  set_unreachable(why);
  if (welcomed_ || closed_ || !end_.idle()) end_conversation("its process has ended");
  if (closed_) return;
  drop_connection();
  state_ = State::idle;
  memory_.cancel();
  stale_ = true;  // the channel may answer for a while what it has just heard
  unreachable_ = true;
  attempt_ = scheduler_.after(limits::link_retry_most, [this] { connect(); });
}

void OutgoingLink::drop_connection() {
  end_.detach();
  if (!connection_) return;
  connection_->drop();
  dropped_.push_back(std::move(connection_));
  burial_ = scheduler_.after(Duration::zero(), [this] { dropped_.clear(); });
}

void OutgoingLink::set_unreachable(std::string_view why) {
  if (std::exchange(unreachable_, true)) return;
  scheduler_.log().limited(address_).warning("node cannot be reached", {{"node", address_}, {"reason", why}});
  events_.on_unreachable();
}

void OutgoingLink::begin_to_forget() {
  if (memory_.active()) return;
  memory_ = scheduler_.after_listening(limits::link_memory,
                                       [this] { end_conversation("it could not be reached for too long"); });
}

void OutgoingLink::begin_conversation() {
  end_.reset();
  welcomed_ = false;
  retry_delay_ = limits::link_retry_least;
  conversation_ = random_();
}

void OutgoingLink::end_conversation(std::string_view why) {
  scheduler_.log().limited(address_).info("conversation with a node ended",
                                          {{"node", address_}, {"reason", why}});
  drop_connection();
  state_ = State::idle;
  attempt_.cancel();
  memory_.cancel();
  unreachable_ = false;  // the next message finds out
  begin_conversation();
  events_.on_over();
}

// -- talking -----------------------------------------------------------------------------------------------

void OutgoingLink::on_batch(LinkBatch& batch, std::size_t bytes) {
  last_heard_ = scheduler_.listened();
  if (batch.has_welcome() != (state_ == State::connecting)) return lost("it does not welcome once");
  if (batch.has_welcome()) return on_welcome(batch.welcome());
  switch (end_.receive(batch, bytes)) {
    case LinkEnd::Received::nothing: return;
    case LinkEnd::Received::broken: return lost("a message is missing");
    case LinkEnd::Received::garbage: return end_conversation("it does not speak the link's protocol");
    case LinkEnd::Received::fresh: break;
  }
  const std::uint64_t conversation = conversation_;
  for (const LinkMessage& message : batch.messages()) {
    if (message.kind() == LinkMessage::GOODBYE) {
      end_.heartbeat();  // so that it knows that all has arrived
      return end_conversation("it said goodbye");
    }
    events_.on_message(message);
    if (conversation_ != conversation) return;
  }
}

void OutgoingLink::beat() {
  if (state_ != State::open) return;
  connection_->beat();
  end_.heartbeat();
  if (scheduler_.listened() - last_heard_ >= limits::link_silence) lost("it fell silent");
}

}  // namespace nano::cluster
