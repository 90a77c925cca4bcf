// Whatever arrives as a document: what was accepted can be sent on in ours, and ours are always readable.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/assert.h"
#include "protocol/handshake.h"
#include "protocol/utf8.h"

namespace {

using namespace nano::protocol;

// A validator may hand the client's own user object back to it.
void check_client_handshake(ByteView body) {
  const auto client = parse_client_handshake(body);
  if (!client) {
    NANO_ASSERT(!client.error().message.empty() && is_utf8(client.error().message),
                "a refusal has no sentence");
    return;
  }
  const ServerHandshake answer{.heartbeat_s = 30, .user_json = client->user_json};
  NANO_ASSERT(parse_server_handshake(as_bytes(encode(answer))), "the server's handshake does not parse");
}

void check_server_handshake(ByteView body) {
  const auto server = parse_server_handshake(body);
  if (!server) {
    NANO_ASSERT(!server.error().message.empty() && is_utf8(server.error().message),
                "a refusal has no sentence");
    return;
  }
  const std::string dict_json = encode_dict(server->dict);
  const ServerHandshake copy{.code = server->code,
                             .heartbeat_s = server->heartbeat_s,
                             .server_time_s = server->server_time_s,
                             .dict_json = dict_json,
                             .serializer = server->serializer,
                             .user_json = server->user_json,
                             .message = server->message};
  const auto again = parse_server_handshake(as_bytes(encode(copy)));
  NANO_ASSERT(again && again->code == server->code, "an encoded handshake has another code");
  if (again->code == handshake_code_ok) {
    NANO_ASSERT(again->dict.size() == server->dict.size() && again->serializer == server->serializer,
                "an encoded handshake names other routes, or another serializer");
    NANO_ASSERT(again->server_time_s == server->server_time_s, "an encoded handshake has another time");
  } else {
    NANO_ASSERT(again->message == server->message, "an encoded refusal has another reason");
  }
}

void check_error_payload(ByteView body) {
  parse_error(body);
  const auto error = parse_error(as_bytes(encode_error(as_text(body), as_text(body))));
  NANO_ASSERT(error && error->code == replace_invalid_utf8(as_text(body)) && error->code == error->message,
              "an encoded error is another");
}

}  // namespace

// The input as a whole document, and in the places of a document where it matters most.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::pair<std::string_view, std::string_view> frames[] = {
      {"", ""},
      {R"({"user":)", "}"},
      {R"({"sys":{"version":)", "}}"},
      {R"({"code":200,"user":)", "}"},
      {R"({"code":200,"sys":{"heartbeat":)", "}}"},
      {R"({"code":200,"sys":{"dict":{)", "}}}"},
      {R"({"code":500,"message":)", "}"},
  };
  const std::string_view text = as_text(ByteView(data, size));
  for (const auto& [before, after] : frames) {
    std::string document(before);
    document += text;
    document += after;
    check_client_handshake(as_bytes(document));
    check_server_handshake(as_bytes(document));
  }
  check_error_payload(as_bytes(text));
  return 0;
}
