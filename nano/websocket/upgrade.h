// Internal header. The opening handshake of WebSocket, server side (RFC 6455, section 4.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nano/http/message.h"

namespace nano {

/// Who may open a WebSocket, and where.
struct WebSocketUpgradePolicy {
  /// The path clients connect to; compared with HttpRequest::path. Empty: any.
  std::string path = {};
  /// Origins that web pages may come from, as browsers send them ("https://example.com"); compared ignoring
  /// case. Empty: any. Requests without an Origin do not come from browsers and are let in.
  std::vector<std::string> origins = {};
  /// Pages from the host that the request went to (Origin equals Host) are let in, and others only if listed
  /// in `origins`.
  bool same_origin = false;
  /// Subprotocols that are spoken, the preferred first: the first that the client names, too, is answered,
  /// and none if it names none of them.
  std::vector<std::string> subprotocols = {};
  /// Whether compression is agreed on with clients that offer it (permessage-deflate).
  bool deflate = false;
};

/// Why a policy can let nobody in, or not those it names, or names what is no subprotocol, in a sentence that
/// says what to change; empty: it can.
std::string policy_problem(const WebSocketUpgradePolicy& policy);

struct WebSocketUpgrade {
  bool accepted = false;
  bool deflate = false;  ///< if accepted: compression is agreed on
  std::string response;  ///< if accepted: the 101 response; frames follow it
  HttpResponse refusal;  ///< otherwise
  std::string reason;    ///< otherwise: why, for the log
};

/// Whether the request asks for an upgrade to WebSocket, well or badly.
bool asks_for_websocket(const HttpRequest& request);

/// Judges such a request. Refuses with 404 another path, 405 other methods than GET, 426 other versions than
/// 13, 403 an origin that is not allowed, 400 the rest (HTTP/1.0, no Host, no `Connection: upgrade`, a key
/// that is not 16 bytes in base64). Extensions and
/// subprotocols that nobody can agree on refuse nobody.
WebSocketUpgrade upgrade_to_websocket(const HttpRequest& request, const WebSocketUpgradePolicy& policy);

/// The answer to a plain request where only WebSocket is spoken: 426.
HttpResponse websocket_required();

}  // namespace nano
