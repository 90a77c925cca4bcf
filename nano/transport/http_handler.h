// Internal header. The handlers of an application for HTTP, as the router calls them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "nano/base/task.h"
#include "nano/scheduler/scheduler.h"
#include "nano/session/open_calls.h"
#include "nano/transport/http.h"
#include "nano/transport/http_router.h"

namespace nano {

/// A handler that answers at once. One that throws, or gives a response that cannot be sent, is logged under
/// `pattern` and answered 500; so is one of the other kind. The scheduler must outlive it.
HttpRouter::Handler http_function(Scheduler& scheduler, std::string pattern,
                                  std::function<HttpResponse(const HttpRequest&)> function);

/// A handler that is a coroutine. It is cancelled when nobody waits for its answer any more. While
/// `requests_max` requests are being answered, further ones get 503; so does one that is given up, which it
/// is through `open_calls`. They must outlive it, too.
HttpRouter::Handler http_coroutine(Scheduler& scheduler, OpenCalls& open_calls, std::string pattern,
                                   std::function<Task<HttpResponse>(HttpRequest)> coroutine,
                                   std::size_t requests_max);

}  // namespace nano
