// Internal header. LinkBackend: a node of ours that serves this node's sessions, over a link.
#pragma once

#include <memory>
#include <random>
#include <set>
#include <string>

#include "cluster/link/outgoing_link.h"
#include "cluster/session/backend.h"
#include "cluster/session/link_answer.h"
#include "cluster/session/pending_requests.h"

namespace nano::cluster {

/// Logic thread only.
class LinkBackend final : public Backend, private OutgoingLinkEvents, private AnswerSender {
 public:
  /// All references must outlive it.
  LinkBackend(SessionHost& host, PendingRequests& pending, std::mt19937_64& random, Network& network,
              const std::string& own_address, std::string address, BackendEvents& events);
  ~LinkBackend() override;

  bool usable() const override { return link_.usable(); }
  bool full() const override { return link_.full(); }
  bool connected() const override { return link_.connected(); }
  void send(Session* session, std::uint64_t request_id, std::string_view route,
            protocol::ByteView payload) override;
  bool takes_relays() const override { return true; }
  void relay(SessionId session, std::string_view route, protocol::ByteView payload) override;
  void on_ended(Session& session) override;
  void on_bound(Session& session, bool is_echo) override;
  void on_shared(Session& session, std::string_view name, const std::string* value, bool is_echo) override;
  void require_room_to_share(const Session& session, std::size_t bytes) const override;
  void push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) override;
  void kick_user(std::int64_t uid, std::string_view reason) override;
  void flush() override { link_.flush(); }
  void close() override { link_.close(); }
  bool drained() const override { return link_.drained(); }

 private:
  void on_message(const LinkMessage& message) override;
  void on_unreachable() override;
  void on_over() override;
  void send_answer(std::uint64_t id, protocol::ByteView payload, bool is_error) override;

  void introduce(Session& session);
  bool drops();
  SessionPtr find(SessionId id) const;
  static void push_to(Session& session, const LinkMessage& message);
  void on_push(const LinkMessage& message);
  void on_invoke(Session* session, const LinkMessage& message);

  SessionHost& host_;
  PendingRequests& pending_;
  const std::string address_;
  BackendEvents& events_;
  std::set<SessionId> sessions_;  // known there
  OutgoingLink link_;
};

}  // namespace nano::cluster
