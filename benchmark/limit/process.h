// Internal header. What the programs of this folder have in common: how they listen, and how they end.
#pragma once

#include <arpa/inet.h>
#include <csignal>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>

namespace nano::limit {

/// Set by SIGTERM and SIGINT, from prepare_process() on.
inline volatile std::sig_atomic_t stopping = 0;

/// Asks for all the open files it may have.
inline void prepare_process() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = 1; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

struct LoopbackListener {
  int socket;
  int port;
};

/// On a port of the system's choice. `flags` beside SOCK_STREAM. Throws std::runtime_error.
inline LoopbackListener listen_on_loopback(int flags) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | flags, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, SOMAXCONN) != 0) {
    throw std::runtime_error("cannot listen");
  }
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return {listener, ntohs(address.sin_port)};
}

}  // namespace nano::limit
