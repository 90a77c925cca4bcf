#include "tests/sockets/process.h"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "tests/sockets/time_limit.h"

namespace nano::sockets {

Process::Process(const std::string& program, std::vector<std::string> arguments,
                 const std::function<void()>& prepare) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::vector<char*> pointers{const_cast<char*>(program.c_str())};
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    if (prepare) prepare();
    ::execv(program.c_str(), pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
  if (pid_ < 0) throw std::runtime_error("fork");
}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(pipe_);
}

bool Process::read_more() {
  pollfd readable{pipe_, POLLIN, 0};
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(time_limit).count();
  if (::poll(&readable, 1, static_cast<int>(limit_ms)) != 1) {
    throw std::runtime_error("it hangs after: " + output_);
  }
  std::array<char, 4096> buffer{};
  const ssize_t bytes = ::read(pipe_, buffer.data(), buffer.size());
  if (bytes > 0) output_.append(buffer.data(), static_cast<std::size_t>(bytes));
  return bytes > 0;
}

std::string Process::wait_for_line(std::string_view begin) {
  while (true) {
    for (std::size_t at = 0, end = 0; (end = output_.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string_view line = std::string_view{output_}.substr(at, end - at);
      if (line.starts_with(begin)) return std::string{line.substr(begin.size())};
    }
    if (!read_more()) throw std::runtime_error("no such line in: " + output_);
  }
}

void Process::wait_for_text(std::string_view text) {
  while (output_.find(text) == std::string::npos) {
    if (!read_more()) throw std::runtime_error("no \"" + std::string{text} + "\" in: " + output_);
  }
}

int Process::wait_for_end() {
  while (read_more()) {
  }
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Process::signal(int number) const { ::kill(pid_, number); }

}  // namespace nano::sockets
