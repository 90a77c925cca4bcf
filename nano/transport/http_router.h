// Internal header. HttpRouter: which handler or folder answers an HTTP request.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/base/function.h"
#include "nano/scheduler/scheduler.h"
#include "nano/transport/http.h"
#include "nano/transport/static_files.h"

namespace nano {

/// Filled before the start; then route() may be called by any thread. The scheduler and the workers must
/// outlive it.
class HttpRouter {
 public:
  /// Takes the response, once; any thread.
  using Reply = Function<void(HttpResponse)>;
  /// Runs on the logic thread.
  using Handler = std::function<void(HttpRequest, Reply)>;

  HttpRouter(Scheduler& scheduler, WorkerPool& workers) : scheduler_(scheduler), workers_(workers) {}

  /// A pattern that ends in '/' takes all paths below it, another one that path alone. Throws
  /// std::invalid_argument unless it begins with '/'.
  void add_handler(std::string pattern, Handler handler);
  void add_files(std::unique_ptr<StaticFiles> files) { folders_.push_back(std::move(files)); }

  bool empty() const { return handlers_.empty() && folders_.empty(); }

  /// The longest pattern or prefix wins; 404 where none fits. Handlers run on the logic thread, files are
  /// read by the workers.
  void route(HttpRequest request, Reply reply) const;

 private:
  struct Entry {
    std::string pattern;
    Handler handler;
    bool matches(std::string_view path) const {
      return pattern.back() == '/' ? path.starts_with(pattern) : path == pattern;
    }
  };
  const Entry* find_handler(std::string_view path) const;
  const StaticFiles* find_folder(std::string_view path) const;

  Scheduler& scheduler_;
  WorkerPool& workers_;
  std::vector<Entry> handlers_;
  std::vector<std::unique_ptr<StaticFiles>> folders_;
};

}  // namespace nano
