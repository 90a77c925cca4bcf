// Internal header. IncomingLink: a conversation that another node began, in which this one serves it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cluster/link/link_end.h"
#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Logic thread only.
class IncomingLinkEvents {
 public:
  virtual ~IncomingLinkEvents() = default;
  virtual void on_message(const LinkMessage& message) = 0;
  /// Once, and the last: the other node said goodbye, began anew, or could not be reached for too long.
  virtual void on_over(std::string_view why) = 0;
};

/// Lives until it is over. Logic thread only.
class IncomingLink {
 public:
  /// The scheduler must outlive the link.
  IncomingLink(Scheduler& scheduler, std::string address, std::uint64_t conversation)
      : scheduler_(scheduler), address_(std::move(address)), conversation_(conversation) {}

  /// "host:port" of the other node, as it says.
  const std::string& address() const { return address_; }
  std::uint64_t conversation() const { return conversation_; }

  /// `events` must outlive the link.
  void set_events(IncomingLinkEvents& events) { events_ = &events; }

  /// See LinkEnd::add(). Once the link is over, what is added goes nowhere.
  LinkMessage& add(LinkMessage::Kind kind, std::size_t bytes) { return end_.add(kind, bytes); }
  LinkMessage* last() { return end_.last(); }
  /// At the end of each turn.
  void flush();
  void beat();
  /// Says goodbye; nothing is sent after it.
  void close();
  bool connected() const { return stream_ != nullptr; }
  bool drained() const { return over_ || !stream_ || end_.idle(); }
  bool over() const { return over_; }

  // -- for the acceptor -------------------------------------------------------------------------------------

  /// The conversation goes on on this stream, which must live until detach(). `resumed`: it was known here.
  void attach(Stream& stream, bool resumed, std::uint64_t received_by_other);
  void on_batch(const LinkBatch& batch, std::size_t bytes);
  /// The stream has gone.
  void detach(const Stream& stream);
  void end(std::string_view why);

 private:
  Scheduler& scheduler_;
  const std::string address_;
  const std::uint64_t conversation_;
  IncomingLinkEvents* events_ = nullptr;
  Stream* stream_ = nullptr;
  LinkEnd end_;
  bool over_ = false;
  TimePoint last_heard_{};
  Timer memory_;  // runs while there is no stream
};

}  // namespace nano::cluster
