// Servers that cannot start, and one that runs out of files.

#include <algorithm>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "cluster/network/reserved_port_for_tests.h"
#include "nano/net/tls_certificate_for_tests.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class Start : public OnIoThreads {
 protected:
  /// What the log says when an application with this configuration runs, which it cannot.
  std::string refusal(const std::function<void(Application&)>& configure, int exit_code = 1) {
    return refusal_of(Options{}, configure, exit_code);
  }
  std::string refusal_of(Options options, const std::function<void(Application&)>& configure,
                         int exit_code = 2) {
    LogLines log;
    if (options.io_threads == 0) options.io_threads = io_threads();
    options.log = log.log();
    Application application{options};
    configure(application);
    EXPECT_EQ(application.run(), exit_code);
    return log.contains("cannot start") ? log.text() : "";
  }
  /// What the log says when one runs that can, and stops at once.
  std::string log_of_a_run(Options options, const std::function<void(Application&)>& configure) {
    LogLines log;
    options.io_threads = std::max(options.io_threads, io_threads());
    options.log = log.log();
    Application application{options};
    configure(application);
    application.on_started([&] { application.stop(); });
    EXPECT_EQ(application.run(), 0);
    return log.text();
  }
  static void expect_says(const std::string& said, const std::string& sentence) {
    EXPECT_NE(said.find(sentence), std::string::npos) << sentence << "\n" << said;
  }
};
INSTANTIATE_TEST_SUITE_P(Sockets, Start, each_io_threads(), io_threads_name);

TEST_P(Start, OnAPortInUseFailsWithASentence) {
  Server first{io_threads()};
  const std::string address = "127.0.0.1:" + std::to_string(first.port(Transport::tcp));
  const std::string said = refusal([&](Application& app) { app.listen_tcp(address); });
  EXPECT_NE(said.find("another program uses this port; stop it or choose another port."), std::string::npos)
      << said;
  EXPECT_NE(said.find(address), std::string::npos) << said;
}

TEST_P(Start, OnAnAddressThatIsNoneFailsWithASentence) {
  const std::pair<const char*, const char*> addresses[] = {
      {"3250", "write host:port, as in 0.0.0.0:3250 or [::1]:3250."},
      {"127.0.0.1:", "the port is a number from 0 to 65535"},
      {"127.0.0.1:70000", "the port is a number from 0 to 65535"},
      {"127.0.0.1:80x", "the port is a number from 0 to 65535"},
      {"not a host:1", "is not known"},  // no name server is asked for that
      {"192.0.2.1:0", "this machine has no such address"},
      {"::1:80", "an IPv6 address stands in brackets"},
  };
  for (const auto& [address, sentence] : addresses) {
    const std::string said = refusal([at = address](Application& app) { app.listen_websocket(at); });
    EXPECT_NE(said.find(sentence), std::string::npos) << address << ": " << said;
  }
}

TEST_P(Start, WithoutItsTlsFilesFailsWithASentenceThatNamesThem) {
  const auto with = [this](const TlsFiles& files) {
    return refusal(
        [&](Application& app) { app.listen_tcp("127.0.0.1:0", {.tls = true, .tls_files = files}); }, 2);
  };
  expect_says(with({"no-such-certificate.pem", "no-such-key.pem"}), "no-such-certificate.pem cannot be read");
  expect_says(with({}), "name its certificate and its key");
  const TestCertificate one;
  const TestCertificate other;
  const std::string certificate = one.certificate_file.string();
  expect_says(with({certificate, ""}), "name its certificate and its key");
  expect_says(with({certificate, other.key_file.string()}), "holds another key");
  expect_says(with({one.key_file.string(), certificate}), "are two files swapped?");
}

class Echo final : public Component {
 public:
  static void routes(Routes<Echo>& on) { on.add<&Echo::echo>("Echo"); }
  std::string echo(const std::string& text) { return text; }
};

TEST_P(Start, MisconfiguredIsToldByRunAndNeedsNoTry) {
  expect_says(refusal([](Application& app) { app.serve_files("/", "no-such-folder"); }), "no-such-folder");
  expect_says(refusal([](Application& app) { app.serve_files("/", "/dev/null"); }), "is no folder");
  const auto impossible = [this](const std::function<void(Application&)>& configure) {
    return refusal(configure, 2);
  };
  expect_says(impossible([](Application& app) { app.serve_files("page", "."); }), "begins with '/'");
  expect_says(impossible([](Application& app) { app.listen_websocket("127.0.0.1:0", {.path = "nano"}); }),
              "No WebSocket can be opened on the path");
  expect_says(impossible([](Application& app) {
                app.listen_websocket("127.0.0.1:0", {.origins = {"https://example.com/"}});
              }),
              "No page has the origin");
  expect_says(impossible([](Application& app) {
                const auto answer = [](const HttpRequest&) { return HttpResponse::error(200); };
                app.handle_http("/health", answer);
                app.handle_http("/health", answer);
              }),
              "has two handlers");
  expect_says(impossible([](Application& app) { app.set_route_codes({{"A.b", 1}, {"A.c", 1}}); }), "A.c");
  expect_says(impossible([](Application& app) {
                app.add<Echo>().echo("the component is there, though it is not served");
                app.add<Echo>().echo("again");
              }),
              "is registered twice");
  const TlsFiles files{"game.crt", "game.key"};
  expect_says(impossible([&](Application& app) { app.listen_tcp("127.0.0.1:0", {.tls_files = files}); }),
              "would listen in plain text");
  expect_says(
      impossible([&](Application& app) { app.listen_websocket("127.0.0.1:0", {.tls_files = files}); }),
      "would listen in plain text");
  expect_says(impossible([](Application& app) { app.refuse("--rooms is a number from 1 on."); }), "--rooms");
}

TEST_P(Start, WithImpossibleOptionsIsToldByRun) {
  Options no_workers;
  no_workers.worker_threads = 0;
  expect_says(refusal_of(no_workers, [](Application& app) { app.listen_tcp("127.0.0.1:0"); }),
              "--worker-threads is a number from 1 to 1024.");
  Options address;
  address.listen_tcp = {"::1:80"};
  expect_says(refusal_of(address, [](Application&) {}), "--listen-tcp cannot be");
}

TEST_P(Start, WithTwoListenersOnOneAddressSaysSo) {
  const auto both = [](const char* first, const char* second) {
    return [=](Application& app) {
      app.listen_tcp(first);
      app.listen_websocket(second);
    };
  };
  expect_says(refusal(both("127.0.0.1:4000", "127.0.0.1:4000"), 2), "Two listeners cannot share");
  expect_says(refusal(both("127.0.0.1:4000", "0.0.0.0:4000"), 2), "Two listeners cannot share");
  const cluster::ReservedPort reserved;
  const std::string port = std::to_string(reserved.port());
  const std::string one = "127.0.0.1:" + port;
  const std::string same = "localhost:" + port;
  const std::string said = refusal(both(one.c_str(), same.c_str()), 2);
  expect_says(said, "Two listeners cannot share");
  expect_says(said, same);
}

TEST_P(Start, WhoseInitThrowsSaysWhatItThrew) {
  class Failing final : public Component {
   public:
    explicit Failing(std::function<void()> fail) : fail_(std::move(fail)) {}
    static void routes(Routes<Failing>&) {}
    void init() override { fail_(); }

   private:
    std::function<void()> fail_;
  };
  expect_says(
      refusal([](Application& app) { app.add<Failing>([] { throw std::runtime_error("no database"); }); }),
      "no database");
  expect_says(
      refusal([](Application& app) { app.add<Failing>([] { throw std::invalid_argument("--rooms"); }); }, 2),
      "--rooms");
  expect_says(refusal([](Application& app) { app.add<Failing>([] { throw 42; }); }), "no std::exception");
}

TEST_P(Start, SaysWhatWorksAndCanHardlyBeMeant) {
  expect_says(log_of_a_run({}, [](Application&) {}), "no listener: nobody can reach this server");
  Options unused;
  unused.tls_certificate = "game.crt";
  unused.tls_key = "game.key";
  expect_says(log_of_a_run(unused, [](Application& app) { app.listen_tcp("127.0.0.1:0"); }),
              "--tls-certificate is used by no listener: clients connect without TLS");
  const TestCertificate own;
  expect_says(
      log_of_a_run(unused,
                   [&](Application& app) {
                     app.listen_tcp(
                         "127.0.0.1:0",
                         {.tls = true, .tls_files = {own.certificate_file.string(), own.key_file.string()}});
                   }),
      "--tls-certificate is used by no listener: those with TLS have the files that the program names");
  const auto handle = [](Application& app) {
    app.listen_tcp("127.0.0.1:0");
    app.handle_http("/hello", [](const HttpRequest&) { return HttpResponse::text(200, "hello"); });
  };
  expect_says(log_of_a_run({}, handle), "nobody can fetch the files and HTTP answers");
  const auto serve = [](Application& app) {
    app.listen_tcp("127.0.0.1:0");
    app.serve_files("/", ".");
  };
  expect_says(log_of_a_run({}, serve), "nobody can fetch the files and HTTP answers");
  Options many;
  many.io_threads = std::min(256u, std::thread::hardware_concurrency() + 1);
  expect_says(log_of_a_run(many, [](Application& app) { app.listen_tcp("127.0.0.1:0"); }),
              "--io-threads is more than there are processors");
}

TEST_P(Start, AnOnStartedThatThrowsIsLoggedAndHarmsNobody) {
  const std::string said = log_of_a_run(
      {}, [](Application& app) { app.on_started([] { throw std::runtime_error("nothing to announce"); }); });
  expect_says(said, "nothing to announce");
}

TEST_P(Start, WithOneGoodAndOneBadListenerLeavesNothingBehind) {
  refusal([](Application& app) {
    app.listen_tcp("127.0.0.1:0");
    app.listen_tcp("127.0.0.1:70000");
  });
  Server next{io_threads()};
  EXPECT_TRUE(Client(next, Transport::tcp).open().echoes());
}

/// No more files for this process, from construction to destruction.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(STDIN_FILENO);
    ::close(next);
    const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_{};
};

TEST_P(Start, AServerOutOfFilesServesItsClientsAndAcceptsNewOnesWhenItCan) {
  Server server{io_threads()};
  Client early{server, Transport::tcp};
  ASSERT_TRUE(early.open().echoes());
  std::deque<Socket> late;
  const int descriptors[] = {make_socket(), make_socket(), make_socket()};
  {
    const NoMoreFiles none;
    for (const int descriptor : descriptors) late.emplace_back(descriptor, server.port(Transport::tcp));
    EXPECT_TRUE(server.log().wait_for("cannot accept connections for a moment"));
    EXPECT_TRUE(early.echoes());
  }
  for (Socket& socket : late) {
    socket.send(opening() + request_packet(1, "Service.Echo", "at last"));
    std::string received;
    while (received.find("at last") == std::string::npos) {
      ASSERT_EQ(socket.receive(received), Received::bytes);
    }
  }
}

}  // namespace
}  // namespace nano::sockets
