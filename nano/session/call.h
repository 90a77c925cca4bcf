// Internal header. Call: one message that is handled here, and the duty to answer it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/recycled.h"
#include "nano/base/result.h"
#include "nano/session/open_calls.h"
#include "nano/session/session_table.h"
#include "protocol/bytes.h"

namespace nano {

class Call;
class NetworkEntity;
struct PayloadType;
class SessionHost;

/// Waits for the answer to a call between services. Logic thread only.
class Caller {
 public:
  virtual ~Caller() = default;
  /// Once one of these. The payload is valid during the call.
  virtual void answered(protocol::ByteView payload) = 0;
  virtual void failed(const Error& error) = 0;
  /// False: the answer would go nowhere, so that nobody need go on waiting for it.
  virtual bool waits() const = 0;
};

/// Ends a call on the logic thread, wherever it is dropped.
struct DropCall {
  void operator()(Call* dropped) const noexcept;
};
using CallPtr = std::unique_ptr<Call, DropCall>;

/// It lies on the stack while its message is dispatched. What goes on longer, as a coroutine, a Responder, a
/// request to another node, takes it with defer(), and holds just that. Whoever waits is answered once: by
/// the first of answer(), answer_empty(), answer_bytes() and fail(), else by the destructor, with an error;
/// what comes after the first does nothing. A notify is a call that nobody waits for. Logic thread only.
class Call final : private OpenCall, public Recycled<Call> {
 public:
  /// Of a client, which waits for the response with this id; none: of a notify. `route` is valid during the
  /// dispatch, as is the session.
  Call(SessionHost& host, Session& session, std::string_view route, std::optional<std::uint64_t> request_id)
      : host_(host),
        route_(route),
        session_(borrowed(&session)),
        id_(request_id.value_or(0)),
        is_client_(request_id.has_value()) {}
  /// Of a service, in the name of a session or (null) of none. `caller` null: of a notify.
  Call(SessionHost& host, Session* session, std::string_view route, std::shared_ptr<Caller> caller)
      : host_(host), route_(route), session_(borrowed(session)), caller_(std::move(caller)) {}
  ~Call() override {
    if (open()) abandon();
  }

  SessionHost& host() const { return host_; }
  /// Null for a call that is nobody's, and, when it was deferred, once it has been answered.
  Session* session() const { return session_.get(); }
  /// Empty when it was deferred to be handled by another node.
  std::string_view route() const override { return route_; }
  bool open() const { return open_.load(std::memory_order_acquire); }
  /// Whether anybody waits, or did until there was an answer.
  bool awaited() const { return is_client_ || caller_; }
  /// A client waits.
  bool is_client() const { return is_client_; }
  /// There was a service that waited, and it has given up.
  bool abandoned() const { return caller_ && !caller_->waits(); }
  /// Of a client's request; 0 for others.
  std::uint64_t request_id() const { return is_client_ ? id_ : 0; }

  /// The route as the registry keeps it.
  void set_handler_route(std::string_view route) {
    route_ = route;
    has_handler_ = true;
  }

  /// Throw std::length_error when the answer does not fit the wire; the call then stays open.
  void answer(const PayloadType& type, const void* value);
  void answer_empty();
  void answer_bytes(protocol::ByteView payload);
  /// Where nobody waits the log says so: whoever develops the client has to find it there.
  void fail(const Error& error);

  /// The handling outlasts the dispatch, and keeps the payload's bytes. Null (and answered with an error)
  /// when the session has too many such calls. What is left of this one can tell its route and session.
  CallPtr defer(std::size_t payload_bytes);
  /// The request stays open for Session::respond() with the id that is returned. Not for a call without a
  /// session.
  std::uint64_t release();
  /// That id.
  std::uint64_t released_id() const { return id_; }
  /// The session that keeps it, as it was released, has closed: its client is gone, and it may end on any
  /// thread.
  void forget_session() { session_ = nullptr; }

  /// From here until end_wait() or its end the call waits in a local scheduler, and a stop for it.
  void begin_wait();
  void end_wait();
  /// What is answered when the call is dropped unanswered.
  void abandon_as(Errc code) { abandoned_as_ = code; }
  /// For a call that is not open any more: says in the log that it is answered again, which changes nothing;
  /// silent where the server gave the answer, because it stopped before there was another.
  void note_second_answer() const;

 private:
  /// The duty moves; `other` is as if it was answered.
  Call(Call&& other) noexcept;

  /// Keeps nothing alive.
  static SessionPtr borrowed(Session* session) { return SessionPtr{SessionPtr{}, session}; }
  /// Where a client's response goes to; null: the session has closed.
  NetworkEntity* client() const;
  /// Counts it among the calls in flight. False: the session has too many.
  bool begin(std::size_t payload_bytes);
  void abandon();
  void end();

  // OpenCall
  bool is_clients() const override;
  bool is_released() const override;
  void give_up(const Error& error) override;

  SessionHost& host_;
  std::string_view route_;
  SessionPtr session_;  // kept alive while it is deferred, but not by one that it keeps itself
  std::shared_ptr<Caller> caller_;
  std::uint64_t id_ = 0;           // of a client's request, or one that was released
  SessionId session_id_ = 0;       // when it was deferred
  std::size_t bytes_ = 0;          // that the call keeps, as the session counted them
  std::atomic<bool> open_ = true;  // whoever drops the call on another thread asks, too
  bool is_client_ = false;
  bool has_handler_ = false;
  bool is_released_ = false;
  bool waits_ = false;
  bool failing_ = false;  // who hears of it may answer it again
  bool given_up_ = false;
  Errc abandoned_as_ = Errc::internal;
};

/// The payload of a response that is an error. One that does not fit the wire is replaced by `internal`:
/// where errors are answered nothing may throw.
std::string error_document(const Error& error);

}  // namespace nano
