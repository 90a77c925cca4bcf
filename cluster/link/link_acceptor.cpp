#include "cluster/link/link_acceptor.h"

#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {

/// One stream, from its Hello on that of a conversation.
class LinkAcceptor::IncomingStream final : public StreamEvents {
 public:
  IncomingStream(LinkAcceptor& acceptor, std::unique_ptr<Stream> stream)
      : acceptor_(acceptor), stream_(std::move(stream)), last_heard_(acceptor.scheduler_.now()) {}

  void on_message(std::string_view bytes) override {
    last_heard_ = acceptor_.scheduler_.now();
    if (!stream_) return;
    if (!incoming_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return drop();
    if (link_) {
      link_->on_batch(incoming_, bytes.size());
      if (link_ && link_->over()) drop();
      return;
    }
    bool resumed = false;
    link_ = incoming_.has_hello() ? acceptor_.find_or_begin(incoming_.hello(), resumed) : nullptr;
    if (!link_) return drop();
    acceptor_.forget_streams_of(*link_, *this);
    link_->attach(*stream_, resumed, incoming_.hello().received());
  }
  void on_closed(const NetworkError&) override { drop(); }

  void drop() {
    if (!stream_) return;
    if (link_) std::exchange(link_, nullptr)->detach(*stream_);
    dropped_ = std::move(stream_);  // it may be on the stack
  }

  IncomingLink* link() const { return link_; }
  bool dropped() const { return stream_ == nullptr; }
  bool silent() const { return acceptor_.scheduler_.now() - last_heard_ >= limits::link_silence; }
  void credit_silence() { last_heard_ = acceptor_.scheduler_.now(); }

 private:
  LinkAcceptor& acceptor_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Stream> dropped_;
  IncomingLink* link_ = nullptr;
  LinkBatch incoming_;
  TimePoint last_heard_;
};

LinkAcceptor::LinkAcceptor(Scheduler& scheduler, MakeEvents make_events)
    : scheduler_(scheduler),
      make_events_(std::move(make_events)),
      last_beat_(scheduler.now()),
      heartbeat_(scheduler.every(limits::link_heartbeat, [this] { beat(); })) {}

LinkAcceptor::~LinkAcceptor() = default;

StreamEvents* LinkAcceptor::accept(std::unique_ptr<Stream> stream) {
  if (closed_) return nullptr;
  return streams_.emplace_back(std::make_unique<IncomingStream>(*this, std::move(stream))).get();
}

IncomingLink* LinkAcceptor::find_or_begin(const wire::Hello& hello, bool& resumed) {
  if (hello.address().empty() || hello.conversation() == 0 || closed_) return nullptr;
  const auto found = conversations_.find(hello.address());
  if (found != conversations_.end()) {
    IncomingLink& link = *found->second.link;
    resumed = !link.over() && link.conversation() == hello.conversation();
    if (resumed) return &link;
    link.end("it began anew");
    sweep();
  }
  Conversation& begun = conversations_[hello.address()];
  begun.link = std::make_unique<IncomingLink>(scheduler_, hello.address(), hello.conversation());
  begun.events = make_events_(*begun.link);
  begun.link->set_events(*begun.events);
  return begun.link.get();
}

void LinkAcceptor::forget_streams_of(const IncomingLink& link, const IncomingStream& but) {
  for (const auto& stream : streams_) {
    if (stream->link() == &link && stream.get() != &but) stream->drop();
  }
}

void LinkAcceptor::flush() {
  for (auto& [address, conversation] : conversations_) conversation.link->flush();
}

void LinkAcceptor::end_if_unreachable(const std::string& address) {
  const auto found = conversations_.find(address);
  if (found == conversations_.end() || found->second.link->connected()) return;
  found->second.link->end("it has left the cluster");
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

/// Takes what is over out of the table; it is destroyed at the next beat.
void LinkAcceptor::sweep() {
  for (auto entry = conversations_.begin(); entry != conversations_.end();) {
    const auto current = entry++;
    if (!current->second.link->over()) continue;
    for (const auto& stream : streams_) {
      if (stream->link() == current->second.link.get()) stream->drop();
    }
    over_.push_back(std::move(current->second));
    conversations_.erase(current);
  }
}

void LinkAcceptor::beat() {
  over_.clear();
  const TimePoint now = scheduler_.now();
  const bool was_paused = now - std::exchange(last_beat_, now) >= 2 * limits::link_heartbeat;
  for (const auto& stream : streams_) {
    if (was_paused) stream->credit_silence();  // what came in the meantime has not been read yet
    if (stream->silent()) stream->drop();
  }
  std::erase_if(streams_, [](const auto& stream) { return stream->dropped(); });
  for (auto& [address, conversation] : conversations_) conversation.link->beat();
  sweep();
}

}  // namespace nano::cluster
