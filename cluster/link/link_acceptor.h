// Internal header. LinkAcceptor: takes the streams that other nodes open, and finds or begins the
// conversations that run on them.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "cluster/link/incoming_link.h"

namespace nano::cluster {

/// Owns the incoming links, one for each node that is served. Logic thread only.
class LinkAcceptor {
 public:
  /// Makes who hears of a new link.
  using MakeEvents = std::function<std::unique_ptr<IncomingLinkEvents>(IncomingLink& link)>;

  /// The scheduler must outlive this.
  LinkAcceptor(Scheduler& scheduler, MakeEvents make_events);
  ~LinkAcceptor();

  /// For Service::on_stream().
  StreamEvents* accept(std::unique_ptr<Stream> stream);
  /// At the end of each turn.
  void flush();
  /// The node is said to be gone: its conversation ends now, unless it is there after all.
  void end_if_unreachable(const std::string& address);
  /// Says goodbye to all. New streams are refused.
  void close();
  bool drained() const;

 private:
  class IncomingStream;
  struct Conversation {
    std::unique_ptr<IncomingLink> link;
    std::unique_ptr<IncomingLinkEvents> events;
  };

  /// Null: there can be no conversation.
  IncomingLink* find_or_begin(const wire::Hello& hello, bool& resumed);
  /// A conversation runs on one stream: the newest.
  void forget_streams_of(const IncomingLink& link, const IncomingStream& but);
  void beat();
  void sweep();

  Scheduler& scheduler_;
  const MakeEvents make_events_;
  std::map<std::string, Conversation> conversations_;  // by address
  std::list<Conversation> over_;                       // to be destroyed when nobody is inside of them
  std::list<std::unique_ptr<IncomingStream>> streams_;
  bool closed_ = false;
  TimePoint last_beat_;
  Timer heartbeat_;
};

}  // namespace nano::cluster
