#include "nano/base/log_writer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <latch>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

namespace nano {
namespace {

/// Both ends of a pipe; the writing one stands for standard error.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
  ~Pipe() {
    close_reader();
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
  }
  /// The next `bytes`, for which it waits.
  std::string read(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t filled = 0; filled < bytes;) {
      const ssize_t got = ::read(ends_[0], text.data() + filled, bytes - filled);
      if (got <= 0) throw std::runtime_error("the pipe ended");
      filled += static_cast<std::size_t>(got);
    }
    return text;
  }
  /// Reads until the text ends with `end`.
  std::string read_until(std::string_view end) {
    std::string text;
    while (!text.ends_with(end)) text += read(1);
    return text;
  }

 private:
  std::array<int, 2> ends_{};
};

std::string tell(const LogLineCounts& dropped) {
  std::string text = "dropped";
  for (const std::uint64_t count : dropped) text += ' ' + std::to_string(count);
  return text + '\n';
}

TEST(LogWriter, WritesLinesInTheOrderPushed) {
  Pipe pipe;
  LogWriter writer{pipe.writer(), tell};
  writer.push(LogLevel::info, "one\n");
  writer.push(LogLevel::error, "two\n");
  writer.flush();
  EXPECT_EQ(pipe.read(8), "one\ntwo\n");
}

TEST(LogWriter, NeverWaitsForAReaderAndCountsWhatItDropped) {
  Pipe pipe;
  LogWriter writer{pipe.writer(), tell, 10'000};
  const std::string line = std::string(99, 'x') + '\n';
  for (int i = 0; i < 5000; ++i) writer.push(LogLevel::info, line);  // 500 KB: more than pipe and queue hold
  for (int i = 0; i < 10; ++i) writer.push(LogLevel::error, "an error\n");
  int written = 0;
  int dropped = 0;
  int errors = 0;
  while (written + dropped < 5000 || errors < 10) {
    const std::string next = pipe.read_until("\n");
    written += next == line ? 1 : 0;
    errors += next == "an error\n" ? 1 : 0;
    if (next.starts_with("dropped 0 ")) dropped += std::stoi(next.substr(10));
  }
  EXPECT_EQ(written + dropped, 5000);
  EXPECT_EQ(errors, 10) << "errors have room of their own";
  EXPECT_GE(written, 75);
  EXPECT_GT(dropped, 0);
}

TEST(LogWriter, EndsThoughNobodyReads) {
  Pipe pipe;
  LogWriter writer{pipe.writer(), tell};
  for (int i = 0; i < 1000; ++i) writer.push(LogLevel::info, std::string(999, 'x') + '\n');
}

TEST(LogWriter, SurvivesAReaderThatHasGone) {
  Pipe pipe;
  LogWriter writer{pipe.writer(), tell};
  pipe.close_reader();
  for (int i = 0; i < 3; ++i) writer.push(LogLevel::info, "a line\n");
  writer.flush();  // SIGPIPE would have ended this process
}

TEST(LogWriter, SurvivesADescriptorThatIsClosed) {
  LogWriter writer{-1, tell};
  writer.push(LogLevel::info, "a line\n");
  writer.flush();
}

TEST(LogWriter, SurvivesAFullDiskAndSaysSoWhenThereIsRoom) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Pipe pipe;
  {
    LogWriter writer{full, tell};
    writer.push(LogLevel::warning, "a line\n");
    writer.push(LogLevel::info, "a line\n");
    writer.flush();
    ASSERT_EQ(::dup2(pipe.writer(), full), full);
    writer.push(LogLevel::info, "there is room\n");
    EXPECT_EQ(pipe.read_until(" 0\n"), "there is room\ndropped 0 1 1 0\n");
  }
  ::close(full);
}

TEST(LogWriter, SurvivesAFileThatMayNotGrow) {
  std::string name = ::testing::TempDir() + "nano-log-XXXXXX";
  const int file = ::mkstemp(name.data());
  ASSERT_GE(file, 0);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit little{10, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
  {
    LogWriter writer{file, tell};
    writer.push(LogLevel::info, "01234567\n");
    writer.push(LogLevel::info, "a line too long\n");
    writer.flush();  // SIGXFSZ would have ended this process
  }
  EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::close(file);
  ::unlink(name.c_str());
}

TEST(LogWriter, WaitsForADescriptorThatDoesNotBlock) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK), 0);
  LogWriter writer{pipe.writer(), tell};
  const std::string line = std::string(999, 'x') + '\n';
  for (int i = 0; i < 200; ++i) writer.push(LogLevel::info, line);
  const std::string text = pipe.read(200'000);
  EXPECT_EQ(std::ranges::count(text, '\n'), 200);
}

TEST(StandardErrorLog, IsNeverHeldUpByAnotherThreadThatFlushes) {
  // A machine that is held up may let the flush end too early, once; one log that waits for it always does.
  bool logged_meanwhile = false;
  for (int attempt = 0; attempt < 3 && !logged_meanwhile; ++attempt) {
    Pipe pipe;
    const int before = ::dup(STDERR_FILENO);
    ASSERT_EQ(::dup2(pipe.writer(), STDERR_FILENO), STDERR_FILENO);
    {
      const Log log;
      for (int i = 0; i < 200; ++i) log.info(std::string(1000, 'x'));  // more than the pipe holds
      std::latch begins{1};
      std::atomic<bool> flushed = false;
      std::jthread flusher{[&] {
        begins.count_down();
        log.flush();
        flushed = true;
      }};
      begins.wait();
      for (int i = 0; i < 100 && !flushed; ++i) {
        log.info("a line");
        std::this_thread::yield();  // so that the other thread comes to wait meanwhile
      }
      logged_meanwhile = !flushed;
      pipe.close_reader();
    }
    ASSERT_EQ(::dup2(before, STDERR_FILENO), STDERR_FILENO);
    ::close(before);
  }
  EXPECT_TRUE(logged_meanwhile);
}

}  // namespace
}  // namespace nano
