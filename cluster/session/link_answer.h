// Internal header. LinkAnswer: sends the answer to a call that came over a link back the same way.
#pragma once

#include <cstdint>
#include <memory>

#include "nano/session/call.h"

namespace nano::cluster {

/// Sends ANSWER messages; one end of a link. Logic thread only.
class AnswerSender {
 public:
  virtual ~AnswerSender() = default;
  virtual void send_answer(std::uint64_t id, protocol::ByteView payload, bool is_error) = 0;

 protected:
  friend class LinkAnswer;
  std::shared_ptr<AnswerSender*> alive_ = std::make_shared<AnswerSender*>(this);
};

/// An answer that is made when the link has gone goes nowhere: whoever waited has been told already.
class LinkAnswer final : public Caller {
 public:
  LinkAnswer(const AnswerSender& sender, std::uint64_t id) : sender_(sender.alive_), id_(id) {}

  /// For a message that came with this id; null for 0: a notify, which nobody waits for.
  static std::shared_ptr<Caller> caller(const AnswerSender& sender, std::uint64_t id);

  void answered(protocol::ByteView payload) override;
  void failed(const Error& error) override;
  bool waits() const override { return !sender_.expired(); }

 private:
  const std::weak_ptr<AnswerSender*> sender_;
  const std::uint64_t id_;
};

}  // namespace nano::cluster
