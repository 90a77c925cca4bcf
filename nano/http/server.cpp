#include "nano/http/server.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <pthread.h>
#include <stdexcept>
#include <utility>

#include "nano/base/failure.h"
#include "nano/base/spawned_tasks.h"
#include "nano/http/connection.h"
#include "nano/http/file_reader.h"
#include "nano/http/router.h"
#include "nano/http/static_files.h"
#include "nano/net/io_loop.h"
#include "nano/net/listener.h"
#include "nano/net/socket_connection.h"
#include "nano/net/tls_files.h"

namespace nano {
namespace {

/// One thread with its connections, and what handlers have begun there.
struct Lane {
  Lane(const Clock& clock, const Log& log) : thread(clock), tasks(log) { loop.attach(clock, log, thread); }

  OwnThread thread;
  SpawnedTasks tasks;
  IoLoop loop;
};

struct HttpListenerOptions : ConnectionOptions, HttpOptions {};

}  // namespace

class HttpServer::Machine {
 public:
  explicit Machine(HttpServerOptions its_options);

  void handle(const std::string& pattern, std::function<HttpResponse(const HttpRequest&)> handler);
  void handle(std::string pattern, std::function<Task<void>(HttpRequest, HttpResponseWriter)> handler);
  void serve_files(const std::string& prefix, const std::filesystem::path& folder);
  void start();
  void stop();
  std::vector<std::string> addresses() const;

  const std::shared_ptr<std::atomic<bool>> stopping = std::make_shared<std::atomic<bool>>(false);

 private:
  Lane& lane_of(const IoLoop& loop) const;
  void accept(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote);

  const HttpServerOptions options_;
  SystemClock clock_;
  std::shared_ptr<HttpRouter> router_ = std::make_shared<HttpRouter>();
  std::shared_ptr<HttpListenerOptions> shared_ = std::make_shared<HttpListenerOptions>();
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::shared_ptr<Listener>> listeners_;  // on the lanes' loops
  std::unique_ptr<FileReader> files_;                 // ends before the lanes, to which its jobs answer
  bool running_ = false;
};

HttpServer::Machine::Machine(HttpServerOptions its_options) : options_(std::move(its_options)) {
  if (options_.threads < 1) throw std::invalid_argument("HttpServerOptions::threads: at least one serves");
  if (options_.listen.empty()) throw std::invalid_argument("HttpServerOptions::listen: name an address");
  shared_->router = router_;
  shared_->stopping = stopping;
  shared_->busy = std::make_shared<BusyCount>();
  if (options_.tls_certificate.empty() && options_.tls_key.empty()) return;
  const PemFiles pem{options_.tls_certificate, options_.tls_key, {}, "HttpServerOptions::tls_"};
  pem.check();
  shared_->tls = std::make_shared<TlsContext>(
      TlsContext::server({.certificate_chain = pem.certificate, .private_key = pem.key}));
}

void HttpServer::Machine::handle(const std::string& pattern,
                                 std::function<HttpResponse(const HttpRequest&)> handler) {
  router_->add_handler(pattern, answer_with(options_.log, pattern, std::move(handler)));
}

void HttpServer::Machine::handle(std::string pattern,
                                 std::function<Task<void>(HttpRequest, HttpResponseWriter)> handler) {
  auto answer = [this, pattern, handler = std::move(handler)](HttpRequest request,
                                                              HttpResponseWriter writer) {
    try {
      SpawnedTasks& tasks = lane_of(loop_of(writer)).tasks;
      tasks.spawn(handler(std::move(request), std::move(writer)), {.name = pattern});
    } catch (...) {  // before its first step
      log_failure(options_.log, pattern);
    }
  };
  router_->add_handler(std::move(pattern), std::move(answer));
}

void HttpServer::Machine::serve_files(const std::string& prefix, const std::filesystem::path& folder) {
  auto files = std::make_unique<StaticFiles>(prefix, folder);
  if (!files_) files_ = std::make_unique<FileReader>();
  router_->add_files(std::move(files), *files_);
}

Lane& HttpServer::Machine::lane_of(const IoLoop& loop) const {
  return **std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& lane) { return &lane->loop == &loop; });
}

void HttpServer::Machine::accept(IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote) {
  SocketConnection::open(loop, std::move(socket), remote, shared_, [&](ByteConnection& connection) {
    return std::make_unique<HttpConnection>(connection, loop, *shared_, nullptr);
  });
}

void HttpServer::Machine::start() {
  std::vector<IoLoop*> loops;
  for (int i = 0; i < options_.threads; ++i) {
    lanes_.push_back(std::make_unique<Lane>(clock_, options_.log));
    loops.push_back(&lanes_.back()->loop);
  }
  const AcceptSocket take = [this](IoLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote) {
    accept(loop, std::move(socket), remote);
  };
  for (const std::string& address : options_.listen) {
    for (auto& listener : listen_on(loops, address, take, listeners_)) {
      options_.log.info("listening", {{"address", listener->address()}});
      listeners_.push_back(std::move(listener));
    }
  }
  running_ = true;
  for (const auto& lane : lanes_) lane->loop.start_thread();
  for (const auto& listener : listeners_) listener->start();
}

void HttpServer::Machine::stop() {
  if (!std::exchange(running_, false)) return;
  stopping->store(true);
  for (const auto& listener : listeners_) listener->stop();
  const std::size_t busy = shared_->busy->wait_for_none(options_.stop_timeout);
  if (busy > 0) options_.log.warning("requests broken off", {{"count", busy}});
  for (const auto& lane : lanes_) {
    lane->loop.stop();
    lane->tasks.destroy_all();
  }
  files_.reset();
  listeners_.clear();
  lanes_.clear();
}

std::vector<std::string> HttpServer::Machine::addresses() const {
  std::vector<std::string> all;
  for (const auto& listener : listeners_) all.push_back(listener->address());
  return all;
}

HttpServer::HttpServer(HttpServerOptions options) : machine_(std::make_unique<Machine>(std::move(options))) {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::handle(std::string pattern, std::function<HttpResponse(const HttpRequest&)> handler) {
  machine_->handle(pattern, std::move(handler));
}

void HttpServer::handle(std::string pattern,
                        std::function<Task<void>(HttpRequest, HttpResponseWriter)> handler) {
  machine_->handle(std::move(pattern), std::move(handler));
}

void HttpServer::serve_files(const std::string& prefix, const std::filesystem::path& folder) {
  machine_->serve_files(prefix, folder);
}

void HttpServer::start() { machine_->start(); }

void HttpServer::stop() { machine_->stop(); }

std::vector<std::string> HttpServer::addresses() const { return machine_->addresses(); }

bool HttpServer::stopping() const { return machine_->stopping->load(); }

int HttpServer::run() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // for the threads of start(), too
  start();
  int signal = 0;
  sigwait(&ending, &signal);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);  // another one ends the process at once
  stop();
  return 0;
}

}  // namespace nano
