// Public header. HttpServer: a server of HTTP by itself, without an Application.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/base/log.h"
#include "nano/base/task.h"
#include "nano/http/message.h"
#include "nano/http/response_writer.h"

namespace nano {

struct HttpServerOptions {
  /// "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" for all addresses of the machine; port 0 is
  /// the system's choice.
  std::vector<std::string> listen = {"127.0.0.1:8080"};
  std::string tls_certificate = {};  ///< PEM, the chain; with it and its key the server speaks HTTPS
  std::string tls_key = {};          ///< PEM
  /// Each has connections of its own, whose handlers run there.
  int threads = 1;
  /// For requests that are being answered, from stop() on; then they are broken off.
  Duration stop_timeout = limits::shutdown_timeout;
  Log log = Log{};
};

/// Handlers run on the thread of the connection that asks, so they must not block, and what two of them use
/// is guarded, if there are several threads. A handler that throws is answered 500, with a line in the log.
/// Methods: the thread that made it, unless they say otherwise.
class HttpServer {
 public:
  /// Throws std::invalid_argument with a sentence that says what to change.
  explicit HttpServer(HttpServerOptions options = {});
  /// Calls stop().
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// For requests that fit `pattern`, "[METHOD ][host]/path". A segment "{name}" of the path takes any one
  /// segment, which HttpRequest::parameter() tells; a last one "{name...}", or a '/' at the end, all below.
  /// The most specific pattern wins: one with a host, then, from the left, literal segments. Before start().
  /// Throws std::invalid_argument with a sentence when no request fits, or another handler takes the same.
  void handle(std::string pattern, std::function<HttpResponse(const HttpRequest&)> handler);
  /// A handler that takes its time, or streams its answer. It may go on when its client has gone, to end by
  /// itself; at the end of stop() it is destroyed where it waits.
  void handle(std::string pattern, std::function<Task<void>(HttpRequest, HttpResponseWriter)> handler);
  /// The files of a folder, below a path. Before start(). Throws with a sentence that says what to change.
  void serve_files(const std::string& prefix, const std::filesystem::path& folder);

  /// Listens, and returns. Throws std::runtime_error with a sentence when an address is in use.
  void start();
  /// "127.0.0.1:8080", with the ports in use. After start().
  std::vector<std::string> addresses() const;
  /// Takes no more connections, waits for the requests that are being answered, and ends the threads. A
  /// second call does nothing.
  void stop();
  /// Any thread. Whether stop() was called: then streams that would go on for ever end.
  bool stopping() const;
  /// start(), until the process gets SIGINT or SIGTERM, then stop(). Returns 0. Called by a program that has
  /// no other threads yet: they would get the signals.
  int run();

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace nano
