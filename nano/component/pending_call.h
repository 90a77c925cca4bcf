// Internal header. PendingCall: a message whose handling outlasts its dispatch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "nano/base/errc.h"
#include "nano/session/session.h"

namespace nano {

/// Keeps the session object and its place among the calls in flight; a request is answered exactly once, with
/// an error if nobody else did before the PendingCall goes. Logic thread only.
class PendingCall {
 public:
  /// The session's begin_call(bytes) must have returned true.
  PendingCall(Session& session, std::uint64_t request_id, bool is_request, std::size_t bytes)
      : session_(session.shared_from_this()),
        request_id_(request_id),
        bytes_(bytes),
        is_request_(is_request) {}
  PendingCall(PendingCall&&) noexcept = default;
  PendingCall& operator=(PendingCall&& other) noexcept {
    PendingCall taken{std::move(other)};
    std::swap(session_, taken.session_);
    std::swap(request_id_, taken.request_id_);
    std::swap(bytes_, taken.bytes_);
    std::swap(is_request_, taken.is_request_);
    std::swap(abandoned_as_, taken.abandoned_as_);
    return *this;  // what this was before has gone, answered with an error if it was open
  }
  ~PendingCall() {
    if (session_)
      fail({abandoned_as_,
            abandoned_as_ == Errc::internal ? "The handler gave no answer." : "The server is too busy."});
  }

  Session& session() const { return *session_; }
  std::uint64_t request_id() const { return request_id_; }
  bool is_request() const { return is_request_; }
  bool open() const { return session_ != nullptr; }

  void answer(const PayloadType& type, const void* value) {
    std::string& bytes = session_->host().scratch();
    if (Result<void> encoded = session_->host().codec().encode(type, value, bytes); !encoded) {
      session_->host().log().error("response not encoded",
                                   {{"session", session_->id()}, {"error", encoded.error().message}});
      return fail({Errc::internal, "The server failed to encode its answer."});
    }
    answer_bytes(protocol::as_bytes(bytes));
  }
  void answer_empty() { answer_bytes(protocol::as_bytes(session_->host().codec().empty_response())); }
  void fail(const Error& error) {
    const SessionPtr session = std::exchange(session_, nullptr);
    if (is_request_) session->answer(request_id_, error);
    session->end_call(bytes_);
  }
  /// Somebody else has answered: no answer from here, and not counted any more.
  void dismiss() { std::exchange(session_, nullptr)->end_call(bytes_); }
  /// The request stays open for Session::respond().
  std::uint64_t release() {
    const SessionPtr session = std::exchange(session_, nullptr);
    if (is_request_) {
      session->release_request(request_id_, bytes_);
    } else {
      session->end_call(bytes_);
    }
    return request_id_;
  }
  /// What the client is told when the call is dropped unanswered.
  void abandon_as(Errc code) { abandoned_as_ = code; }

 private:
  void answer_bytes(protocol::ByteView payload) {
    if (is_request_) session_->answer(request_id_, payload);  // may throw: then the call stays open
    std::exchange(session_, nullptr)->end_call(bytes_);
  }

  SessionPtr session_;  // null once answered
  std::uint64_t request_id_;
  std::size_t bytes_;  // that the call keeps, as the session counted them
  bool is_request_;
  Errc abandoned_as_ = Errc::internal;
};

}  // namespace nano
