// A server whose standard error is read slowly, by nobody, or is not there: it serves on.

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sockets/parameters.h"
#include "tests/sockets/process.h"

namespace nano::sockets {
namespace {

/// A pipe in the place of a server's standard error.
class ErrorPipe {
 public:
  ErrorPipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
  ~ErrorPipe() {
    close_reader();
    ::close(ends_[1]);
  }
  ErrorPipe(const ErrorPipe&) = delete;
  ErrorPipe& operator=(const ErrorPipe&) = delete;

  void use() const { ::dup2(ends_[1], STDERR_FILENO); }
  void close_reader() {
    if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
  }

 private:
  std::array<int, 2> ends_{};
};

class StandardError : public OnIoThreads {
 protected:
  std::vector<std::string> arguments() const {
    return {"--listen-tcp", "127.0.0.1:0", "--io-threads", std::to_string(io_threads())};
  }
  static Socket connect(Process& server) {
    const std::string address = server.wait_for_line("tcp ");
    return Socket{static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))};
  }
  /// Half a megabyte of log, and then an answer.
  static void make_it_log_much(Socket& client) {
    const std::string line = notify_packet("Hang.Say", std::string(1000, 'x'));
    client.send(opening());
    for (int i = 0; i < 500; ++i) client.send(line);
    client.send(request_packet(1, "Test.Echo", "still there"));
    std::string received;
    while (received.find("still there") == std::string::npos) {
      ASSERT_EQ(client.receive(received), Received::bytes);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Sockets, StandardError, each_io_threads(), io_threads_name);

TEST_P(StandardError, ThatNobodyReadsHoldsUpNothing) {
  ErrorPipe unread;
  Process server{NANO_TEST_SERVER, arguments(), [&] { unread.use(); }};
  Socket client = connect(server);
  make_it_log_much(client);
  server.signal(SIGTERM);
  client.receive_all();
  client.shut_down_sending();
  EXPECT_EQ(server.wait_for_end(), 0);
}

TEST_P(StandardError, WhoseReaderHasGoneEndsNothing) {
  ErrorPipe pipe;
  Process server{NANO_TEST_SERVER, arguments(), [&] { pipe.use(); }};
  Socket client = connect(server);
  pipe.close_reader();
  make_it_log_much(client);
  server.signal(SIGTERM);
  client.receive_all();
  client.shut_down_sending();
  EXPECT_EQ(server.wait_for_end(), 0);
}

TEST_P(StandardError, ThatIsClosedIsNoClientsSocket) {
  Process server{NANO_TEST_SERVER, arguments(), [] { ::close(STDERR_FILENO); }};
  Socket client = connect(server);
  make_it_log_much(client);
  server.signal(SIGTERM);
  client.receive_all();
  EXPECT_EQ(client.last(), Received::end);
  client.shut_down_sending();
  EXPECT_EQ(server.wait_for_end(), 0);
}

TEST_P(StandardError, GetsWhatLibprotobufSaysWithinABudget) {
  Process server{NANO_TEST_SERVER, arguments()};
  Socket client = connect(server);
  client.send(opening());
  // A string that is no UTF-8, which libprotobuf complains of.
  const std::string bad = notify_packet("Proto.Poke", "\x0a\x02\xff\xfe");
  for (int i = 0; i < 500; ++i) client.send(bad);
  client.send(request_packet(1, "Test.Echo", "done"));
  std::string received;
  while (received.find("done") == std::string::npos) ASSERT_EQ(client.receive(received), Received::bytes);
  server.signal(SIGTERM);
  client.receive_all();
  client.shut_down_sending();
  EXPECT_EQ(server.wait_for_end(), 0);
  EXPECT_EQ(server.output().find("[libprotobuf"), std::string::npos) << server.output();
  EXPECT_LT(std::ranges::count(server.output(), '\n'), 40) << server.output();
  EXPECT_NE(server.output().find("left_out="), std::string::npos) << server.output();
}

}  // namespace
}  // namespace nano::sockets
