#include "nano/session/session_host.h"

#include <utility>

#include "nano/session/message_frame.h"
#include "nano/session/session.h"
#include "protocol/handshake.h"

namespace nano {

SessionHost::SessionHost(Scheduler& scheduler, Log log, PayloadCodec codec, SessionEvents& events)
    : scheduler_(scheduler),
      log_(std::move(log)),
      codec_(std::move(codec)),
      events_(events),
      heartbeat_frame_(make_frame(protocol::PacketType::heartbeat, {})) {}

void SessionHost::set_dictionary(protocol::RouteDictionary dictionary) {
  dictionary_ = std::move(dictionary);
  dictionary_json_ = protocol::encode_dict(dictionary_);
}

LimitedLog SessionHost::log_for(Session* session, std::string_view about) const {
  return log_.limited(session ? std::string_view{session->remote_address()} : "a service", about);
}

Result<protocol::ByteView> SessionHost::encode(const PayloadType& type, const void* value) {
  if (type.kind == PayloadType::Kind::raw) return protocol::ByteView{type.view(value)};
  scratch_.clear();
  if (Result<void> encoded = codec_.encode(type, value, scratch_); !encoded) return encoded.error();
  return protocol::as_bytes(scratch_);
}

}  // namespace nano
