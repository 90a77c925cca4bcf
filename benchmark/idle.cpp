// Measures the memory that idle connections cost a server: starts it, connects, and compares the server's
// anonymous memory (RssAnon, what its heap and stacks really occupy) with and without them.
//
//   nano-bench-idle CONNECTIONS SERVER_PROGRAM [SERVER_ARGUMENT ...]

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "protocol/packet.h"

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// The server as a child process; ended with this object.
class Server {
 public:
  explicit Server(char** command) {
    std::array<int, 2> output{};
    if (pipe(output.data()) != 0) fail("pipe");
    pid_ = fork();
    if (pid_ < 0) fail("fork");
    if (pid_ == 0) {
      dup2(output[1], STDOUT_FILENO);
      close(output[0]);
      close(output[1]);
      execv(command[0], command);
      _exit(127);
    }
    close(output[1]);
    lines_.reset(fdopen(output[0], "r"));
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }

  /// The port in the server's line "tcp 127.0.0.1:PORT".
  std::uint16_t tcp_port() {
    std::array<char, 256> line{};
    while (std::fgets(line.data(), line.size(), lines_.get())) {
      unsigned port = 0;
      if (std::sscanf(line.data(), "tcp 127.0.0.1:%u", &port) == 1) return static_cast<std::uint16_t>(port);
    }
    throw std::runtime_error("the server did not print its TCP address");
  }

  long anonymous_kib() const {
    std::ifstream status{"/proc/" + std::to_string(pid_) + "/status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("RssAnon:")) return std::atol(line.c_str() + 8);
    }
    throw std::runtime_error("no RssAnon in the server's status");
  }

 private:
  struct Close {
    void operator()(FILE* file) const { std::fclose(file); }
  };

  pid_t pid_ = 0;
  std::unique_ptr<FILE, Close> lines_;
};

/// A connection of which the handshake is done.
int connect_client(std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  if (client < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");

  const auto exchange = [client](nano::protocol::PacketType send_type, nano::protocol::PacketType awaited) {
    const auto packet = nano::protocol::encode_packet(send_type, {});
    if (send(client, packet.data(), packet.size(), 0) != static_cast<ssize_t>(packet.size())) fail("send");
    nano::protocol::PacketDecoder decoder;
    for (bool found = false; !found;) {
      std::array<std::uint8_t, 4096> bytes{};
      const ssize_t count = recv(client, bytes.data(), bytes.size(), 0);
      if (count <= 0) fail("recv");
      decoder.feed({bytes.data(), static_cast<std::size_t>(count)},
                   [&](const nano::protocol::Packet& got) { found |= got.type == awaited; });
    }
  };
  exchange(nano::protocol::PacketType::handshake, nano::protocol::PacketType::handshake);
  exchange(nano::protocol::PacketType::handshake_ack, nano::protocol::PacketType::heartbeat);
  return client;
}

int measure(int connections, char** command) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, static_cast<rlim_t>(connections) + 200);
  setrlimit(RLIMIT_NOFILE, &files);

  Server server{command};
  const std::uint16_t port = server.tcp_port();
  std::vector<int> clients;
  // The first connections pay for what all share: buffers, tables, the allocator's pools.
  constexpr int warm_up = 100;
  for (int i = 0; i < warm_up; ++i) clients.push_back(connect_client(port));
  const long before_kib = server.anonymous_kib();
  for (int i = 0; i < connections; ++i) clients.push_back(connect_client(port));
  const long after_kib = server.anonymous_kib();
  std::printf("%d idle TCP connections: %ld KiB of server memory, %.0f bytes each\n", connections,
              after_kib - before_kib, static_cast<double>(after_kib - before_kib) * 1024 / connections);
  for (const int client : clients) close(client);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int connections = argc > 2 ? std::atoi(argv[1]) : 0;
  if (connections < 1 || connections > 1'000'000) {
    std::fprintf(stderr, "usage: %s CONNECTIONS SERVER_PROGRAM [SERVER_ARGUMENT ...]\n", argv[0]);
    return 2;
  }
  try {
    return measure(connections, argv + 2);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s: %s\n", argv[0], failure.what());
    return 1;
  }
}
