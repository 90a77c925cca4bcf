#include "nano/application/http_handlers.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "nano/scheduler/cancellable_task.h"
#include "nano/scheduler/failure.h"

namespace nano {
namespace {

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

/// What a client could not read as an answer is the handler's mistake, and as if it had thrown. The codes
/// below 200 announce an answer and are none.
void check(const HttpResponse& response) {
  if (response.status < 200 || response.status > 599) {
    throw std::invalid_argument("a response has no status " + std::to_string(response.status));
  }
  for (const HttpHeader& header : response.headers) {
    if (!is_token(header.name)) throw std::invalid_argument("no header is named \"" + header.name + "\"");
  }
}

HttpResponse server_stopping() {
  HttpResponse response = HttpResponse::too_busy();
  response.close = true;
  return response;
}

/// A request that is being answered. Its handler may go on after it was given up, for nothing.
class OpenRequest final : public OpenCall {
 public:
  OpenRequest(OpenCalls& calls, const std::string& pattern, HttpReply reply)
      : pattern_(pattern), reply_(std::move(reply)) {
    enter(calls);
  }

  std::string_view route() const override { return pattern_; }
  bool is_clients() const override { return true; }
  void give_up(const Error&) override { answer(server_stopping()); }
  void answer(HttpResponse response) {
    leave();
    if (std::optional<HttpReply> reply = std::exchange(reply_, std::nullopt)) (*reply)(std::move(response));
  }
  void when_abandoned(Function<void()> callback) { reply_->when_abandoned(std::move(callback)); }

 private:
  const std::string& pattern_;
  std::optional<HttpReply> reply_;
};

/// The requests of one handler that are being answered. Logic thread.
class HttpCoroutine {
 public:
  HttpCoroutine(Scheduler& scheduler, OpenCalls& open_calls, std::string pattern,
                std::function<Task<HttpResponse>(HttpRequest)> coroutine, std::size_t requests_max)
      : scheduler_(scheduler),
        open_calls_(open_calls),
        pattern_(std::move(pattern)),
        coroutine_(std::move(coroutine)),
        requests_max_(requests_max) {}

  void answer(HttpRequest request, HttpReply reply) {
    if (requests_ >= requests_max_) return reply(HttpResponse::too_busy());
    scheduler_.spawn(run(std::move(request), std::move(reply)));
  }

 private:
  /// Counts a request for as long as its coroutine exists.
  class Counted {
   public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

   private:
    std::size_t& count_;
  };

  Task<void> run(HttpRequest request, HttpReply reply) {
    const Counted counted{requests_};
    OpenRequest open{open_calls_, pattern_, std::move(reply)};
    try {
      CancellableTask<HttpResponse> answering{coroutine_(std::move(request))};
      const auto cancel = std::make_shared<Function<void()>>([&answering] { answering.cancel(); });
      open.when_abandoned([this, cancel = std::weak_ptr{cancel}] {
        scheduler_.post([cancel] {
          if (const auto still_answering = cancel.lock()) (*still_answering)();
        });
      });
      std::optional<HttpResponse> response = co_await answering;
      if (!response) co_return;
      check(*response);
      open.answer(std::move(*response));
    } catch (...) {
      log_failure(scheduler_.log(), pattern_);
    }
  }

  Scheduler& scheduler_;
  OpenCalls& open_calls_;
  const std::string pattern_;
  const std::function<Task<HttpResponse>(HttpRequest)> coroutine_;
  const std::size_t requests_max_;
  std::size_t requests_ = 0;
};

}  // namespace

HttpRouter::Handler HttpHandlers::on_logic_thread(std::function<void(HttpRequest, HttpReply)> handler) {
  auto shared = std::make_shared<std::function<void(HttpRequest, HttpReply)>>(std::move(handler));
  return [this, shared = std::move(shared)](HttpRequest request, HttpReply reply) {
    scheduler_.post([this, shared, request = std::move(request), reply = std::move(reply)]() mutable {
      if (reply.abandoned()) return;
      if (stopped_) return reply(server_stopping());
      scheduler_.note(request.method + " " + request.path);
      (*shared)(std::move(request), std::move(reply));
    });
  };
}

HttpRouter::Handler HttpHandlers::function(std::string pattern,
                                           std::function<HttpResponse(const HttpRequest&)> function) {
  return on_logic_thread([this, pattern = std::move(pattern), function = std::move(function)](
                             HttpRequest request, HttpReply reply) {
    try {
      HttpResponse response = function(request);
      check(response);
      reply(std::move(response));
    } catch (...) {
      log_failure(scheduler_.log(), pattern);
    }
  });
}

HttpRouter::Handler HttpHandlers::coroutine(OpenCalls& open_calls, std::string pattern,
                                            std::function<Task<HttpResponse>(HttpRequest)> coroutine,
                                            std::size_t requests_max) {
  auto made = std::make_shared<HttpCoroutine>(scheduler_, open_calls, std::move(pattern),
                                              std::move(coroutine), requests_max);
  return on_logic_thread([made = std::move(made)](HttpRequest request, HttpReply reply) {
    made->answer(std::move(request), std::move(reply));
  });
}

}  // namespace nano
