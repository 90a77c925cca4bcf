// Internal header. PendingCall: a message whose handling outlasts its dispatch.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/recycled.h"
#include "nano/base/result.h"
#include "nano/session/open_calls.h"
#include "nano/session/reply_to.h"
#include "nano/session/session.h"

namespace nano {

/// Keeps the session object, where there is one, and its place among the calls in flight; whoever waits is
/// answered exactly once, with an error if nobody else did before the PendingCall goes. Logic thread only.
class PendingCall final : private OpenCall, public Recycled<PendingCall> {
 public:
  /// `session` is null for a call that is nobody's; otherwise its begin_call(bytes) must have returned true.
  /// `route` is the handler's, kept by the registry; null: no handler of this node's.
  PendingCall(SessionHost& host, SessionPtr session, ReplyTo reply_to, std::size_t bytes,
              const std::string* route)
      : host_(host),
        route_(route),
        session_(std::move(session)),
        session_id_(session_ ? session_->id() : 0),
        reply_to_(std::move(reply_to)),
        bytes_(bytes) {
    enter(host.open_calls);
    if (!session_) ++host.unanswered_calls;
  }
  ~PendingCall() override {
    if (!open()) return;
    if (host_.stopping) {
      fail(stopping_error());
    } else {
      fail({abandoned_as_,
            abandoned_as_ == Errc::internal ? "The handler gave no answer." : "The server is too busy."});
    }
  }

  bool open() const { return open_.load(std::memory_order_relaxed); }
  SessionHost& host() const { return host_; }
  /// Null for a call that is nobody's, and once it has been answered.
  const SessionPtr& session() const { return session_; }
  const ReplyTo& reply_to() const { return reply_to_; }

  void answer(const PayloadType& type, const void* value) {
    if (!open()) return;
    const Result<protocol::ByteView> encoded = host_.encode(type, value);
    if (!encoded) {
      host_.log_for(session_.get(), route())
          .error("response not encoded",
                 {{"route", route()}, {"session", session_id_}, {"error", encoded.error().message}});
      return fail({Errc::internal, "The server failed to encode its answer."});
    }
    answer_bytes(*encoded);
  }
  void answer_empty() {
    if (open()) answer_bytes(protocol::as_bytes(host_.codec().empty_response()));
  }
  void answer_bytes(protocol::ByteView payload) {
    if (!open()) return;
    reply_to_.answer(session_.get(), payload);  // may throw: then the call stays open
    end();
  }
  void fail(const Error& error) {
    if (!open()) return;
    reply_to_.fail(session_.get(), error);
    end();
  }
  /// For a call that is not open any more: says in the log that it is answered again, which changes nothing;
  /// silent where the server gave the answer, because it stopped before there was another.
  void note_second_answer() const {
    if (given_up_) return;
    host_.log()
        .limited(std::to_string(session_id_), route())
        .error("answered twice", {{"route", route()}, {"session", session_id_}});
  }
  /// Somebody else has answered: no answer from here, and not counted any more.
  void dismiss() { end(); }
  /// The request stays open for Session::respond(). Not for a call without a session.
  std::uint64_t release() {
    if (given_up_) return reply_to_.request_id();
    NANO_REQUIRE(open(), "a request that was answered cannot be released");
    NANO_REQUIRE(session_, "a call without a session is answered through its Responder");
    const std::uint64_t id = reply_to_.is_client() ? reply_to_.request_id() : host_.next_call_id();
    if (!reply_to_.anybody()) {
      end();
    } else {
      leave();
      open_.store(false, std::memory_order_relaxed);
      std::exchange(session_, nullptr)->release_request(id, bytes_, std::move(reply_to_), route());
    }
    return id;
  }
  /// From here until end_wait() or its end the call waits in a local scheduler, and a stop for it.
  void begin_wait() {
    waits_ = true;
    ++host_.waiting_calls;
  }
  void end_wait() {
    if (std::exchange(waits_, false)) --host_.waiting_calls;
  }
  /// What is answered when the call is dropped unanswered.
  void abandon_as(Errc code) { abandoned_as_ = code; }

 private:
  // OpenCall
  std::string_view route() const override { return route_ ? std::string_view{*route_} : std::string_view{}; }
  bool is_clients() const override { return reply_to_.is_client() && !(session_ && session_->closed()); }
  void give_up(const Error& error) override {
    given_up_ = true;
    fail(error);  // which may close the session, and that may destroy this
  }

  void end() {
    if (!open()) return;
    open_.store(false, std::memory_order_relaxed);  // only this thread writes it
    end_wait();
    leave();
    if (const SessionPtr session = std::exchange(session_, nullptr)) {
      session->end_call(bytes_);
    } else {
      --host_.unanswered_calls;
    }
  }

  SessionHost& host_;
  const std::string* const route_;
  SessionPtr session_;  // null once answered
  const SessionId session_id_;
  ReplyTo reply_to_;
  const std::size_t bytes_;        // that the call keeps, as the session counted them
  std::atomic<bool> open_ = true;  // whoever drops the call on another thread asks, too
  bool waits_ = false;
  bool given_up_ = false;
  Errc abandoned_as_ = Errc::internal;
};

using PendingCallPtr = std::unique_ptr<PendingCall>;

}  // namespace nano
