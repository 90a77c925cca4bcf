// Internal header. LinkAcceptor: takes the streams that other nodes open, and finds or begins the
// conversations that run on them.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/link/incoming_link.h"

namespace nano::cluster {

/// Owns the incoming links, one for each node that is served. Logic thread only. Not to be destroyed from
/// within its links' events.
class LinkAcceptor {
 public:
  /// Makes who hears of a new link; both are destroyed in a later turn than that of on_over().
  using MakeEvents = std::function<std::unique_ptr<IncomingLinkEvents>(IncomingLink& link)>;

  /// The scheduler must outlive this; so must the network of the streams.
  LinkAcceptor(Scheduler& scheduler, MakeEvents make_events);
  ~LinkAcceptor();

  /// For Service::on_stream().
  StreamEvents* accept(std::unique_ptr<Stream> stream);
  /// At the end of each turn.
  void flush();
  /// Whether the node at this address has a stream here.
  bool connected(const std::string& address) const;
  /// Its conversation ends now.
  void end(const std::string& address, std::string_view why);
  /// Says goodbye to all. New streams are refused.
  void close();
  bool drained() const;

 private:
  class IncomingStream;
  struct Conversation {
    std::unique_ptr<IncomingLink> link;
    std::unique_ptr<IncomingLinkEvents> events;
  };

  IncomingLink* find(const std::string& address) const;
  /// Null: there can be no conversation.
  IncomingLink* begin(const wire::Hello& hello);
  void drop_streams_of(const IncomingLink& link);
  void drop_oldest_stranger();
  void beat();
  /// Takes what is over out of the table.
  void sweep();
  void bury_later();

  Scheduler& scheduler_;
  const MakeEvents make_events_;
  std::vector<IncomingLink*> to_flush_;
  std::map<std::string, Conversation> conversations_;  // by address
  std::list<Conversation> over_;                       // taken out of the table, until all is cleared away
  std::list<std::unique_ptr<IncomingStream>> streams_;
  std::size_t strangers_ = 0;  // streams that run no conversation
  bool closed_ = false;
  Timer heartbeat_;
  Timer burial_;  // of what is over or dropped, when nobody is inside of it
};

}  // namespace nano::cluster
