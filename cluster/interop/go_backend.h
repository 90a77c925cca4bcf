// Internal header. GoBackend: a node of Go Nano that serves this node's sessions, by unary calls.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cluster/interop/unary_queue.h"
#include "cluster/session/backend.h"
#include "cluster/session/pending_requests.h"

namespace nano::cluster {

/// Its answers come back as calls of its own (HandleResponse), which the node hands to answer(). It knows
/// neither uids nor shared values of sessions, and answers no calls that are not a client's. Logic thread
/// only.
class GoBackend final : public Backend {
 public:
  /// All references must outlive it.
  GoBackend(SessionHost& host, PendingRequests& pending, Network& network, std::string own_address,
            const std::string& address, BackendEvents& events);
  ~GoBackend() override;

  bool usable() const override { return reachable_ && !calls_.full(); }
  bool full() const override { return calls_.full(); }
  bool connected() const override { return false; }
  void send(Session* session, std::uint64_t request_id, std::string_view route,
            protocol::ByteView payload) override;
  bool answer(std::uint64_t request_id, std::string_view payload) override;
  void on_ended(Session& session) override;
  void on_bound(Session&, bool) override {}
  void on_shared(Session&, std::string_view, const std::string*, bool) override {}
  void start_anew() override;
  void close() override {}
  bool drained() const override { return calls_.empty(); }

 private:
  void fail(std::uint64_t request_id, const Error& error);
  void on_sent(std::uint64_t request_id, const CallOutcome& outcome);
  void tell_closed(SessionId session);
  void skip_later();
  void note(const CallOutcome& outcome);
  void set_reachable(bool reachable);
  void watch();
  void probe();

  SessionHost& host_;
  PendingRequests& pending_;
  const std::string own_address_;
  const std::string address_;
  BackendEvents& events_;
  UnaryQueue calls_;
  std::set<SessionId> sessions_;                 // known there
  std::vector<SessionId> ended_, ended_before_;  // whose calls are dropped if they do not begin soon
  Timer skip_timer_;
  bool reachable_ = true;
  bool watching_ = false;  // it is asked again and again whether it is there
  TimePoint last_heard_;   // on Scheduler::listened(); or when watching began
  Timer probe_timer_;
};

}  // namespace nano::cluster
