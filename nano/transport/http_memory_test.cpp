// What waits for clients of HTTP: bodies that are not read, and files that the disk does not give; and what
// is said to those who ask without need of an answer's body, and to the log.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/http/router.h"
#include "nano/transport/logic_loop.h"
#include "nano/transport/socket_pair_for_tests.h"

namespace nano {
namespace {

constexpr std::size_t body_bytes = std::size_t{1} << 20;

/// An HTTP server without a thread, in the test's time.
class HttpMemory : public ::testing::Test {
 protected:
  HttpMemory() {
    scheduler_.adopt_thread();
    loop_.attach(scheduler_);
    router_->add_handler("/own", [](HttpRequest, HttpResponseWriter reply) {
      reply.send(HttpResponse::text(200, std::string(body_bytes, 'x')));
    });
    router_->add_handler(
        "/shared", [this](HttpRequest, HttpResponseWriter reply) { reply.send(HttpResponse{shared_}); });
    options_.busy = std::make_shared<BusyCount>();
    options_.websocket = true;
    options_.router = router_;
    options_.send_total = std::make_shared<SendTotal>(2 * body_bytes);
  }

  void turn() {
    scheduler_.run_once();
    loop_.wait(TimePoint{});
  }
  /// Turns in which a second each passes; where the loop has other work it does not count as waited for.
  void wait_for_minutes() {
    for (int i = 0; i < 300; ++i) {
      scheduler_.run_once();
      asio::post(loop_.io().context(), [this] { clock_.advance(std::chrono::seconds{1}); });
      loop_.wait(std::nullopt);
    }
  }
  Peer request(const std::string& path) {
    Peer peer = connect_pair(loop_, std::make_shared<const ListenerOptions>(options_));
    peer.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 5; ++i) turn();
    return peer;
  }
  /// Reads what is there: the beginning of the answer.
  static std::string status_of(Peer& peer) { return peer.receive().substr(9, 3); }

  std::vector<std::string> log_;
  ManualClock clock_;
  InlineWorkers workers_;
  LogicLoop loop_;
  Scheduler scheduler_{clock_, loop_, workers_,
                       Log{LogLevel::error, [this](std::string_view line) { log_.emplace_back(line); }}};
  std::shared_ptr<HttpRouter> router_ = std::make_shared<HttpRouter>();
  HttpResponse shared_ = HttpResponse::text(200, std::string(body_bytes, 'x'));
  ListenerOptions options_;
};

TEST_F(HttpMemory, BodiesThatWaitForAllClientsHaveABound) {
  std::vector<Peer> peers;
  for (int i = 0; i < 3; ++i) peers.push_back(request("/own"));
  EXPECT_EQ(options_.send_total->bytes, 2 * body_bytes);
  EXPECT_EQ(status_of(peers[0]), "200");
  EXPECT_EQ(status_of(peers[2]), "503");
}

TEST_F(HttpMemory, OfABodyIsFreeForOthersWhenItIsReadOrItsClientHasGone) {
  std::optional<Peer> gone = request("/own");
  Peer reads = request("/own");
  gone.reset();
  for (int i = 0; i < 100 && options_.send_total->bytes > 0; ++i) {
    reads.receive();
    turn();
  }
  EXPECT_EQ(options_.send_total->bytes, 0u);
  EXPECT_EQ(options_.send_total->clients, 0u);
}

TEST_F(HttpMemory, ABodyThatIsSharedCostsNoneOfItsClients) {
  std::vector<Peer> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(request("/shared"));
  EXPECT_EQ(options_.send_total->bytes, 0u);
  for (Peer& peer : peers) EXPECT_EQ(status_of(peer), "200");
}

TEST_F(HttpMemory, GoesWithTheSocketOfAClientThatDoesNotRead) {
  Peer peer = connect_tcp_pair(loop_, std::make_shared<const ListenerOptions>(options_));
  peer.send("GET /own HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 1000 && options_.send_total->bytes == 0; ++i) {
    scheduler_.run_once();
    loop_.wait(std::chrono::steady_clock::now() + std::chrono::milliseconds{10});
  }
  EXPECT_GT(options_.send_total->bytes, 0u);
  wait_for_minutes();
  EXPECT_EQ(options_.send_total->bytes, 0u);
  EXPECT_TRUE(peer.was_reset()) << "the system keeps nothing, either";
}

TEST_F(HttpMemory, AnswersToHeadHaveNoBodyWhateverTheySay) {
  std::vector<HttpResponseWriter> kept;
  const auto keep = [&](HttpRequest, HttpResponseWriter reply) { kept.push_back(std::move(reply)); };
  router_->add_handler("/never", keep, std::chrono::seconds{1});
  const auto answer_to = [this](std::string_view head) {
    Peer peer = connect_pair(loop_, std::make_shared<const ListenerOptions>(options_));
    peer.send(head);
    wait_for_minutes();
    return peer.receive();
  };
  const std::string late = answer_to("HEAD /never HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(late.starts_with("HTTP/1.1 504 ") && late.ends_with("\r\n\r\n")) << late;
  const std::string refusal = answer_to("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(refusal.starts_with("HTTP/1.1 400 ") && refusal.ends_with("\r\n\r\n")) << refusal;
}

class HttpDisk : public HttpMemory {
 protected:
  HttpDisk() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nano-disk-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream{folder_ / "large"} << std::string(body_bytes, 'x');
    router_->add_files(std::make_unique<StaticFiles>("/files", folder_), reader_);
  }
  ~HttpDisk() override { std::filesystem::remove_all(folder_); }

  /// All pieces that may be in memory: nobody else gets one meanwhile.
  std::vector<FileReader::Piece> all_pieces() {
    std::error_code error;
    const auto file = OpenFile::open(folder_ / "large", error);
    std::vector<FileReader::Piece> pieces;
    for (std::size_t i = 0; i < limits::file_pieces_held; ++i) {
      std::promise<FileReader::Piece> read;
      reader_.read({file, 0, 1}, [&read](FileReader::Piece piece) { read.set_value(std::move(piece)); });
      pieces.push_back(read.get_future().get());
    }
    return pieces;
  }
  /// Turns until so much of the answer has come, or too much real time has passed.
  void receive(Peer& peer, std::size_t bytes) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    for (; received_.size() < bytes && std::chrono::steady_clock::now() < end; received_ += peer.receive()) {
      scheduler_.run_once();
      loop_.wait(std::chrono::steady_clock::now() + std::chrono::milliseconds{10});
    }
  }

  std::filesystem::path folder_;
  std::string received_;
  FileReader reader_;
};

TEST_F(HttpDisk, ThatIsSlowIsNotTheClientsFault) {
  auto pieces = all_pieces();
  Peer peer = request("/files/large");
  receive(peer, 1);
  EXPECT_TRUE(received_.ends_with("\r\n\r\n")) << "of the file there is nothing yet";
  for (int seconds = 0; seconds < 60; ++seconds) {
    scheduler_.run_once();
    clock_.advance(std::chrono::seconds{1});
    loop_.wait(TimePoint{});
  }
  EXPECT_FALSE(peer.at_end());
  pieces.clear();
  receive(peer, body_bytes);
  EXPECT_GT(received_.size(), body_bytes);
}

TEST_F(HttpDisk, FilesThatAreNotServedAreLoggedForEachClientAndNotForEachPath) {
  namespace fs = std::filesystem;
  constexpr int paths = 3 * limits::log_lines_per_source;
  const auto ask = [this](const char* address, int count) {
    Peer peer = connect_pair(loop_, std::make_shared<const ListenerOptions>(options_),
                             {asio::ip::make_address(address), 1});
    for (int i = 0; i < count; ++i) {
      received_.clear();
      peer.send("GET /files/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      receive(peer, 1);
      EXPECT_TRUE(received_.starts_with("HTTP/1.1 403 ")) << received_;
    }
  };
  fs::permissions(folder_, fs::perms::none);
  constexpr uid_t nobody = 65534;
  const uid_t self = ::geteuid();
  if (self == 0) {
    ASSERT_EQ(::seteuid(nobody), 0);
  }
  ask("192.0.2.1", paths);
  EXPECT_EQ(log_.size(), std::size_t{limits::log_lines_per_source});
  ask("192.0.2.2", 1);
  ASSERT_EQ(::seteuid(self), 0);
  fs::permissions(folder_, fs::perms::owner_all);
  ASSERT_EQ(log_.size(), std::size_t{limits::log_lines_per_source} + 1);
  EXPECT_NE(log_.back().find("file not served path=/files/0 error=\"Permission denied\" remote=192.0.2.2:1"),
            std::string::npos)
      << log_.back();
}

}  // namespace
}  // namespace nano
