// Internal header. IncomingLink: a conversation that another node began, in which this one serves it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/link/link_end.h"
#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Logic thread only. None of these may destroy the acceptor.
class IncomingLinkEvents {
 public:
  virtual ~IncomingLinkEvents() = default;
  /// Valid during the call. Must not throw: the rest of its batch would be lost.
  virtual void on_message(const LinkMessage& message) = 0;
  /// The other node's stream broke; it may come again.
  virtual void on_stream_lost() = 0;
  /// Once: either node said goodbye, the other began anew, or could not be reached for too long. What is
  /// added to the link from now on goes nowhere.
  virtual void on_over(std::string_view why) = 0;
  /// After that, once in each turn until it says that nothing is left to be done: then both end.
  virtual bool clear_away() { return true; }
};

/// Lives until the end of the turn in which it is over, at least, and as long as its events. Logic thread
/// only.
class IncomingLink {
 public:
  /// Puts itself into `to_flush` when it has something for flush() to do. Both must outlive the link.
  /// `hello`: the first one of the conversation.
  IncomingLink(Scheduler& scheduler, std::vector<IncomingLink*>& to_flush, const wire::Hello& hello)
      : scheduler_(scheduler),
        to_flush_(to_flush),
        address_(hello.address()),
        conversation_(hello.conversation()) {
    if (hello.takes_pieces()) end_.cut_large_batches();
  }

  /// "host:port" of the other node, as it says.
  const std::string& address() const { return address_; }

  /// See LinkEnd::add(). Once the link is closed or over, what is added goes nowhere.
  LinkMessage& add(LinkMessage::Kind kind, std::size_t bytes) {
    flush_later();
    return end_.add(kind, bytes);
  }
  /// See LinkEnd.
  const LinkMessage* last() const { return end_.last(); }
  bool add_receiver(std::uint64_t session) { return end_.add_receiver(session); }
  /// Says goodbye; nothing is sent after it. on_over() follows when the stream goes.
  void close();
  bool full() const { return end_.full(); }
  /// See LinkEnd::has_room().
  bool has_room(std::size_t bytes) const { return end_.has_room(bytes); }
  bool connected() const { return end_.attached(); }
  /// Nothing waits to be sent, or nothing can be sent.
  bool drained() const { return !end_.attached() || end_.idle(); }
  bool over() const { return over_; }

  // -- for the acceptor -------------------------------------------------------------------------------------

  std::uint64_t conversation() const { return conversation_; }
  /// `events` must outlive the link.
  void set_events(IncomingLinkEvents& events) { events_ = &events; }
  bool can_resume(std::uint64_t received_by_other) const { return end_.can_resume(received_by_other); }
  /// The conversation goes on on this stream, which must live until detach(). Only if can_resume().
  void attach(Stream& stream, std::uint64_t received_by_other);
  /// False: the stream is of no use any more.
  bool on_batch(LinkBatch& batch, std::size_t bytes);
  /// The stream has gone.
  void detach();
  /// At the end of each turn in which it put itself into `to_flush`.
  void flush();
  void beat() { end_.heartbeat(); }
  void end(std::string_view why);

 private:
  void flush_later() {
    if (!std::exchange(to_be_flushed_, true)) to_flush_.push_back(this);
  }

  Scheduler& scheduler_;
  std::vector<IncomingLink*>& to_flush_;
  const std::string address_;
  const std::uint64_t conversation_;
  IncomingLinkEvents* events_ = nullptr;
  LinkEnd end_;
  bool to_be_flushed_ = false;
  bool closed_ = false;
  bool over_ = false;
  Timer memory_;  // runs while there is no stream
};

}  // namespace nano::cluster
