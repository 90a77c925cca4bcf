// The server that the benchmarks measure: what an application of Nano's looks like, with one route for each
// kind of work.

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

#include "benchmark/server/bench.pb.h"
#include "nano/nano.h"

namespace {

struct Position {
  std::int64_t id = 0;
  std::string name;
  double x = 0;
  double y = 0;
};
BOOST_DESCRIBE_STRUCT(Position, (), (id, name, x, y))

class Bench final : public nano::Component {
 public:
  static void routes(nano::Routes<Bench>& on) {
    on.add<&Bench::echo>("Echo");
    on.add<&Bench::ping>("Ping");
    on.add<&Bench::ping_pong>("PingPong");
    on.add<&Bench::json>("Json");
    on.add<&Bench::join>("Join");
    on.add<&Bench::say>("Say");
  }

  /// Requests are answered with what they brought, notifies with a push of it.
  void echo(nano::Session& session, std::string_view bytes, nano::Responder<std::string_view> answer) {
    if (answer.awaited()) {
      answer.respond(bytes);
    } else {
      session.push("onEcho", bytes);
    }
  }
  void ping(nano::Session& session, const bench::Ping& ping) { session.push("pong", ping); }
  bench::Ping ping_pong(const bench::Ping& ping) { return ping; }
  Position json(const Position& position) { return position; }
  void join(nano::Session& session) { room_.add(session); }
  void say(std::string_view bytes) { room_.broadcast("onSay", bytes); }

 private:
  nano::Group room_;
};

/// What the rows of HTTP ask for: 64 bytes, made anew for each request, and files if there are some.
void serve_http(nano::Application& app, const std::string& files) {
  app.handle_http("/http/handler", [](const nano::HttpRequest&) {
    return nano::HttpResponse::with(200, "text/plain", std::string(64, 'x'));
  });
  if (!files.empty()) app.serve_files("/", files);
}

}  // namespace

int main(int argc, char** argv) {
  std::string tcp = "127.0.0.1:0";
  std::string websocket = "127.0.0.1:0";
  std::string path = "/nano";
  std::string files;
  nano::Application app{nano::Options::from_command_line(
      argc, argv, {},
      {{"--tcp", "Address to listen on for TCP clients", &tcp},
       {"--websocket", "Address to listen on for WebSocket clients", &websocket},
       {"--path", "Path of the WebSocket", &path},
       {"--files", "Folder whose files are served over HTTP; none unless given", &files}})};
  app.add<Bench>();
  serve_http(app, files);
  app.listen_tcp(tcp);
  app.listen_websocket(websocket, {.path = path});
  app.on_started([&app] {
    for (const nano::ListeningAddress& listening : app.addresses()) {
      std::cout << (listening.scheme == "ws" ? "websocket" : listening.scheme) << " " << listening.address
                << "\n";
    }
    std::cout << "ready" << std::endl;
  });
  return app.run();
}
