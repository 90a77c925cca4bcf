// A server as a program: signals, exit codes, limits of the system.

#include "tests/sockets/process.h"

#include <cstring>
#include <signal.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <vector>

#include <gtest/gtest.h>
#include <linux/capability.h>

#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

std::vector<std::string> arguments(unsigned io_threads) {
  return {"--listen-tcp", "127.0.0.1:0",  "--listen-websocket",
          "127.0.0.1:0",  "--io-threads", std::to_string(io_threads)};
}

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

class Program : public OnIoThreads {};
INSTANTIATE_TEST_SUITE_P(Sockets, Program, each_io_threads(), io_threads_name);

TEST_P(Program, EndsWithZeroOnASignalAfterClosingItsClients) {
  std::vector<std::string> with_much_time = arguments(io_threads());  // none of it is to be waited for
  with_much_time.insert(with_much_time.end(), {"--shutdown-timeout", "600"});
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    Process server{NANO_TEST_SERVER, with_much_time};
    Socket client{port_of(server.wait_for_line("tcp "))};
    client.send(opening() + request_packet(1, "Test.Echo", "hello"));
    std::string received;
    while (received.find("hello") == std::string::npos) ASSERT_EQ(client.receive(received), Received::bytes);
    server.signal(signal);
    client.receive_all();
    EXPECT_EQ(client.last(), Received::end);
    client.shut_down_sending();
    EXPECT_EQ(server.wait_for_end(), 0) << server.output();
    EXPECT_NE(server.output().find("stopping signal=SIG" + std::string{::sigabbrev_np(signal)}),
              std::string::npos)
        << server.output();
  }
}

TEST_P(Program, ASecondSignalEndsItAtOnce) {
  Process server{NANO_TEST_SERVER, arguments(io_threads())};
  Socket client{port_of(server.wait_for_line("tcp "))};  // never closes
  client.send(opening());
  std::string received;
  ASSERT_EQ(client.receive(received), Received::bytes);
  server.signal(SIGTERM);
  client.receive_all();
  server.signal(SIGINT);
  EXPECT_EQ(server.wait_for_end(), 128 + SIGINT) << server.output();
}

TEST_P(Program, ACallOnAWorkerThatHangsKeepsItNoLongerThanAStopMayTake) {
  std::vector<std::string> with_little_time = arguments(io_threads());
  with_little_time.insert(with_little_time.end(), {"--shutdown-timeout", "0.5"});
  Process server{NANO_TEST_SERVER, with_little_time};
  Socket client{port_of(server.wait_for_line("tcp "))};
  client.send(opening() + request_packet(1, "Test.Hang") + request_packet(2, "Test.Echo", "begun"));
  std::string received;
  while (received.find("begun") == std::string::npos) ASSERT_EQ(client.receive(received), Received::bytes);
  received.clear();
  server.signal(SIGTERM);
  while (received.find("unavailable") == std::string::npos) {
    ASSERT_EQ(client.receive(received), Received::bytes);
  }
  client.receive_all();
  client.shut_down_sending();
  EXPECT_EQ(server.wait_for_end(), 1) << server.output();
  for (const char* said : {"of=\"Test.Hang 1\"", "offloaded calls still run", "in=Test.Hang session=1"}) {
    EXPECT_NE(server.output().find(said), std::string::npos) << server.output();
  }
}

TEST_P(Program, SaysWhenItMayNotOpenManyFiles) {
  Process server{NANO_TEST_SERVER, arguments(io_threads()), [] {
                   const rlimit low{200, 200};
                   ::setrlimit(RLIMIT_NOFILE, &low);
                   ::prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0);  // or root just raises it again
                 }};
  server.wait_for_text("open file limit is low");
  server.wait_for_text("limit=200");
  Socket client{port_of(server.wait_for_line("tcp "))};
}

TEST_P(Program, ThatCannotListenEndsWithOneAndSaysWhatToChange) {
  Process first{NANO_TEST_SERVER, arguments(io_threads())};
  const std::string address = first.wait_for_line("tcp ");
  Process second{NANO_TEST_SERVER, {"--listen-tcp", address, "--io-threads", std::to_string(io_threads())}};
  EXPECT_EQ(second.wait_for_end(), 1);
  EXPECT_NE(second.output().find("another program uses this port"), std::string::npos) << second.output();
}

}  // namespace
}  // namespace nano::sockets
