// HTTP beside the game, and without it.

#include <chrono>
#include <string>
#include <utility>

#include "nano/http/events.h"
#include "nano/http/server.h"
#include "nano/nano.h"

namespace docs::http {

void stream_scores(nano::Application& app) {
  app.handle_http("/scores", [&app](nano::HttpRequest, nano::HttpResponseWriter writer) -> nano::Task<void> {
    nano::HttpEvents events{std::move(writer)};
    const nano::HttpEventFields players{.event = "players"};
    while (!app.stopping()) {
      const std::string count = std::to_string(app.session_count());
      co_await events.send(count, players);
      const bool there = co_await events.pause(std::chrono::seconds{1});
      if (!there) co_return;  // the client has gone
    }
    events.finish();
  });
}

std::string row(int number) { return std::to_string(number) + "\n"; }

void stream_a_table(nano::Application& app) {
  app.handle_http("/table", [](nano::HttpRequest, nano::HttpResponseWriter writer) -> nano::Task<void> {
    nano::HttpResponse head;
    head.add_header("Content-Type", "text/csv");
    writer.start(std::move(head));
    for (int number = 0; number < 1'000'000; ++number) {
      const std::string line = row(number);
      const bool there = co_await writer.write(line);  // waits for a client that reads slowly
      if (!there) co_return;
    }
    writer.finish();
  });
}

int serve_alone() {
  nano::HttpServerOptions options;
  options.listen = {"127.0.0.1:8080"};
  options.threads = 2;
  nano::HttpServer server{std::move(options)};
  server.handle("/", [](const nano::HttpRequest& request) {
    return nano::HttpResponse::text(200, "You asked for " + request.path + "\n");
  });
  return server.run();  // until SIGINT or SIGTERM
}

}  // namespace docs::http
