// A server in which something never returns: it says so, and signals work all the same.

#include <optional>
#include <signal.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sockets/parameters.h"
#include "tests/sockets/process.h"

namespace nano::sockets {
namespace {

class HangingProgram : public OnIoThreads {
 protected:
#ifdef __SANITIZE_THREAD__
  // The sanitizer keeps signals from a thread that makes no calls, which is what these are about.
  void SetUp() override { GTEST_SKIP() << "signals do not come through"; }
#endif
  HangingProgram() {
    const std::string address = server_.wait_for_line("tcp ");
    client_.emplace(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  }

  Process server_{NANO_TEST_SERVER,
                  {"--listen-tcp", "127.0.0.1:0", "--io-threads", std::to_string(io_threads()),
                   "--shutdown-timeout", "1"}};
  std::optional<Socket> client_;
};
INSTANTIATE_TEST_SUITE_P(Sockets, HangingProgram, each_io_threads(), io_threads_name);

TEST_P(HangingProgram, NamesAHandlerThatHangsWhileItDoesAndEndsAtASecondSignal) {
  client_->send(opening() + request_packet(1, "Hang.Logic"));
  server_.wait_for_text("warning logic thread stalled in=Hang.Logic session=1 for_ms=");
  server_.signal(SIGTERM);
  server_.wait_for_text("stopping signal=SIGTERM");
  server_.signal(SIGINT);
  EXPECT_EQ(server_.wait_for_end(), 128 + SIGINT) << server_.output();
  EXPECT_NE(server_.output().find(
                "ended at once why=SIGINT hangs=\"logic thread\" in=Hang.Logic session=1 for_ms="),
            std::string::npos)
      << server_.output();
}

TEST_P(HangingProgram, NamesACoroutineThatHangsAfterItHasWaited) {
  client_->send(opening() + request_packet(1, "Hang.LogicLater"));
  server_.wait_for_text("logic thread stalled in=Hang.LogicLater session=1 for_ms=");
}

TEST_P(HangingProgram, EndsAtASecondSignalThoughAWorkerHangs) {
  client_->send(opening() + request_packet(1, "Hang.Worker"));
  server_.wait_for_text("hanging on a worker");
  server_.signal(SIGTERM);
  server_.wait_for_text("stopping signal=SIGTERM");
  server_.signal(SIGINT);
  EXPECT_EQ(server_.wait_for_end(), 128 + SIGINT) << server_.output();
  EXPECT_NE(server_.output().find("ended at once why=SIGINT hangs=worker in=Hang.Worker session=1 for_ms="),
            std::string::npos)
      << server_.output();
}

TEST_P(HangingProgram, EndsByItselfWhenAHandlerHangsBeyondTheStop) {
  client_->send(opening() + request_packet(1, "Hang.Logic"));
  server_.wait_for_text("logic thread stalled in=Hang.Logic");
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.wait_for_end(), 1) << server_.output();
  EXPECT_NE(
      server_.output().find("error ended as it is why=\"the stop takes too long\" hangs=\"logic thread\" "
                            "in=Hang.Logic session=1 for_ms="),
      std::string::npos)
      << server_.output();
}

}  // namespace
}  // namespace nano::sockets
