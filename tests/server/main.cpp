// The server that the tests with real clients talk to: one route for each thing a client can meet.

#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <stdexcept>
#include <string>

#include "nano/nano.h"
#include "tests/server/ping.pb.h"

namespace {

struct Text {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Text, (), (text))

struct Reason {
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (reason))

struct Credentials {
  std::optional<std::string> token;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (token))

struct Greeting {
  std::string greeting;
};
BOOST_DESCRIBE_STRUCT(Greeting, (), (greeting))

/// JSON payloads.
class Test final : public nano::Component {
 public:
  static void routes(nano::Routes<Test>& on) {
    on.add<&Test::echo>("Echo");
    on.add<&Test::poke>("Poke");
    on.add<&Test::kick>("Kick");
    on.add<&Test::fail>("Fail");
    on.add<&Test::fail_badly>("Throw");
    on.add<&Test::later>("Later");
    on.add<&Test::check>("Check");
    on.add<&Test::flood>("Flood");
    on.add<&Test::hang>("Hang");
  }

  std::string echo(std::string_view payload) { return std::string{payload}; }
  void poke(nano::Session& session, const Text& in) { session.push("onPoke", in); }
  void kick(nano::Session& session, const Reason& in, nano::Responder<std::string_view> answer) {
    answer.respond("{}");
    session.kick(in.reason);
  }
  nano::Result<Text> fail() { return nano::Error{"teapot", "I am a teapot"}; }
  Text fail_badly(nano::Session&) { throw std::runtime_error("thrown by Test.Throw"); }
  /// Answers a turn later, so that answers overtake each other.
  nano::Task<std::string> later(std::string payload) {
    co_await scheduler().yield();
    co_return payload;
  }
  Text check(const Text& in) { return in; }
  /// Its call on a worker never ends.
  nano::Task<std::string> hang() {
    auto call = offload([] { std::promise<void>{}.get_future().wait(); });
    co_await call;
    co_return "never";
  }
  /// Pushes a megabyte for each call: for clients that don't read.
  void flood(nano::Session& session, std::string_view) {
    const std::string chunk(64 * 1024, 'x');
    for (int i = 0; i < 16; ++i) session.push("onFlood", chunk);
  }
};

/// Protobuf payloads.
class Proto final : public nano::Component {
 public:
  static void routes(nano::Routes<Proto>& on) {
    on.add<&Proto::echo>("Echo");
    on.add<&Proto::poke>("Poke");
  }

  testdata::Ping echo(const testdata::Ping& in) { return in; }
  void poke(nano::Session& session, const testdata::Ping& in) { session.push("onProto", in); }
};

/// What never ends, and what an application has to say.
class Hang final : public nano::Component {
 public:
  static void routes(nano::Routes<Hang>& on) {
    on.add<&Hang::logic>("Logic");
    on.add<&Hang::logic_later>("LogicLater");
    on.add<&Hang::worker>("Worker");
    on.add<&Hang::say>("Say");
  }

  void logic(std::string_view) { hang(); }
  nano::Task<void> logic_later(std::string) {
    co_await scheduler().sleep(std::chrono::milliseconds{1});
    hang();
  }
  nano::Task<void> worker(std::string) {
    auto call = scheduler().offload([log = log()] {
      log.info("hanging on a worker");
      hang();
    });
    co_await call;
  }
  void say(std::string_view text) { log().info("said", {{"text", text}}); }

 private:
  [[noreturn]] static void hang() {
    std::promise<void> never;
    never.get_future().wait();
    std::abort();
  }
};

}  // namespace

int main(int argc, char** argv) {
  nano::Application app{nano::Options::from_command_line(argc, argv)};
  app.add<Test>();
  app.add<Proto>();
  app.add<Hang>();
  app.set_route_codes({{"Test.Echo", 1}, {"Test.Poke", 2}, {"onPoke", 3}});
  app.set_handshake_validator([](nano::Session&, const nano::Handshake& handshake) {
    const auto credentials = handshake.user<std::optional<Credentials>>();
    if (credentials && *credentials && (*credentials)->token == "bad") {
      return nano::HandshakeAnswer::refuse("The token is not valid.");
    }
    return nano::HandshakeAnswer::accept(Greeting{"hello"});
  });
  if (std::getenv("NANO_TEST_DEFLATE")) {
    app.listen_websocket("127.0.0.1:0", {.subprotocols = {"nano.v2", "nano.v1"}, .deflate = true});
  }
  app.handle_http("/hello",
                  [](const nano::HttpRequest&) { return nano::HttpResponse::text(200, "hello\n"); });
  app.on_started([&] {
    for (const nano::ListeningAddress& listening : app.addresses()) {
      const bool packets = listening.path.empty();
      const std::string name = listening.scheme == "tcp"   ? "tcp"
                               : listening.scheme == "tls" ? "tcp-tls"
                               : listening.scheme == "ws"  ? "websocket"
                                                           : "websocket-tls";
      std::cout << name << " " << (packets ? "" : listening.scheme + "://") << listening.address
                << listening.path << std::endl;
    }
  });
  return app.run();
}
