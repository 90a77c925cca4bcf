#include "nano/websocket/upgrade.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "nano/http/grammar.h"
#include "nano/http/path.h"
#include "nano/websocket/deflate.h"

namespace nano {

namespace {

constexpr std::string_view version = "13";

/// 16 bytes in base64: 22 characters and two of padding.
bool is_valid_key(std::string_view key) {
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, is_base64);
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  const std::size_t scheme_end = origin.find("://");
  return scheme_end != std::string_view::npos && equals_ignoring_case(origin.substr(scheme_end + 3), host);
}

bool is_origin_allowed(const HttpRequest& request, const WebSocketUpgradePolicy& policy) {
  const std::string_view origin = request.header("Origin");
  if (origin.empty() || (policy.origins.empty() && !policy.same_origin)) return true;
  if (policy.same_origin && is_same_origin(origin, request.header("Host"))) return true;
  return std::any_of(policy.origins.begin(), policy.origins.end(),
                     [&](const std::string& allowed) { return equals_ignoring_case(allowed, origin); });
}

WebSocketUpgrade refuse(int status, std::string reason) {
  WebSocketUpgrade upgrade;
  upgrade.refusal = HttpResponse::text(status, reason + "\n");
  upgrade.refusal.close = true;
  upgrade.reason = std::move(reason);
  return upgrade;
}

/// RFC 6455, section 4.2.2: shows that the key was read by somebody who speaks WebSocket.
std::string accept_key(std::string_view key) {
  const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 29> base64;  // 20 bytes become 28 characters, and a zero
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return std::string{reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)};
}

/// The first of `spoken` that is in the list of the client; empty: none. Subprotocols are compared as they
/// are (RFC 6455, section 4.2.2).
std::string_view choose_subprotocol(const std::vector<std::string>& spoken, std::string_view offered) {
  const auto is_offered = [&](std::string_view name) {
    for (std::string_view rest = offered; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (trim_http(rest.substr(0, comma)) == name) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return false;
  };
  const auto chosen = std::find_if(spoken.begin(), spoken.end(), is_offered);
  return chosen == spoken.end() ? std::string_view{} : *chosen;
}

std::string header_line(std::string_view name, std::string_view value) {
  return value.empty() ? "" : std::string{name} + ": " + std::string{value} + "\r\n";
}

/// The 101 response. Headers without a value are left out.
std::string accept(std::string_view key, std::string_view subprotocol, std::string_view extensions) {
  return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
         header_line("Sec-WebSocket-Accept", accept_key(key)) +
         header_line("Sec-WebSocket-Protocol", subprotocol) +
         header_line("Sec-WebSocket-Extensions", extensions) + "\r\n";
}

}  // namespace

namespace {

/// Browsers send scheme, host and a port that is not the scheme's own, and nothing after it.
std::string origin_problem(const std::string& origin) {
  if (origin == "null") return "";  // of pages from files and sandboxes
  if (origin == "*") return "to let any page in, name no origin.";
  const std::size_t scheme_end = origin.find("://");
  const std::string scheme = origin.substr(0, scheme_end);
  const std::string host = scheme_end == std::string::npos ? "" : origin.substr(scheme_end + 3);
  if (scheme.empty() || host.empty()) return "write scheme and host, as in https://example.com.";
  if (host.find_first_of("/?#@* ,") != std::string::npos) {
    return "write scheme, host and port only, as in https://example.com or http://localhost:8080.";
  }
  const bool default_port = (equals_ignoring_case(scheme, "https") && host.ends_with(":443")) ||
                            (equals_ignoring_case(scheme, "http") && host.ends_with(":80"));
  return default_port ? "leave out the port, as browsers do where it is the scheme's own." : "";
}

}  // namespace

std::string policy_problem(const WebSocketUpgradePolicy& policy) {
  const std::string path = policy.path.empty() ? "" : path_problem(policy.path);
  if (!path.empty()) return "No WebSocket can be opened on the path \"" + policy.path + "\". " + path;
  for (const std::string& name : policy.subprotocols) {
    if (is_http_token(name)) continue;
    return "\"" + name + "\" is no name of a WebSocket subprotocol: write letters, digits and any of " +
           "!#$%&'*+-.^_`|~ only, as in chat.v1, and one name in each place of the list.";
  }
  for (const std::string& origin : policy.origins) {
    const std::string problem = origin_problem(origin);
    if (!problem.empty()) return "No page has the origin \"" + origin + "\": " + problem;
  }
  return "";
}

bool asks_for_websocket(const HttpRequest& request) {
  return request.header_has_token("Upgrade", "websocket");
}

WebSocketUpgrade upgrade_to_websocket(const HttpRequest& request, const WebSocketUpgradePolicy& policy) {
  if (!policy.path.empty() && request.path != policy.path) return refuse(404, "No WebSocket is served here.");
  if (request.method != "GET") {
    WebSocketUpgrade upgrade = refuse(405, "A WebSocket is opened with GET.");
    upgrade.refusal.add_header("Allow", "GET");
    return upgrade;
  }
  if (request.version != "HTTP/1.1") return refuse(400, "A WebSocket is opened with HTTP/1.1.");
  if (request.header("Host").empty()) return refuse(400, "The Host header is missing.");
  if (!asks_for_websocket(request)) return refuse(400, "The header `Upgrade: websocket` is missing.");
  if (!request.header_has_token("Connection", "upgrade")) {
    return refuse(400, "The header `Connection: Upgrade` is missing.");
  }
  if (request.header("Sec-WebSocket-Version") != version) {
    WebSocketUpgrade upgrade = refuse(426, "Only version 13 of WebSocket is spoken here.");
    upgrade.refusal.add_header("Sec-WebSocket-Version", std::string{version})
        .add_header("Upgrade", "websocket");
    return upgrade;
  }
  const std::string_view key = request.header("Sec-WebSocket-Key");
  if (!is_valid_key(key)) return refuse(400, "Sec-WebSocket-Key is not 16 bytes in base64.");
  if (!is_origin_allowed(request, policy)) return refuse(403, "Pages from this origin may not connect.");

  WebSocketUpgrade upgrade;
  upgrade.accepted = true;
  const std::string extensions =
      policy.deflate ? answer_to_deflate_offers(request.header("Sec-WebSocket-Extensions")) : "";
  upgrade.deflate = !extensions.empty();
  upgrade.response = accept(
      key, choose_subprotocol(policy.subprotocols, request.header("Sec-WebSocket-Protocol")), extensions);
  return upgrade;
}

HttpResponse websocket_required() {
  return HttpResponse::text(426, "This address speaks WebSocket only.\n").add_header("Upgrade", "websocket");
}

}  // namespace nano
