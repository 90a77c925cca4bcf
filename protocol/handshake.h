// Public header. The JSON documents of the protocol: handshake, kick, error payload.
//
// Formats of pomelo and Go Nano; the error payload is Pitaya's. All functions are pure, for any thread. Of
// what does not parse the error is Errc::bad_payload, with a sentence for the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/bytes.h"
#include "protocol/result.h"
#include "protocol/route_dictionary.h"

namespace nano::protocol {

inline constexpr int handshake_code_ok = 200;
inline constexpr int handshake_code_refused = 500;
inline constexpr int handshake_code_old_client = 501;

/// What a client says of itself: `{"sys":{"type":"js-websocket","version":"1.1.1"},"user":{...}}`.
struct ClientHandshake {
  std::string type;                // "js-websocket", "unity", ...; empty if it does not say
  std::string version;             // of the client
  std::string lib_version;         // "libVersion", which Pitaya's clients say instead of these two
  std::string user_json = "null";  // JSON text of "user", which is the application's
  std::string sys_json = "null";   // JSON text of "sys", with what else it has
};

/// An empty body (white space too) gives the defaults. Errors: text that is not JSON, a document that is not
/// an object, nesting deeper than `json_depth_max`, a number beyond the range of a double, bytes that are not
/// UTF-8. Surrogates are joined (surrogates.h).
///
/// Members that are not known are ignored. `sys` is only informative, and clients in the field fill it as
/// they like: a number for any of these is taken as text, any other unexpected kind as not given.
Result<ClientHandshake> parse_client_handshake(ByteView body);

/// The dictionary as the handshake carries it: `{"route":1,...}`, or an empty text for an empty dictionary. A
/// server encodes it once, for all its handshakes.
std::string encode_dict(const RouteDictionary& dict);

/// The server's answer.
struct ServerHandshake {
  int code = handshake_code_ok;
  double heartbeat_s = 0;           // finite and not negative; fractions allowed; 0: no heartbeats
  std::int64_t server_time_s = 0;   // Unix time
  std::string_view dict_json = {};  // from encode_dict(); offered if not empty; needed in `encode` only
  std::string serializer = {};      // "json", "protobuf", ...; left out if empty
  std::string user_json = {};       // JSON text, `{}` if empty; not checked
  std::string message = {};         // with another code than 200: why; left out if empty
};

/// `{"code":200,"sys":{"heartbeat":30,"servertime":...,"dict":{...},"serializer":"json"},"user":{...}}`; with
/// another code than 200 just `{"code":500,"sys":{},"message":"..."}`. In the texts, what is not UTF-8
/// becomes U+FFFD.
std::string encode(const ServerHandshake& handshake);

/// The server's answer, as a client sees it.
struct ServerHandshakeDocument {
  int code = 0;
  double heartbeat_s = 0;
  std::int64_t server_time_s = 0;
  RouteDictionary dict;
  std::string serializer;
  std::string user_json = "null";
  std::string message;
};

/// Errors: text that is not JSON, a document that is not an object, no integer `code`, a negative `heartbeat`
/// or one that is no number, a `dict` that is no dictionary. Everything but `code` may be missing.
Result<ServerHandshakeDocument> parse_server_handshake(ByteView body);

/// The body of a kick packet: `{"reason":"..."}`, or `{}` without a reason. Never empty, since browser
/// clients parse it. In the reason, what is not UTF-8 becomes U+FFFD.
std::string encode_kick(std::string_view reason);

/// The payload of an error response: `{"code":"...","msg":"..."}`. What is not UTF-8 becomes U+FFFD.
std::string encode_error(std::string_view code, std::string_view msg);

/// Nothing if the payload is not a JSON object with a `code` that is a string or a number.
std::optional<Error> parse_error(ByteView payload);

}  // namespace nano::protocol
