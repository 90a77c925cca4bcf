// Internal header. HttpHandlers: the handlers of an application for HTTP, as a router calls them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "nano/base/task.h"
#include "nano/http/message.h"
#include "nano/http/router.h"
#include "nano/scheduler/scheduler.h"
#include "nano/session/open_calls.h"

namespace nano {

/// Brings requests to the logic thread, on which the application's handlers run. Outlives what it makes, and
/// is outlived by the scheduler and the open calls. Logic thread; what it makes may be called by any thread.
class HttpHandlers {
 public:
  explicit HttpHandlers(Scheduler& scheduler) : scheduler_(scheduler) {}

  /// A handler that answers at once. One that throws, or gives a response that cannot be sent, is logged
  /// under `pattern` and answered 500; so is one of the other kind.
  HttpRouter::Handler function(std::string pattern, std::function<HttpResponse(const HttpRequest&)> function);

  /// A handler that is a coroutine. It is cancelled when nobody waits for its answer any more. While
  /// `requests_max` requests are being answered, further ones get 503; so does one that is given up, which it
  /// is through `open_calls`.
  HttpRouter::Handler coroutine(OpenCalls& open_calls, std::string pattern,
                                std::function<Task<HttpResponse>(HttpRequest)> coroutine,
                                std::size_t requests_max);

  /// From here on, requests are answered 503 and their connections end: whoever asks again asks another
  /// server.
  void stop() { stopped_ = true; }

 private:
  HttpRouter::Handler on_logic_thread(std::function<void(HttpRequest, HttpResponseWriter)> handler);

  Scheduler& scheduler_;
  bool stopped_ = false;
};

}  // namespace nano
