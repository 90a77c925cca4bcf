// Internal header. HttpHandlers: the handlers of an application for HTTP, as a router calls them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "nano/base/task.h"
#include "nano/http/message.h"
#include "nano/http/router.h"
#include "nano/scheduler/scheduler.h"
#include "nano/session/open_calls.h"

namespace nano {

/// Brings requests to the logic thread, on which the application's handlers run. Outlived by the scheduler
/// and the open calls. Logic thread; what it adds to the router may be called by any thread, while it exists.
class HttpHandlers {
 public:
  HttpHandlers(Scheduler& scheduler, OpenCalls& open_calls)
      : scheduler_(scheduler), open_calls_(open_calls) {}

  const std::shared_ptr<HttpRouter>& router() const { return router_; }

  /// A handler that answers at once. One that throws, or gives a response that cannot be sent, is logged
  /// under `pattern` and answered 500; so is one of the other kinds. They throw as HttpRouter::add_handler().
  void add(const std::string& pattern, std::function<HttpResponse(const HttpRequest&)> function);

  /// A handler that is a coroutine. It is cancelled when nobody waits for its answer any more. While
  /// `requests_max` requests are being answered, further ones get 503; so does one that is given up, which it
  /// is through `open_calls`.
  void add(const std::string& pattern, std::function<Task<HttpResponse>(HttpRequest)> coroutine,
           const HttpHandlerOptions& options);

  /// A coroutine that streams its answer. It hears from the writer when its client has gone. A stop waits for
  /// it as for other coroutines.
  void add(const std::string& pattern, std::function<Task<void>(HttpRequest, HttpResponseWriter)> coroutine,
           const HttpHandlerOptions& options);

  /// From here on, requests are answered 503 and their connections end: whoever asks again asks another
  /// server.
  void stop() { stopped_ = true; }

 private:
  HttpRouter::Handler on_logic_thread(std::function<void(HttpRequest, HttpResponseWriter)> handler);

  Scheduler& scheduler_;
  OpenCalls& open_calls_;
  const std::shared_ptr<HttpRouter> router_ = std::make_shared<HttpRouter>();
  bool stopped_ = false;
};

}  // namespace nano
