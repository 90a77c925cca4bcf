#include "cluster/session/link_answer.h"

#include <string>

#include "protocol/handshake.h"
#include "protocol/limits.h"

namespace nano::cluster {

std::shared_ptr<Caller> LinkAnswer::caller(const AnswerSender& sender, std::uint64_t id) {
  return id == 0 ? nullptr : std::make_shared<LinkAnswer>(sender, id);
}

void LinkAnswer::answered(protocol::ByteView payload) {
  if (payload.size() > protocol::packet_body_bytes_max_wire) {
    return failed({Errc::internal, "An answer between nodes has at most 16 MiB."});
  }
  if (const auto sender = sender_.lock()) (*sender)->send_answer(id_, payload, false);
}

void LinkAnswer::failed(const Error& error) {
  const std::string document = protocol::encode_error(error.code, error.message);
  if (const auto sender = sender_.lock()) (*sender)->send_answer(id_, protocol::as_bytes(document), true);
}

}  // namespace nano::cluster
