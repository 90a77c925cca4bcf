// Two bare echo servers that differ in nothing but how they ask the kernel: epoll with recv() and send(), or
// io_uring. What the one costs in CPU time, as a ratio to the other, is what a second backend could win.
//
//   nano-bench-echo epoll|io_uring [--check]
//
// Prints "tcp 127.0.0.1:PORT" and "ready", and ends on SIGTERM. With --check it only says whether it could
// run. Exit codes: 0; 1 for a failure; 2 for wrong arguments; 3 where io_uring is not permitted.

#include <array>
#include <cerrno>
#include <cstdio>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "benchmark/limit/echo.h"
#include "benchmark/limit/process.h"

namespace nano::limit {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_wrong_arguments = 2;
constexpr int exit_not_permitted = 3;

int listen_and_say_where() {
  const auto [listener, port] = listen_on_loopback(0);
  const int on = 1;
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // the sockets of clients inherit it
  std::printf("tcp 127.0.0.1:%d\nready\n", port);
  std::fflush(stdout);
  return listener;
}

void watch(int epoll, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

/// False: the connection is over.
bool echo_once(int socket, std::vector<char>& buffer) {
  const ssize_t count = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN;
  return count > 0 &&
         send(socket, buffer.data(), static_cast<std::size_t>(count), MSG_DONTWAIT | MSG_NOSIGNAL) == count;
}

int run(std::string_view backend, bool only_check) {
  const bool uring = backend == "io_uring";
  if (uring) check_io_uring();
  if (only_check) return 0;
  prepare_process();
  const int listener = listen_and_say_where();
  uring ? echo_over_io_uring(listener) : echo_over_epoll(listener);
  return 0;
}

}  // namespace

bool stop_asked() { return stopping != 0; }

void echo_over_epoll(int listener) {
  const int epoll = epoll_create1(0);
  watch(epoll, listener);
  std::vector<char> buffer(65536);
  std::array<epoll_event, 1024> events;
  while (!stop_asked()) {
    const int count = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int socket = events[i].data.fd;
      if (socket == listener) {
        const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (accepted >= 0) watch(epoll, accepted);
      } else if (!echo_once(socket, buffer)) {
        close(socket);
      }
    }
  }
}

}  // namespace nano::limit

int main(int argc, char** argv) {
  using namespace nano::limit;
  const std::string_view backend = argc > 1 ? argv[1] : "";
  const bool only_check = argc > 2 && std::string_view{argv[2]} == "--check";
  if ((backend != "epoll" && backend != "io_uring") || argc > (only_check ? 3 : 2)) {
    std::fputs("usage: nano-bench-echo epoll|io_uring [--check]\n", stderr);
    return exit_wrong_arguments;
  }
  try {
    return run(backend, only_check);
  } catch (const NotPermitted& why) {
    std::fprintf(stderr, "nano-bench-echo: %s\n", why.what());
    return exit_not_permitted;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "nano-bench-echo: %s\n", failure.what());
    return exit_failed;
  }
}
