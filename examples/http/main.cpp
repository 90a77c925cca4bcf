// A server of HTTP without the framework: a page at "/", and a clock that it streams.

#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <string>
#include <utility>

#include "nano/http/events.h"
#include "nano/http/server.h"

namespace {

constexpr const char* page = R"(<!doctype html>
<meta name="viewport" content="width=device-width">
<title>The time</title>
<style>body { font: 4rem sans-serif; display: grid; place-content: center; min-height: 90vh }</style>
<output>--:--:--</output>
<script>
  new EventSource("clock").onmessage = ({ data }) => document.querySelector("output").value = data
</script>
)";

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%H:%M:%S", std::gmtime(&now));
  return text;
}

}  // namespace

int main(int argc, char** argv) try {
  nano::HttpServerOptions options;
  if (argc > 1) options.listen = {argv[1]};
  nano::HttpServer server{options};
  server.handle("GET /", [](const nano::HttpRequest& request) {
    if (request.path != "/") return nano::HttpResponse::error(404);
    return nano::HttpResponse::with(200, "text/html; charset=utf-8", page);
  });
  server.handle("GET /clock", [&](nano::HttpRequest, nano::HttpResponseWriter writer) -> nano::Task<void> {
    nano::HttpEvents events{std::move(writer)};
    while (!server.stopping()) {
      const std::string time = time_of_day();
      co_await events.send(time);
      const bool there = co_await events.pause(std::chrono::seconds{1});
      if (!there) co_return;
    }
    events.finish();
  });
  return server.run();
} catch (const std::exception& failure) {
  std::fprintf(stderr, "nano-http: %s\n", failure.what());
  return 1;
}
