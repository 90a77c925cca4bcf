#include "nano/websocket/upgrade.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

HttpRequest good_request() {
  HttpRequest request;
  request.method = "GET";
  request.target = request.path = "/nano";
  request.version = "HTTP/1.1";
  request.headers = {{"Host", "server.example.com"},
                     {"Upgrade", "websocket"},
                     {"Connection", "keep-alive, Upgrade"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Extensions", "permessage-deflate"},
                     {"Sec-WebSocket-Protocol", "chat"},
                     {"Sec-WebSocket-Version", "13"}};
  return request;
}

HttpRequest without(HttpRequest request, const std::string& name) {
  std::erase_if(request.headers, [&](const HttpHeader& header) { return header.name == name; });
  return request;
}

HttpRequest with(HttpRequest request, const std::string& name, const std::string& value) {
  request = without(std::move(request), name);
  request.headers.push_back({name, value});
  return request;
}

int status_of(const HttpRequest& request, const WebSocketUpgradePolicy& policy = {}) {
  const WebSocketUpgrade upgrade = upgrade_to_websocket(request, policy);
  EXPECT_EQ(upgrade.accepted, upgrade.reason.empty());
  EXPECT_EQ(upgrade.accepted, !upgrade.response.empty());
  return upgrade.accepted ? 101 : upgrade.refusal.status;
}

TEST(WebSocketUpgrade, AcceptsTheExampleOfTheRfc) {
  // Section 1.3: the key "dGhlIHNhbXBsZSBub25jZQ==" is accepted with "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".
  const WebSocketUpgrade upgrade = upgrade_to_websocket(good_request(), {.path = "/nano"});
  ASSERT_TRUE(upgrade.accepted);
  EXPECT_TRUE(upgrade.response.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_NE(upgrade.response.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            std::string::npos);
  EXPECT_NE(upgrade.response.find("\r\nUpgrade: websocket\r\n"), std::string::npos);
  EXPECT_NE(upgrade.response.find("\r\nConnection: Upgrade\r\n"), std::string::npos);
  EXPECT_TRUE(upgrade.response.ends_with("\r\n\r\n"));
}

/// The value of a header of the 101 response; "-": there is none.
std::string answered(const HttpRequest& request, const WebSocketUpgradePolicy& policy,
                     std::string_view name) {
  const std::string response = upgrade_to_websocket(request, policy).response;
  const std::size_t at = response.find("\r\n" + std::string{name} + ": ");
  if (at == std::string::npos) return "-";
  const std::size_t begin = at + 4 + name.size();
  return response.substr(begin, response.find("\r\n", begin) - begin);
}

TEST(WebSocketUpgrade, AnswersTheFirstOfItsSubprotocolsThatTheClientNames) {
  const auto chosen = [](const std::string& offered, std::vector<std::string> spoken) {
    return answered(with(good_request(), "Sec-WebSocket-Protocol", offered),
                    {.subprotocols = std::move(spoken)}, "Sec-WebSocket-Protocol");
  };
  EXPECT_EQ(chosen("chat", {"chat"}), "chat");
  EXPECT_EQ(chosen("a, b,\tc", {"c", "b"}), "c");
  EXPECT_EQ(chosen(" ,,b", {"a", "b"}), "b");
  EXPECT_EQ(chosen("Chat", {"chat"}), "-") << "they are compared as they are";
  EXPECT_EQ(chosen("a, b", {"c"}), "-");
  EXPECT_EQ(chosen("", {"c"}), "-");
}

TEST(WebSocketUpgrade, AgreesOnCompressionOnlyIfThePolicyDoes) {
  const std::string name = "Sec-WebSocket-Extensions";
  EXPECT_EQ(answered(good_request(), {.deflate = true}, name),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  EXPECT_TRUE(upgrade_to_websocket(good_request(), {.deflate = true}).deflate);
  EXPECT_EQ(answered(good_request(), {}, name), "-");
  EXPECT_FALSE(upgrade_to_websocket(good_request(), {}).deflate);
  const HttpRequest other = with(good_request(), name, "permessage-deflate; server_max_window_bits=9");
  EXPECT_EQ(answered(other, {.deflate = true}, name), "-");
  EXPECT_FALSE(upgrade_to_websocket(other, {.deflate = true}).deflate);
}

TEST(WebSocketUpgrade, TellsOfSubprotocolsThatNobodyCanName) {
  for (const char* const name : {"", "a b", "a,b", "a/b", "\"a\"", "a\r\nb", "\xc3\xa4"}) {
    EXPECT_NE(policy_problem({.subprotocols = {"chat", name}}), "") << name;
  }
  EXPECT_EQ(policy_problem({.subprotocols = {"chat.v1", "graphql-ws"}}), "");
}

TEST(WebSocketUpgrade, ChoosesNeitherExtensionsNorSubprotocolsUnasked) {
  const std::string response = upgrade_to_websocket(good_request(), {}).response;
  EXPECT_EQ(response.find("Extensions"), std::string::npos);
  EXPECT_EQ(response.find("Protocol:"), std::string::npos);
}

TEST(WebSocketUpgrade, ComparesTokensWhateverTheirCase) {
  HttpRequest request = with(good_request(), "Upgrade", "h2c, WebSocket");
  EXPECT_TRUE(asks_for_websocket(request));
  EXPECT_EQ(status_of(with(request, "Connection", "UPGRADE")), 101);
  EXPECT_FALSE(asks_for_websocket(with(request, "Upgrade", "websockets")));
}

TEST(WebSocketUpgrade, RefusesAnotherPathUnlessAnyIsAllowed) {
  EXPECT_EQ(status_of(good_request(), {.path = "/other"}), 404);
  EXPECT_EQ(status_of(good_request(), {.path = ""}), 101);
}

TEST(WebSocketUpgrade, RefusesOtherMethodsAndNamesTheRightOne) {
  HttpRequest request = good_request();
  request.method = "POST";
  EXPECT_EQ(status_of(request), 405);
  EXPECT_EQ(upgrade_to_websocket(request, {}).refusal.header("Allow"), "GET");
}

TEST(WebSocketUpgrade, RefusesOtherVersionsAndNamesTheRightOne) {
  for (const char* version : {"8", "0", "14", "13, 8", "x", ""}) {
    const HttpRequest request = with(good_request(), "Sec-WebSocket-Version", version);
    EXPECT_EQ(status_of(request), 426) << version;
    EXPECT_EQ(upgrade_to_websocket(request, {}).refusal.header("Sec-WebSocket-Version"), "13");
  }
  EXPECT_EQ(status_of(without(good_request(), "Sec-WebSocket-Version")), 426);
}

TEST(WebSocketUpgrade, RefusesRequestsThatLackSomething) {
  HttpRequest old = good_request();
  old.version = "HTTP/1.0";
  EXPECT_EQ(status_of(old), 400);
  for (const char* name : {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key"}) {
    EXPECT_EQ(status_of(without(good_request(), name)), 400) << name;
  }
  EXPECT_EQ(status_of(with(good_request(), "Connection", "keep-alive")), 400);
}

TEST(WebSocketUpgrade, RefusesKeysThatAreNot16Bytes) {
  for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ===",
                          "dGhlIHNhbXBsZSBub25jZQ==dGhl", "dGhlIHNhbXBs\tSBub25jZQ==", "AAAA"}) {
    EXPECT_EQ(status_of(with(good_request(), "Sec-WebSocket-Key", key)), 400) << key;
  }
}

TEST(WebSocketUpgrade, LetsInListedOriginsOnly) {
  const WebSocketUpgradePolicy policy{.origins = {"https://a.example", "https://b.example:8443"}};
  EXPECT_EQ(status_of(with(good_request(), "Origin", "https://a.example"), policy), 101);
  EXPECT_EQ(status_of(with(good_request(), "Origin", "HTTPS://B.example:8443"), policy), 101);
  for (const char* origin : {"https://evil.example", "http://a.example", "https://a.example.evil", "null"}) {
    EXPECT_EQ(status_of(with(good_request(), "Origin", origin), policy), 403) << origin;
  }
  EXPECT_EQ(status_of(good_request(), policy), 101) << "no browser, no origin";
}

TEST(WebSocketUpgrade, LetsInPagesOfTheSameHost) {
  const WebSocketUpgradePolicy policy{.origins = {"https://a.example"}, .same_origin = true};
  EXPECT_EQ(status_of(with(good_request(), "Origin", "http://server.example.com"), policy), 101);
  EXPECT_EQ(status_of(with(good_request(), "Origin", "https://a.example"), policy), 101);
  EXPECT_EQ(status_of(with(good_request(), "Origin", "http://server.example.com:81"), policy), 403);
  EXPECT_EQ(status_of(with(good_request(), "Origin", "server.example.com"), policy), 403);
  EXPECT_EQ(status_of(with(good_request(), "Origin", "https://a.example"), {.same_origin = true}), 403);
}

TEST(WebSocketUpgrade, TellsPlainRequestsWhatIsSpoken) {
  EXPECT_EQ(websocket_required().status, 426);
  EXPECT_EQ(websocket_required().header("Upgrade"), "websocket");
}

TEST(WebSocketPolicy, ThatLetsNobodyInIsTold) {
  EXPECT_EQ(policy_problem({}), "");
  EXPECT_EQ(policy_problem({.path = "/nano"}), "");
  EXPECT_NE(policy_problem({.path = "nano"}).find("begins with '/'"), std::string::npos);
  EXPECT_NE(policy_problem({.path = "/nano?room=1"}), "");
  for (const char* origin : {"https://example.com", "HTTP://localhost:8080", "null", "capacitor://localhost",
                             "http://[::1]:3000"}) {
    EXPECT_EQ(policy_problem({.origins = {origin}}), "") << origin;
  }
  for (const char* origin :
       {"", "*", "example.com", "https://", "https://example.com/", "https://example.com/play",
        "https://*.example.com", "https://a.com,https://b.com", "https://example.com:443",
        "http://example.com:80", "https://user@example.com"}) {
    EXPECT_NE(policy_problem({.origins = {"https://good.example", origin}}), "") << origin;
  }
}

}  // namespace
}  // namespace nano
