#include "cluster/link/link_acceptor.h"

#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {

/// One stream, from its Hello on that of a conversation. Dropped, it hears nothing more, and is destroyed in
/// a later turn, since it may be on the stack.
class LinkAcceptor::IncomingStream final : public StreamEvents {
 public:
  IncomingStream(LinkAcceptor& acceptor, std::unique_ptr<Stream> stream)
      : acceptor_(acceptor), stream_(std::move(stream)), last_heard_(acceptor.scheduler_.listened()) {
    ++acceptor_.strangers_;
  }

  void on_message(std::string_view bytes) override {
    if (dropped_) return;
    last_heard_ = acceptor_.scheduler_.listened();
    if (!incoming_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return drop();
    if (incoming_.has_hello() == greeted_) return drop();
    if (!std::exchange(greeted_, true)) return on_hello(incoming_.hello());
    if (!link_ || !link_->on_batch(incoming_, bytes.size())) drop();
  }
  void on_closed(const NetworkError&) override { drop(); }

  void drop() {
    if (std::exchange(dropped_, true)) return;
    be_no_stranger();
    stream_->close();
    if (link_) std::exchange(link_, nullptr)->detach();
    acceptor_.bury_later();
  }
  void beat() {
    if (link_) give_back_memory(incoming_);
    if (acceptor_.scheduler_.listened() - last_heard_ >= limits::link_silence) drop();
  }

  const IncomingLink* link() const { return link_; }
  bool stranger() const { return stranger_; }
  bool dropped() const { return dropped_; }

 private:
  void be_no_stranger() {
    if (std::exchange(stranger_, false)) --acceptor_.strangers_;
  }

  void on_hello(const wire::Hello& hello) {
    IncomingLink* link = acceptor_.find(hello.address());
    const bool known = link && link->conversation() == hello.conversation();
    if (known && !link->can_resume(hello.received())) return drop();
    if (known) acceptor_.drop_streams_of(*link);  // it runs on one stream: the newest
    if (known && !link->over()) return attach(*link, hello.received());
    if (hello.welcomed()) return say_over();
    link = acceptor_.begin(hello);
    link ? attach(*link, 0) : drop();
  }
  void attach(IncomingLink& link, std::uint64_t received_by_other) {
    be_no_stranger();
    link_ = &link;
    link.attach(*stream_, received_by_other);
  }
  /// The other node closes the stream then. If it does not, it falls silent.
  void say_over() {
    LinkBatch batch;
    batch.mutable_welcome()->set_over(true);
    stream_->send(batch.SerializeAsString());
  }

  LinkAcceptor& acceptor_;
  const std::unique_ptr<Stream> stream_;
  IncomingLink* link_ = nullptr;
  LinkBatch incoming_;
  TimePoint last_heard_;  // on Scheduler::listened()
  bool greeted_ = false;
  bool stranger_ = true;  // runs no conversation
  bool dropped_ = false;
};

LinkAcceptor::LinkAcceptor(Scheduler& scheduler, MakeEvents make_events)
    : scheduler_(scheduler),
      make_events_(std::move(make_events)),
      heartbeat_(scheduler.every(limits::link_heartbeat, [this] { beat(); })) {}

LinkAcceptor::~LinkAcceptor() = default;

StreamEvents* LinkAcceptor::accept(std::unique_ptr<Stream> stream) {
  if (closed_) return nullptr;
  if (strangers_ >= limits::link_strangers) drop_oldest_stranger();
  return streams_.emplace_back(std::make_unique<IncomingStream>(*this, std::move(stream))).get();
}

void LinkAcceptor::flush() {
  bool any_over = false;
  while (!to_flush_.empty()) {
    IncomingLink& link = *to_flush_.back();
    to_flush_.pop_back();
    link.flush();
    any_over |= link.over();
  }
  if (any_over) sweep();
}

bool LinkAcceptor::connected(const std::string& address) const {
  const IncomingLink* link = find(address);
  return link && link->connected();
}

void LinkAcceptor::end(const std::string& address, std::string_view why) {
  if (IncomingLink* link = find(address)) link->end(why);
}

void LinkAcceptor::close() {
  closed_ = true;
  for (auto& [address, conversation] : conversations_) conversation.link->close();
}

bool LinkAcceptor::drained() const {
  for (const auto& [address, conversation] : conversations_) {
    if (!conversation.link->drained()) return false;
  }
  return true;
}

IncomingLink* LinkAcceptor::find(const std::string& address) const {
  const auto found = conversations_.find(address);
  return found == conversations_.end() || found->second.link->over() ? nullptr : found->second.link.get();
}

IncomingLink* LinkAcceptor::begin(const wire::Hello& hello) {
  const std::string& address = hello.address();
  if (closed_ || address.empty() || address.size() > limits::address_bytes) return nullptr;
  if (IncomingLink* old = find(address)) {
    if (old->connected()) return nullptr;  // two nodes with one address, or its old stream has yet to break
    old->end("it began anew");
  }
  sweep();
  if (conversations_.size() >= limits::link_conversations) return nullptr;
  Conversation begun;
  begun.link = std::make_unique<IncomingLink>(scheduler_, to_flush_, hello);
  begun.events = make_events_(*begun.link);
  begun.link->set_events(*begun.events);
  return conversations_.emplace(address, std::move(begun)).first->second.link.get();
}

void LinkAcceptor::drop_streams_of(const IncomingLink& link) {
  for (const auto& stream : streams_) {
    if (stream->link() == &link) stream->drop();
  }
}

void LinkAcceptor::drop_oldest_stranger() {
  for (const auto& stream : streams_) {
    if (stream->stranger()) return stream->drop();
  }
}

void LinkAcceptor::sweep() {
  for (auto entry = conversations_.begin(); entry != conversations_.end();) {
    const auto current = entry++;
    if (!current->second.link->over()) continue;
    drop_streams_of(*current->second.link);
    over_.push_back(std::move(current->second));
    conversations_.erase(current);
    bury_later();
  }
}

void LinkAcceptor::bury_later() {
  if (burial_.active()) return;
  burial_ = scheduler_.after(Duration::zero(), [this] {
    std::erase_if(streams_, [](const auto& stream) { return stream->dropped(); });
    std::erase_if(over_, [this](const Conversation& conversation) {
      if (!conversation.events->clear_away()) return false;
      std::erase(to_flush_, conversation.link.get());
      return true;
    });
    if (!over_.empty()) bury_later();
  });
}

void LinkAcceptor::beat() {
  for (const auto& stream : streams_) stream->beat();
  for (auto& [address, conversation] : conversations_) conversation.link->beat();
}

}  // namespace nano::cluster
