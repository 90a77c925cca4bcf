#include "tests/sockets/http_client.h"

#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <system_error>

namespace nano::sockets {

namespace fs = std::filesystem;

std::string get_request(std::string_view target, std::string_view headers) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + std::string{headers} + "\r\n";
}

HttpAnswer HttpClient::answer(bool to_head) {
  HttpAnswer answer;
  std::size_t head_end = 0;
  while ((head_end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (socket_.receive(pending_) != Received::bytes) return answer;
  }
  answer.head = pending_.substr(0, head_end + 2);
  pending_.erase(0, head_end + 4);
  const std::string_view length_name = "\r\nContent-Length: ";
  const std::size_t length_at = answer.head.find(length_name);
  std::size_t body_bytes = 0;
  if (length_at != std::string::npos && !to_head) {
    body_bytes = std::stoul(answer.head.substr(length_at + length_name.size()));
  }
  while (pending_.size() < body_bytes) {
    if (socket_.receive(pending_) != Received::bytes) return answer;
  }
  answer.body = pending_.substr(0, body_bytes);
  pending_.erase(0, body_bytes);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ') + 1));
  return answer;
}

HttpAnswer HttpClient::get(std::string_view target) {
  send(get_request(target));
  return answer();
}

WebFolder::WebFolder() {
  std::string pattern = (fs::temp_directory_path() / "nano-web-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder for the test's files");
  top_ = pattern;
  fs::create_directory(top_ / "www");
  const auto write = [this](const char* name, std::string_view content) {
    std::ofstream{top_ / name} << content;
  };
  write("secret.txt", "secret");
  write("www/index.html", "<p>hello</p>");
  write("www/app.js", "export {};");
  write("www/large.bin", std::string(large_file_bytes, 'L'));
  fs::create_symlink(top_ / "secret.txt", top_ / "www" / "link.txt");
}

WebFolder::~WebFolder() {
  std::error_code ignored;
  fs::remove_all(top_, ignored);
}

}  // namespace nano::sockets
