// Internal header. OutgoingLink: this node's conversation with a node that serves it.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "cluster/link/link_end.h"
#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

inline constexpr std::string_view link_method = "/nano.cluster.Link/Connect";

/// Logic thread only. None of these may destroy the link.
class OutgoingLinkEvents {
 public:
  virtual ~OutgoingLinkEvents() = default;
  virtual void on_message(const LinkMessage& message) = 0;
  /// The other node does not answer now; what is sent waits for it. Once until it can be reached again.
  virtual void on_unreachable() = 0;
  /// The other node has forgotten the conversation, said goodbye or was not reached for too long: what was
  /// under way is lost. What is sent from now on begins a new one.
  virtual void on_over() = 0;
};

/// Connects when there is something to send, and again whenever the stream breaks; ends a conversation that
/// could not be resumed in time. Logic thread only.
class OutgoingLink final : private StreamEvents {
 public:
  /// All references must outlive the link.
  OutgoingLink(Scheduler& scheduler, std::unique_ptr<Channel> channel, std::string own_address,
               std::mt19937_64& random, OutgoingLinkEvents& events);
  ~OutgoingLink() override;

  /// See LinkEnd::add().
  LinkMessage& add(LinkMessage::Kind kind, std::size_t bytes);
  /// At the end of each turn.
  void flush();

  /// Whether a request should be sent this way now.
  bool usable() const { return !unreachable_ && end_.queued_bytes() < limits_queue_bytes(); }
  bool connected() const { return state_ == State::open; }
  bool full() const { return end_.queued_bytes() >= limits_queue_bytes(); }
  /// Says goodbye; nothing is sent after it.
  void close();
  /// Nothing waits to be sent, or nothing can be sent.
  bool drained() const { return state_ != State::open || end_.idle(); }

 private:
  enum class State { idle, connecting, open };

  void on_message(std::string_view bytes) override;
  void on_closed(const NetworkError& why) override;
  static std::size_t limits_queue_bytes();

  void connect();
  void on_welcome(const wire::Welcome& welcome);
  void lost(std::string_view why);
  void set_unreachable(std::string_view why);
  void retry();
  void end_conversation(std::string_view why);
  void begin_conversation();
  void beat();

  Scheduler& scheduler_;
  const std::string own_address_;
  std::mt19937_64& random_;
  OutgoingLinkEvents& events_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Stream> dropped_;  // the last stream, which may still be on the stack
  LinkEnd end_;
  LinkBatch incoming_;
  State state_ = State::idle;
  std::uint64_t conversation_ = 0;
  bool known_there_ = false;  // the other end has had this conversation
  bool unreachable_ = false;
  bool closing_ = false;
  TimePoint down_since_{};
  TimePoint last_heard_{};
  TimePoint last_beat_{};
  Duration retry_delay_{};
  Timer attempt_;  // while connecting: its time limit; after a failed attempt: the pause
  Timer heartbeat_;
};

}  // namespace nano::cluster
