// A message that decodes, encodes to one that decodes to the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "protocol/assert.h"
#include "protocol/message.h"

namespace {

using namespace nano::protocol;

bool same(const Message& left, const Message& right) {
  return left.type == right.type && left.id == right.id && left.route == right.route &&
         left.route_code == right.route_code && left.payload_deflated == right.payload_deflated &&
         left.is_error == right.is_error && std::ranges::equal(left.payload, right.payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RouteDictionary dictionary =
      RouteDictionary::from_routes({"Room.Join", "Room.Say", "onMessage"});
  const Bytes body(data, data + size);

  Message message;
  const MessageError error = decode_message(body, &dictionary, message);
  if (error != MessageError::none && error != MessageError::unknown_route_code) return 0;
  const Bytes encoded = encode_message(message);
  NANO_ASSERT(encoded.size() <= body.size(),
              "a message became longer");  // less if the id was longer than needed
  Message again;
  NANO_ASSERT(decode_message(encoded, &dictionary, again) == error, "an encoded message decodes otherwise");
  NANO_ASSERT(same(message, again), "an encoded message is another");
  return 0;
}
