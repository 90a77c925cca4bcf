#include "cluster/link_answer.h"

#include <string>

#include "protocol/handshake.h"

namespace nano::cluster {

ReplyTo LinkAnswer::reply_to(const AnswerSender& sender, std::uint64_t id) {
  return id == 0 ? ReplyTo{} : ReplyTo::caller(std::make_shared<LinkAnswer>(sender, id));
}

void LinkAnswer::answered(protocol::ByteView payload) {
  if (const auto sender = sender_.lock()) (*sender)->send_answer(id_, payload, false);
}

void LinkAnswer::failed(const Error& error) {
  const std::string document = protocol::encode_error(error.code, error.message);
  if (const auto sender = sender_.lock()) (*sender)->send_answer(id_, protocol::as_bytes(document), true);
}

}  // namespace nano::cluster
