// Internal header. ReplyTo: who waits for the answer to a message.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "nano/base/result.h"
#include "protocol/bytes.h"

namespace nano {

class Session;

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

/// A client that sent a request, a service that made a call, or nobody: then the message is a notify.
class ReplyTo {
 public:
  ReplyTo() = default;
  static ReplyTo client(std::uint64_t request_id) { return ReplyTo{true, request_id, nullptr}; }
  static ReplyTo caller(std::shared_ptr<Caller> caller) { return ReplyTo{false, 0, std::move(caller)}; }

  bool is_client() const { return is_client_; }
  bool anybody() const { return is_client_ || caller_; }
  /// There was somebody, who has given up.
  bool abandoned() const { return caller_ && !caller_->waits(); }
  /// Of a client's request; 0 for others.
  std::uint64_t request_id() const { return request_id_; }

  /// To nobody this does nothing. `session` is the one that the message came for; null: the call is nobody's,
  /// or its client was answered.
  /// Throws std::length_error when an answer to a client does not fit the wire.
  void answer(Session* session, protocol::ByteView payload) const;
  void fail(Session* session, const Error& error) const;

 private:
  ReplyTo(bool is_client, std::uint64_t request_id, std::shared_ptr<Caller> caller)
      : caller_(std::move(caller)), request_id_(request_id), is_client_(is_client) {}

  std::shared_ptr<Caller> caller_;
  std::uint64_t request_id_ = 0;
  bool is_client_ = false;
};

}  // namespace nano
