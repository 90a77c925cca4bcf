// Internal header. LinkGate: a node of ours whose sessions this node serves, over a link.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cluster/link/incoming_link.h"
#include "cluster/session/gate.h"
#include "cluster/session/link_answer.h"
#include "cluster/session/pending_requests.h"
#include "cluster/session/remote_session.h"

namespace nano::cluster {

/// What gates make their node do. Logic thread only.
class GateEvents {
 public:
  virtual ~GateEvents() = default;
  virtual void on_push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) = 0;
  virtual void on_kick_user(std::int64_t uid, std::string_view reason) = 0;
  /// False while the node stops.
  virtual bool takes_sessions() const = 0;
  /// The gate's stream broke, which is all that is seen when its process is killed.
  virtual void on_gate_stream_lost(const std::string& address) = 0;
  /// A message in the name of a session of the gate at this address, which may be this node.
  virtual void handle_relayed(const std::string& gate_address, SessionId session, std::string_view route,
                              protocol::ByteView payload, std::shared_ptr<Caller> caller) = 0;
};

/// Lives as long as its link. Logic thread only.
class LinkGate final : public Gate, public IncomingLinkEvents, private AnswerSender {
 public:
  /// All references must outlive it.
  LinkGate(SessionHost& host, PendingRequests& pending, IncomingLink& link, GateEvents& events);
  ~LinkGate() override;

  // Gate
  bool push(SessionId session, std::string_view latest_key, std::string_view route,
            protocol::ByteView payload) override;
  bool deliver(SessionId session, SharedPush& shared) override;
  void respond(SessionId session, std::uint64_t id, protocol::ByteView payload, bool is_error) override;
  void kick(SessionId session, std::string_view reason) override;
  void close(SessionId session) override;
  bool bind(SessionId session, std::int64_t uid) override;
  bool share(SessionId session, std::string_view name, const std::string* value) override;
  bool invoke(Session& session, Call& call, protocol::ByteView payload) override;
  void forget(SessionId session) override;
  bool is_lost() const override { return link_.over(); }

 private:
  void on_message(const LinkMessage& message) override;
  void on_stream_lost() override { events_.on_gate_stream_lost(link_.address()); }
  void on_over(std::string_view why) override;
  /// Its sessions end here, some in each turn.
  bool clear_away() override;
  void send_answer(std::uint64_t id, protocol::ByteView payload, bool is_error) override;

  LinkMessage& add(LinkMessage::Kind kind, SessionId session, std::size_t bytes);
  bool was_last(std::string_view latest_key, std::string_view route, protocol::ByteView payload) const;
  RemoteSession* find(SessionId session) const;
  void on_session_opened(const LinkMessage& message);
  void on_session_message(const LinkMessage& message);
  void on_session_change(const LinkMessage& message);
  void handle(Call&& call, const LinkMessage& message);

  SessionHost& host_;
  PendingRequests& pending_;
  IncomingLink& link_;
  GateEvents& events_;
  std::map<SessionId, std::shared_ptr<RemoteSession>> sessions_;
};

}  // namespace nano::cluster
