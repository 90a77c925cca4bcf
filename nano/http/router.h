// Internal header. HttpRouter: which handler or folder answers an HTTP request.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/http/file_reader.h"
#include "nano/http/message.h"
#include "nano/http/response_writer.h"
#include "nano/http/static_files.h"

namespace nano {

/// Filled before the start; then route() may be called by any thread.
class HttpRouter {
 public:
  /// Runs on the thread of the connection that asks; it must not block, nor throw.
  using Handler = std::function<void(HttpRequest, HttpResponseWriter)>;

  /// A pattern that ends in '/' takes all paths below it, another one that path alone. `timeout` is how long
  /// its answers may take. Throws std::invalid_argument when no request can have that path, or it has a
  /// handler already.
  void add_handler(std::string pattern, Handler handler, Duration timeout = limits::http_answer_timeout);
  /// `reader` reads all files; it outlives the calls of route() and the connections' threads. Throws
  /// std::invalid_argument when another folder has the same prefix.
  void add_files(std::unique_ptr<StaticFiles> files, FileReader& reader);
  /// Of the files in answers.
  FileReader& file_reader() const { return *reader_; }

  /// Destroys what was added, when no thread routes any more.
  void clear() {
    handlers_.clear();
    folders_.clear();
  }

  bool empty() const { return handlers_.empty() && folders_.empty(); }

  /// The longest pattern or prefix wins; 404 where none fits. Files are opened by the reader. Returns how
  /// long the answer may take.
  Duration route(HttpRequest request, HttpResponseWriter reply) const;

 private:
  struct Entry {
    std::string pattern;
    Handler handler;
    Duration timeout;
    bool matches(std::string_view path) const {
      return pattern.back() == '/' ? path.starts_with(pattern) : path == pattern;
    }
  };
  void serve(const StaticFiles& folder, HttpRequest request, HttpResponseWriter reply) const;
  static HttpAnswer serve_now(const StaticFiles& folder, const HttpRequest& request);
  const Entry* find_handler(std::string_view path) const;
  const StaticFiles* find_folder(std::string_view path) const;

  std::vector<Entry> handlers_;
  std::vector<std::unique_ptr<StaticFiles>> folders_;
  FileReader* reader_ = nullptr;  // null without folders
};

}  // namespace nano
