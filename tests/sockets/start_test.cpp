// Servers that cannot start, and one that runs out of files.

#include <deque>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class Start : public OnIoThreads {
 protected:
  /// What the log says when an application with this configuration runs, which it cannot.
  std::string refusal(const std::function<void(Application&)>& configure) {
    LogLines log;
    Options options;
    options.io_threads = io_threads();
    options.log = log.log();
    Application application{options};
    configure(application);
    EXPECT_EQ(application.run(), 1);
    return log.contains("cannot start") ? log.text() : "";
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
      {"192.0.2.1:0", "Cannot listen on"},
  };
  for (const auto& [address, sentence] : addresses) {
    const std::string said = refusal([at = address](Application& app) { app.listen_websocket(at); });
    EXPECT_NE(said.find(sentence), std::string::npos) << address << ": " << said;
  }
}

TEST_P(Start, WithoutItsTlsFilesFailsWithASentenceThatNamesThem) {
  const std::string said = refusal([](Application& app) {
    app.listen_tcp("127.0.0.1:0", {.tls = true, .tls_files = {"no-such-certificate.pem", "no-such-key.pem"}});
  });
  EXPECT_NE(said.find("no-such-certificate.pem"), std::string::npos) << said;
  EXPECT_NE(said.find("Name a readable PEM file"), std::string::npos) << said;
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
    while (received.find("at last") == std::string::npos)
      ASSERT_EQ(socket.receive(received), Received::bytes);
  }
}

}  // namespace
}  // namespace nano::sockets
