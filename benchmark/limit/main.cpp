// The smallest server that does the benchmark's work: one thread, epoll, no framework. Not much that serves
// the same clients with the same system calls can be cheaper, so the others are given as ratios to it. It
// trusts its clients, which no real server may: there are no limits, no timeouts and no heartbeats, a
// WebSocket frame holds whole packets, protobuf messages are sent back without a look inside, and a request
// of HTTP is answered with the same 64 bytes whatever it asks for.

#include <array>
#include <cerrno>
#include <cstdio>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "benchmark/limit/packets.h"
#include "benchmark/limit/process.h"

namespace nano::limit {
namespace {

struct Client {
  int socket = -1;
  bool is_listener = false;
  bool websocket = false;
  bool upgraded = false;  // the HTTP part of a WebSocket is over
  bool joined = false;
  std::string unfinished = {};  // came, but not yet whole
  std::string unsent = {};
};

class Server {
 public:
  void listen_on_loopback(bool websocket) {
    const auto [socket, port] = nano::limit::listen_on_loopback(SOCK_NONBLOCK);
    auto* listener = new Client{.socket = socket, .is_listener = true, .websocket = websocket};
    std::printf("%s 127.0.0.1:%d\n", websocket ? "websocket" : "tcp", port);
    watch(*listener, EPOLLIN, EPOLL_CTL_ADD);
  }

  void run() {
    std::array<epoll_event, 1024> events;
    while (stopping == 0) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        auto& client = *static_cast<Client*>(events[i].data.ptr);
        if (client.is_listener) {
          accept_one(client);
        } else if ((events[i].events & EPOLLOUT) != 0 && !flush(client)) {
          continue;  // what it asks is read when it has read the answers
        } else if (!on_readable(client)) {
          forget(client);
        }
      }
    }
  }

 private:
  void watch(Client& client, std::uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &client;
    epoll_ctl(epoll_, operation, client.socket, &event);
  }

  void accept_one(const Client& listener) {
    const int socket = accept4(listener.socket, nullptr, nullptr, SOCK_NONBLOCK);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(*new Client{.socket = socket, .websocket = listener.websocket}, EPOLLIN, EPOLL_CTL_ADD);
  }

  void forget(Client& client) {
    close(client.socket);
    std::erase(room_, &client);
    delete &client;
  }

  /// False: the connection is over.
  bool on_readable(Client& client) {
    const ssize_t count = recv(client.socket, buffer_.data(), buffer_.size(), 0);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    Bytes bytes{buffer_.data(), static_cast<std::size_t>(count)};
    std::string joined;
    if (!client.unfinished.empty()) {
      joined = std::move(client.unfinished);
      joined.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      bytes = {reinterpret_cast<std::uint8_t*>(joined.data()), joined.size()};
    }
    out_.clear();
    const std::size_t used = client.websocket ? on_websocket_bytes(client, bytes) : on_packets(client, bytes);
    if (used > bytes.size()) return false;
    client.unfinished.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
    send_to(client, out_);
    return true;
  }

  // How many of the bytes were used; more than there are: close the connection.
  static constexpr std::size_t broken = SIZE_MAX;

  std::size_t on_websocket_bytes(Client& client, Bytes bytes) {
    std::size_t at = 0;
    while (!client.upgraded) {
      const std::string_view text{reinterpret_cast<const char*>(bytes.data()) + at, bytes.size() - at};
      const std::size_t end = text.find("\r\n\r\n");
      if (end == std::string_view::npos) return at;
      client.upgraded = upgrade(text.substr(0, end));
      if (!client.upgraded) out_ += http_answer;
      at += end + 4;
    }
    while (at < bytes.size()) {
      const Frame frame = take_frame(bytes.subspan(at));
      if (frame.whole_bytes == 0) break;
      constexpr std::uint8_t binary = 2;
      if (frame.opcode != binary) return broken;
      const Bytes packets{reinterpret_cast<std::uint8_t*>(const_cast<char*>(frame.payload.data())),
                          frame.payload.size()};
      if (on_packets(client, packets) != packets.size()) return broken;
      at += frame.whole_bytes;
    }
    return at;
  }

  static constexpr std::string_view http_answer =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n"
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

  /// False: it is a request for something else than a WebSocket.
  bool upgrade(std::string_view head) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t start = head.find(name);
    if (start == std::string_view::npos) return false;
    // RFC 6455, section 4.2.2
    const std::string key =
        std::string{head.substr(start + name.size(), 24)} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
    std::array<unsigned char, 32> accept{};
    EVP_EncodeBlock(accept.data(), digest.data(), digest.size());
    out_ +=
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Accept: ";
    out_ += reinterpret_cast<const char*>(accept.data());
    out_ += "\r\n\r\n";
    return true;
  }

  std::size_t on_packets(Client& client, Bytes bytes) {
    std::size_t at = 0;
    while (bytes.size() - at >= 4) {
      const std::size_t body = static_cast<std::size_t>(bytes[at + 1]) << 16 |
                               static_cast<std::size_t>(bytes[at + 2]) << 8 | bytes[at + 3];
      if (bytes.size() - at - 4 < body) break;
      const std::string_view text{reinterpret_cast<const char*>(&bytes[at]) + 4, body};
      if (bytes[at] == data && !on_message(client, text)) return broken;
      if (bytes[at] == handshake) append_packet(client, handshake, R"({"code":200,"sys":{"heartbeat":30}})");
      if (bytes[at] == handshake_ack) append_packet(client, heartbeat, "");
      at += 4 + body;
    }
    return at;
  }

  bool on_message(Client& client, std::string_view body) {
    Message message;
    if (!parse(body, message)) return false;
    if (message.type == request) {
      if (message.route == "Bench.Join") room_.push_back(&client);
      start_packet(client, 1 + message.id.size() + message.payload.size());
      out_ += '\x04';  // a response
      out_ += message.id;
      out_ += message.payload;
    } else if (message.route == "Bench.Say") {
      broadcast(message.payload);
    } else {
      append_push(client, message.route == "Bench.Ping" ? "pong" : "onEcho", message.payload);
    }
    return true;
  }

  void broadcast(std::string_view payload) {
    const std::string answers = std::exchange(out_, {});
    std::array<std::string, 2> packets;  // for TCP, for WebSocket
    for (Client* member : room_) {
      std::string& packet = packets[member->websocket ? 1 : 0];
      if (packet.empty()) {
        out_.clear();
        append_push(*member, "onSay", payload);
        packet = out_;
      }
      send_to(*member, packet);
    }
    out_ = answers;
  }

  void append_push(const Client& client, std::string_view route, std::string_view payload) {
    start_packet(client, 2 + route.size() + payload.size());
    out_ += '\x06';  // a push
    out_ += static_cast<char>(route.size());
    out_ += route;
    out_ += payload;
  }

  void append_packet(const Client& client, PacketType type, std::string_view body) {
    if (client.websocket) append_frame_header(out_, 4 + body.size());
    append_header(out_, type, body.size());
    out_ += body;
  }

  void start_packet(const Client& client, std::size_t body_bytes) {
    if (client.websocket) append_frame_header(out_, 4 + body_bytes);
    append_header(out_, data, body_bytes);
  }

  void send_to(Client& client, std::string_view bytes) {
    if (bytes.empty()) return;
    std::size_t sent = 0;
    if (client.unsent.empty()) {
      const ssize_t count = send(client.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count > 0) sent = static_cast<std::size_t>(count);
    }
    if (sent == bytes.size()) return;
    if (client.unsent.empty()) watch(client, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    client.unsent += bytes.substr(sent);
  }

  /// False: some is still unsent.
  bool flush(Client& client) {
    const ssize_t count = send(client.socket, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
    if (count > 0) client.unsent.erase(0, static_cast<std::size_t>(count));
    if (!client.unsent.empty()) return false;
    watch(client, EPOLLIN, EPOLL_CTL_MOD);
    return true;
  }

  int epoll_ = epoll_create1(0);
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(65536);
  std::string out_;  // answers to what one read brought
  std::vector<Client*> room_;
};

}  // namespace
}  // namespace nano::limit

int main() {
  nano::limit::prepare_process();
  try {
    nano::limit::Server server;
    server.listen_on_loopback(false);
    server.listen_on_loopback(true);
    std::puts("ready");
    std::fflush(stdout);
    server.run();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "nano-bench-limit: %s\n", failure.what());
    return 1;
  }
}
