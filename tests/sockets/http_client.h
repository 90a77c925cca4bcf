// Internal header. For tests: an HTTP/1.1 client that keeps its connection, and a folder of files for it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "tests/sockets/socket.h"

namespace nano::sockets {

struct HttpAnswer {
  int status = 0;  ///< 0: the connection ended before the answer was whole
  std::string head = {};
  std::string body = {};

  bool has(std::string_view header_line) const {
    return head.find("\r\n" + std::string{header_line} + "\r\n") != std::string::npos;
  }
};

class HttpClient {
 public:
  explicit HttpClient(Server& server, bool tls = false)
      : socket_(server, tls ? Transport::websocket_tls : Transport::websocket) {}

  bool send(std::string_view bytes) { return socket_.send(bytes); }
  /// The next answer; that to a HEAD request has no body.
  HttpAnswer answer(bool to_head = false);
  HttpAnswer get(std::string_view target);
  /// Whether the server ends the connection, in an orderly way and without another byte.
  bool ended() {
    return pending_.empty() && socket_.receive_all().empty() && socket_.last() == Received::end;
  }
  /// What comes after the last answer until the server ends the connection.
  std::string rest() { return std::exchange(pending_, {}) + socket_.receive_all(); }
  Socket& socket() { return socket_; }

 private:
  Socket socket_;
  std::string pending_;
};

std::string get_request(std::string_view target, std::string_view headers = "");

/// A folder "www" with files, beside a file that must not be served. Removed with the object.
class WebFolder {
 public:
  static constexpr std::size_t large_file_bytes = std::size_t{16} << 20;

  WebFolder();
  ~WebFolder();
  WebFolder(const WebFolder&) = delete;
  WebFolder& operator=(const WebFolder&) = delete;

  std::string path() const { return (top_ / "www").string(); }

 private:
  std::filesystem::path top_;
};

}  // namespace nano::sockets
