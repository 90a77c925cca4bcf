#include "nano/session/reply_to.h"

#include "nano/session/session.h"

namespace nano {

void ReplyTo::answer(Session* session, protocol::ByteView payload) const {
  if (is_client_ && session) session->answer(request_id_, payload);
  if (caller_) caller_->answered(payload);
}

void ReplyTo::fail(Session* session, const Error& error) const {
  if (is_client_ && session) session->answer(request_id_, error);
  if (caller_) caller_->failed(error);
}

}  // namespace nano
