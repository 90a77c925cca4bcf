#include "nano/application/signal_pipe.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace nano {
namespace {

constexpr std::array<int, 4> signals{SIGINT, SIGTERM, SIGHUP, SIGPIPE};

/// What the system does with a signal is one thing for a whole process, and a handler gets no argument: so
/// this is the process's, too.
struct Dispositions {
  std::mutex mutex;
  std::size_t pipes = 0;
  std::array<struct sigaction, signals.size()> before{};

  // The handler's.
  std::atomic<pid_t> process{0};
  std::array<std::atomic<int>, 64> writing_ends{};  // one more than the descriptor; 0: none
  std::array<std::atomic<bool>, 64> resting{};
  std::atomic<int> handlers_running{0};
};

Dispositions& dispositions() {
  static Dispositions only;
  return only;
}

void write_byte(int descriptor, int number) {
  const auto byte = static_cast<std::uint8_t>(number);
  // A pipe that is full holds more signals than anyone counts.
  [[maybe_unused]] const ssize_t written = ::write(descriptor, &byte, 1);
}

extern "C" void nano_on_signal(int number) {
  const int error_before = errno;
  Dispositions& all = dispositions();
  if (::getpid() == all.process.load()) {
    all.handlers_running.fetch_add(1);
    bool all_rest = true;
    for (std::size_t i = 0; i < all.writing_ends.size(); ++i) {
      if (all.writing_ends[i].load() != 0 && !all.resting[i].load()) all_rest = false;
    }
    for (std::size_t i = 0; i < all.writing_ends.size(); ++i) {
      const int descriptor = all.writing_ends[i].load() - 1;
      if (descriptor >= 0 && (all_rest || !all.resting[i].load())) write_byte(descriptor, number);
    }
    all.handlers_running.fetch_sub(1);
  } else {  // a child shares the pipes, which are its parent's
    ::signal(number, SIG_DFL);
    ::raise(number);
  }
  errno = error_before;
}

bool is_ours(const struct sigaction& action) {
  return action.sa_handler == &nano_on_signal || action.sa_handler == SIG_IGN;
}

void install(Dispositions& all) {
  all.process = ::getpid();
  for (std::size_t i = 0; i < signals.size(); ++i) {
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = signals[i] == SIGPIPE ? SIG_IGN : &nano_on_signal;
    ::sigaction(signals[i], nullptr, &all.before[i]);
    const bool ignored = all.before[i].sa_handler == SIG_IGN;
    const bool own_handling = signals[i] == SIGPIPE && all.before[i].sa_handler != SIG_DFL;
    if ((signals[i] == SIGHUP && ignored) || own_handling) continue;
    ::sigaction(signals[i], &action, nullptr);
  }
}

void restore(Dispositions& all) {
  for (std::size_t i = 0; i < signals.size(); ++i) {
    struct sigaction now {};
    ::sigaction(signals[i], nullptr, &now);
    if (is_ours(now)) ::sigaction(signals[i], &all.before[i], nullptr);
  }
}

}  // namespace

SignalPipe::SignalPipe() {
  Dispositions& all = dispositions();
  const std::lock_guard lock{all.mutex};
  const auto free = std::find(all.writing_ends.begin(), all.writing_ends.end(), 0);
  if (free == all.writing_ends.end() || ::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::runtime_error("The system gives no pipe for signals: too many files are open.");
  }
  place_ = static_cast<std::size_t>(free - all.writing_ends.begin());
  all.resting[place_] = false;
  *free = ends_[1] + 1;
  if (all.pipes++ == 0) install(all);
}

SignalPipe::~SignalPipe() {
  Dispositions& all = dispositions();
  const std::lock_guard lock{all.mutex};
  if (--all.pipes == 0) restore(all);
  all.writing_ends[place_] = 0;
  // On another thread a handler may have read the descriptor and not yet used it.
  while (all.handlers_running.load() != 0) std::this_thread::yield();
  for (const int end : ends_) ::close(end);
}

void SignalPipe::rest() { dispositions().resting[place_] = true; }

std::optional<int> SignalPipe::read() {
  std::uint8_t byte = 0;
  return ::read(ends_[0], &byte, 1) == 1 ? std::optional{int{byte}} : std::nullopt;
}

void SignalPipe::wake() { write_byte(ends_[1], 0); }

}  // namespace nano
