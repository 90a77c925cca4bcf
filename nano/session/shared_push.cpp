#include "nano/session/shared_push.h"

#include "nano/session/message_frame.h"

namespace nano {
namespace {

protocol::Message push_message(std::string_view route, protocol::ByteView payload) {
  protocol::Message message;
  message.type = protocol::MessageType::push;
  message.route = route;
  message.payload = payload;
  return message;
}

}  // namespace

SharedPush::SharedPush(const SessionHost& host, std::string_view route, protocol::ByteView payload,
                       std::string_view latest_key)
    : host_(host),
      message_(push_message(route, payload)),
      latest_key_(latest_key),
      has_route_code_(host.dictionary().find_code(route).has_value()) {
  require_encodable(message_);
}

Frame SharedPush::encode(bool coded) const {
  protocol::Message message = message_;
  if (coded) message.route_code = host_.dictionary().find_code(message.route);
  return make_frame(message, latest_key_);
}

}  // namespace nano
