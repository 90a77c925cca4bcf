#include "benchmark/load/http_post.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "benchmark/load/address.h"
#include "benchmark/load/dialect.h"

namespace nano::benchmark {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr timeval patience{.tv_sec = 5, .tv_usec = 0};

[[noreturn]] void fail(const std::string& what, const std::string& address) {
  throw DialectError(what + " " + address + " failed: " + std::strerror(errno));
}

class Socket {
 public:
  explicit Socket(const std::string& address) : address_(address) {
    const Address parsed = Address::parse(address);
    number_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (number_ < 0) fail("a socket for", address_);
    setsockopt(number_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(number_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(number_, reinterpret_cast<const sockaddr*>(&parsed.number), sizeof parsed.number) != 0) {
      ::close(number_);
      fail("connecting to", address_);
    }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(number_); }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(number_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) fail("a request to", address_);
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  std::string read_all() {
    std::string text;
    std::array<char, 4096> chunk;
    while (true) {
      const ssize_t got = recv(number_, chunk.data(), chunk.size(), 0);
      if (got < 0) fail("reading an answer of", address_);
      if (got == 0) return text;
      text.append(chunk.data(), static_cast<std::size_t>(got));
      if (text.size() > answer_bytes_max) throw DialectError("the server's answer is over 64 KiB");
    }
  }

 private:
  const std::string& address_;
  int number_ = -1;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string http_post(const std::string& address, std::string_view path, std::string_view json) {
  std::string request = "POST " + std::string{path} + " HTTP/1.1\r\nHost: " + address + "\r\n";
  request += "Connection: close\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
  request += "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" + std::string{json};
  Socket socket{address};
  socket.write(request);
  return http_body(socket.read_all());
}

std::string http_body(std::string_view answer) {
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) throw DialectError("the server's answer to a request is cut");
  const std::string_view first_line = answer.substr(0, answer.find("\r\n"));
  const std::string_view body = answer.substr(head_end + 4);
  if (!first_line.starts_with("HTTP/1.1 200")) {
    throw DialectError("the server answers a request with \"" + std::string{first_line} +
                       "\": " + std::string{body.substr(0, 200)});
  }
  std::string head{answer.substr(0, head_end + 2)};
  for (char& c : head) c = lower(c);
  constexpr std::string_view name = "\r\ncontent-length:";
  const std::size_t at = head.find(name);
  if (at == std::string::npos) throw DialectError("the server's answer to a request has no Content-Length");
  std::size_t length = 0;
  const std::size_t digits = head.find_first_not_of(' ', at + name.size());
  std::from_chars(head.data() + digits, head.data() + head.size(), length);
  if (body.size() != length) throw DialectError("the server's answer to a request is cut");
  return std::string{body};
}

}  // namespace nano::benchmark
