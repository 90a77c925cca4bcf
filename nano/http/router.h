// Internal header. HttpRouter: which handler or folder answers an HTTP request.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/base/log.h"
#include "nano/http/file_reader.h"
#include "nano/http/message.h"
#include "nano/http/response_writer.h"
#include "nano/http/route_tree.h"
#include "nano/http/static_files.h"

namespace nano {

/// Filled before the start; then route() may be called by any thread.
class HttpRouter {
 public:
  /// Runs on the thread of the connection that asks; it must not block, nor throw.
  using Handler = std::function<void(HttpRequest, HttpResponseWriter)>;

  /// `pattern` as HttpRoutePattern says. `timeout` is how long its answers may take. Throws
  /// std::invalid_argument when no request can fit the pattern, or a handler of another takes the same ones.
  void add_handler(std::string pattern, Handler handler, Duration timeout = limits::http_answer_timeout);
  /// Answers GET and HEAD, after the handlers of the same paths. `reader` reads all files; it outlives the
  /// calls of route() and the connections' threads. Throws std::invalid_argument when another folder has the
  /// same prefix.
  void add_files(std::unique_ptr<StaticFiles> files, FileReader& reader);
  /// Of the files in answers.
  FileReader& file_reader() const { return *reader_; }

  /// Destroys what was added, when no thread routes any more.
  void clear() {
    tree_ = {};
    entries_.clear();
  }

  bool empty() const { return entries_.empty(); }

  /// The most specific pattern wins (HttpRouteTree says which that is); 404 where none fits, 405 where those
  /// that fit have other methods. OPTIONS that no handler takes is answered with the methods there are; a GET
  /// handler answers HEAD. Files are opened by the reader. Returns how long the answer may take.
  Duration route(HttpRequest request, HttpResponseWriter reply) const;

 private:
  /// Either a handler or a folder.
  struct Entry {
    Handler handler;
    Duration timeout;
    std::unique_ptr<StaticFiles> folder;
  };
  void serve(const StaticFiles& folder, HttpRequest request, HttpResponseWriter reply) const;
  static HttpAnswer serve_now(const StaticFiles& folder, const HttpRequest& request);
  HttpResponse answer_without_route(const HttpRequest& request,
                                    const std::set<std::string_view>& methods) const;
  std::set<std::string_view> all_methods() const;

  HttpRouteTree tree_;
  std::vector<Entry> entries_;
  FileReader* reader_ = nullptr;  // null without folders
};

/// The handler that a function makes. If that throws, or gives a response that cannot be sent, it is logged
/// under `name`, and the client is answered 500. `log` outlives it.
HttpRouter::Handler answer_with(const Log& log, std::string name,
                                std::function<HttpResponse(const HttpRequest&)> function);

}  // namespace nano
