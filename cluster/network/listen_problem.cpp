#include "cluster/network/listen_problem.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nano::cluster {
namespace {

std::string try_to_listen(const addrinfo& address) {
  const int socket = ::socket(address.ai_family, address.ai_socktype, address.ai_protocol);
  if (socket < 0) return std::strerror(errno);
  const int on = 1;
  (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool works = ::bind(socket, address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket, 1) == 0;
  std::string problem = works ? "" : std::strerror(errno);
  ::close(socket);
  return problem;
}

}  // namespace

std::string why_not_listening(const std::string& host, const std::string& port) {
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  const std::string bare = in_brackets ? host.substr(1, host.size() - 2) : host;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(bare.empty() ? nullptr : bare.c_str(), port.c_str(), &hints, &found);
  if (failure != 0) return ::gai_strerror(failure);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
  std::string problem;
  for (const addrinfo* address = found; address && problem.empty(); address = address->ai_next) {
    problem = try_to_listen(*address);
  }
  return problem;
}

}  // namespace nano::cluster
