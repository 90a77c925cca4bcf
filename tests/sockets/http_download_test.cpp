// Large files over real sockets.

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sockets/http_client.h"
#include "tests/sockets/parameters.h"

namespace nano::sockets {
namespace {

class HttpDownloads : public OnIoThreads {
 protected:
  /// Reads the head of the answer and a little more.
  static std::string begin_of_answer(HttpClient& client) {
    std::string begin;
    while (begin.size() < 1000 && client.socket().receive(begin) == Received::bytes) {
    }
    return begin;
  }
  std::string large_file() const { return folder_.path() + "/large.bin"; }

  WebFolder folder_;
  Server server_{{.io_threads = io_threads(),
                  .configure = [this](Application& app) { app.serve_files("/", folder_.path()); }}};
};
INSTANTIATE_TEST_SUITE_P(Sockets, HttpDownloads, each_io_threads(), io_threads_name);

/// Else those who wait for a place would wait for as long as somebody cares not to read.
TEST_P(HttpDownloads, OfClientsThatDoNotReadHoldNoPieces) {
  std::vector<HttpClient> lazy;
  for (std::size_t i = 0; i < 2 * limits::file_pieces_held; ++i) {
    lazy.emplace_back(server_, i % 8 == 0);
    lazy.back().socket().shrink_receive_buffer();
    lazy.back().send(get_request("/large.bin"));
    EXPECT_TRUE(begin_of_answer(lazy.back()).starts_with("HTTP/1.1 200 "));
  }
  for (const bool tls : {false, true}) {
    EXPECT_EQ(HttpClient(server_, tls).get("/large.bin").body.size(), WebFolder::large_file_bytes);
  }
}

TEST_P(HttpDownloads, FollowEachOtherOnOneConnection) {
  for (const bool tls : {false, true}) {
    HttpClient client{server_, tls};
    client.send(get_request("/large.bin") + get_request("/app.js") + get_request("/large.bin"));
    EXPECT_EQ(client.answer().body, std::string(WebFolder::large_file_bytes, 'L'));
    EXPECT_EQ(client.answer().body, "export {};");
    EXPECT_EQ(client.answer().body.size(), WebFolder::large_file_bytes);
  }
}

TEST_P(HttpDownloads, OfAFileThatIsCutEndWithTheConnection) {
  HttpClient client{server_};
  client.socket().shrink_receive_buffer();
  client.send(get_request("/large.bin"));
  std::string answer = begin_of_answer(client);
  std::filesystem::resize_file(large_file(), 1);
  answer += client.socket().receive_all();
  EXPECT_NE(client.socket().last(), Received::nothing);
  EXPECT_LT(answer.size(), WebFolder::large_file_bytes);
  EXPECT_TRUE(server_.log().wait_for("download broken off"));
}

TEST_P(HttpDownloads, OfAFileThatGrowsEndWhereItEndedAtTheBeginning) {
  HttpClient client{server_};
  client.socket().shrink_receive_buffer();
  client.send(get_request("/large.bin", "Connection: close\r\n"));
  std::string answer = begin_of_answer(client);
  std::filesystem::resize_file(large_file(), 2 * WebFolder::large_file_bytes);
  answer += client.socket().receive_all();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, WebFolder::large_file_bytes);
}

TEST_P(HttpDownloads, GiveThePartThatIsAskedFor) {
  HttpClient client{server_};
  client.send(get_request("/large.bin", "Range: bytes=5-1000004\r\n"));
  const HttpAnswer part = client.answer();
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.has("Content-Range: bytes 5-1000004/16777216")) << part.head;
  EXPECT_EQ(part.body.size(), 1'000'000u);
  EXPECT_EQ(client.get("/app.js").body, "export {};");
}

TEST_P(HttpDownloads, AreClosedWithTheClient) {
  std::vector<HttpClient> gone;
  for (int i = 0; i < 10; ++i) {
    gone.emplace_back(server_, i % 2 == 1).send(get_request("/large.bin"));
    begin_of_answer(gone.back());
  }
  gone.clear();
  const auto opened = [this] {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
      std::error_code closed;
      if (std::filesystem::read_symlink(entry, closed) == large_file()) ++count;
    }
    return count;
  };
  EXPECT_TRUE(server_.wait_until([&](Application&) { return opened() == 0; }));
}

}  // namespace
}  // namespace nano::sockets
