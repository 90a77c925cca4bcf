// Internal header. For tests: a client's socket that waits for what it asks for.
#pragma once

#include <array>
#include <cstdlib>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace nano {

class HttpClient {
 public:
  /// Of a server on 127.0.0.1.
  explicit HttpClient(const std::string& address) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("nobody listens on " + address);
    }
  }
  ~HttpClient() { close(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpClient& ask(std::string_view path, std::string_view headers = "") {
    const std::string request =
        "GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n" + std::string{headers} + "\r\n";
    ::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL);
    return *this;
  }
  /// All until this was read, or the end.
  std::string read_until(std::string_view end) {
    while (!heard_.ends_with(end) && read_some()) {
    }
    return std::exchange(heard_, {});
  }
  std::string read_to_end() {
    while (read_some()) {
    }
    return std::exchange(heard_, {});
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  bool read_some() {
    std::array<char, 65536> buffer;
    const ssize_t bytes = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (bytes > 0) heard_.append(buffer.data(), static_cast<std::size_t>(bytes));
    return bytes > 0;
  }

  int descriptor_;
  std::string heard_;
};

}  // namespace nano
