// Internal header. OutgoingLink: this node's conversation with a node that serves it.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/link/link_end.h"
#include "cluster/network/limits.h"
#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

inline constexpr std::string_view link_method = "/nano.cluster.Link/Connect";

/// Logic thread only. None of these may destroy the link.
class OutgoingLinkEvents {
 public:
  virtual ~OutgoingLinkEvents() = default;
  /// Valid during the call. Must not throw: the rest of its batch would be lost.
  virtual void on_message(const LinkMessage& message) = 0;
  /// The other node does not answer now; what is sent waits for it. Once until it can be reached again.
  virtual void on_unreachable() = 0;
  /// The other node has forgotten the conversation, has ended or was not reached for too long, or either said
  /// goodbye: what was under way is lost. What is sent from now on begins a new one.
  virtual void on_over() = 0;
};

/// Connects when there is something to send, and again whenever the stream breaks or is refused; ends a
/// conversation that could not be resumed in time, and at once when nobody listens there. Logic thread only.
class OutgoingLink final {
 public:
  /// All references must outlive the link.
  OutgoingLink(Scheduler& scheduler, Network& network, std::string address, std::string own_address,
               std::mt19937_64& random, OutgoingLinkEvents& events);
  ~OutgoingLink();

  /// See LinkEnd::add(). Once the link is closed, what is added goes nowhere.
  LinkMessage& add(LinkMessage::Kind kind, std::size_t bytes);
  /// At the end of each turn.
  void flush();

  /// Whether a request should be sent this way now.
  bool usable() const { return !unreachable_ && !full(); }
  bool connected() const { return state_ == State::open; }
  bool full() const { return end_.full(); }
  /// See LinkEnd::has_room().
  bool has_room(std::size_t bytes) const { return end_.has_room(bytes); }
  /// Says goodbye, for good; nothing is sent after it. on_over() follows, if there was a conversation.
  void close();
  /// Nothing waits to be sent, or nothing can be sent.
  bool drained() const { return state_ == State::idle || unreachable_ || end_.idle(); }

 private:
  enum class State { idle, connecting, open };
  class Connection;

  void connect();
  void on_batch(LinkBatch& batch, std::size_t bytes);
  void on_welcome(const wire::Welcome& welcome);
  void lost(std::string_view why);
  void gone(std::string_view why);
  void drop_connection();
  void set_unreachable(std::string_view why);
  /// From now on the conversation is remembered for a while only.
  void begin_to_forget();
  void begin_conversation();
  void end_conversation(std::string_view why);
  void beat();

  Scheduler& scheduler_;
  Network& network_;
  const std::string address_;
  const std::string own_address_;
  std::mt19937_64& random_;
  OutgoingLinkEvents& events_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Connection> connection_;
  std::vector<std::unique_ptr<Connection>> dropped_;  // may still be on the stack; until the burial
  LinkEnd end_;
  State state_ = State::idle;
  std::uint64_t conversation_ = 0;
  bool welcomed_ = false;  // the other end has had this conversation
  bool unreachable_ = false;
  bool stale_ = false;  // the channel is to be replaced
  bool closed_ = false;
  TimePoint opened_at_{};
  TimePoint last_heard_{};  // on Scheduler::listened()
  Duration retry_delay_{};
  Timer attempt_;  // while connecting: its time limit; while idle: the pause before the next
  Timer memory_;   // runs from the outage on until the stream is open
  Timer heartbeat_;
  Timer burial_;
};

}  // namespace nano::cluster
