// Who comes in, and what is let through: the handshake validator, pipelines, listeners.

#include <cstdint>
#include <optional>
#include <string>

#include "nano/nano.h"

namespace docs::doors {

struct Credentials {
  std::optional<std::string> token;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (token))

struct Welcome {
  std::int64_t uid;
};
BOOST_DESCRIBE_STRUCT(Welcome, (), (uid))

/// The user that a token was made for; 0 for a token that is not valid.
std::int64_t uid_of(const std::string& token);

void check_tokens(nano::Application& app) {
  app.set_handshake_validator([](nano::Session& session, const nano::Handshake& handshake) {
    const auto credentials = handshake.user<Credentials>();
    if (!credentials) return nano::HandshakeAnswer::refuse("The user object is not as expected.");
    const std::int64_t uid = uid_of(credentials->token.value_or(""));
    if (uid == 0) return nano::HandshakeAnswer::refuse("The token is not valid.");
    session.bind(uid);
    return nano::HandshakeAnswer::accept(Welcome{uid});
  });
}

void limit_payloads(nano::Application& app) {
  app.inbound().push_back([](nano::Session&, nano::PipelineMessage& message) -> nano::Result<void> {
    if (message.payload().size() <= 4096) return {};
    return nano::Error{"too_long", "A message has at most 4096 bytes."};
  });
}

void listen(nano::Application& app) {
  app.listen_tcp("0.0.0.0:3251");
  app.listen_websocket("0.0.0.0:3250", {.path = "/play", .origins = {"https://game.example.com"}});
  app.listen_websocket("0.0.0.0:3252", {.subprotocols = {"game.v2", "game.v1"}, .deflate = true});
  app.listen_websocket("0.0.0.0:443", {.tls = true, .tls_files = {"game.crt", "game.key"}});
}

void answer_health_checks(nano::Application& app) {
  app.handle_http("/health", [&app](const nano::HttpRequest&) {
    return nano::HttpResponse::text(200, std::to_string(app.session_count()) + " sessions\n");
  });
}

nano::HttpResponse show_table(const nano::HttpRequest& request) {
  return nano::HttpResponse::text(200, "Table " + std::string{request.parameter("table")} + "\n");
}

nano::HttpResponse close_table(const nano::HttpRequest& request);
nano::HttpResponse show_help(const nano::HttpRequest& request);

void answer_by_method_host_and_path(nano::Application& app) {
  app.handle_http("GET /tables/{table}", show_table);
  app.handle_http("DELETE admin.example.com/tables/{table}", close_table);
  app.handle_http("GET /help/{page...}", show_help);
}

}  // namespace docs::doors
