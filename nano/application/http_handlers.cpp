#include "nano/application/http_handlers.h"

#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "nano/base/failure.h"
#include "nano/scheduler/cancellable_task.h"

namespace nano {
namespace {

HttpResponse server_stopping() {
  HttpResponse response = HttpResponse::too_busy();
  response.close = true;
  return response;
}

/// A request that is being answered. Its handler may go on after it was given up, for nothing.
class OpenRequest final : public OpenCall {
 public:
  OpenRequest(OpenCalls& calls, const std::string& pattern, HttpResponseWriter reply)
      : pattern_(pattern), reply_(std::move(reply)) {
    enter(calls);
  }

  std::string_view route() const override { return pattern_; }
  bool is_clients() const override { return true; }
  void give_up(const Error&) override { answer(server_stopping()); }
  void answer(HttpResponse response) {
    leave();
    if (std::optional<HttpResponseWriter> reply = std::exchange(reply_, std::nullopt))
      reply->send(std::move(response));
  }
  void when_closed(Function<void()> callback) { reply_->when_closed(std::move(callback)); }

 private:
  const std::string& pattern_;
  std::optional<HttpResponseWriter> reply_;
};

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

  void answer(HttpRequest request, HttpResponseWriter reply) {
    if (requests_ >= requests_max_) return reply.send(HttpResponse::too_busy());
    scheduler_.spawn(run(std::move(request), std::move(reply)));
  }

 private:
  Task<void> run(HttpRequest request, HttpResponseWriter reply) {
    const Counted counted{requests_};
    OpenRequest open{open_calls_, pattern_, std::move(reply)};
    try {
      CancellableTask<HttpResponse> answering{coroutine_(std::move(request))};
      const auto cancel = std::make_shared<Function<void()>>([&answering] { answering.cancel(); });
      open.when_closed([this, cancel = std::weak_ptr{cancel}] {
        scheduler_.post([cancel] {
          if (const auto still_answering = cancel.lock()) (*still_answering)();
        });
      });
      std::optional<HttpResponse> response = co_await answering;
      if (!response) co_return;
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

/// The streams of one handler. Logic thread.
class HttpStreamer {
 public:
  HttpStreamer(Scheduler& scheduler, std::string pattern,
               std::function<Task<void>(HttpRequest, HttpResponseWriter)> coroutine, std::size_t streams_max)
      : scheduler_(scheduler),
        pattern_(std::move(pattern)),
        coroutine_(std::move(coroutine)),
        streams_max_(streams_max) {}

  void answer(HttpRequest request, HttpResponseWriter writer) {
    if (streams_ >= streams_max_) return writer.send(HttpResponse::too_busy());
    writer.resume_on([this](Function<void()> resume) { scheduler_.post(std::move(resume)); });
    scheduler_.spawn(run(std::move(request), std::move(writer)), {.name = pattern_});
  }

 private:
  Task<void> run(HttpRequest request, HttpResponseWriter writer) {
    const Counted counted{streams_};
    Task<void> streaming = coroutine_(std::move(request), std::move(writer));
    co_await std::move(streaming);
  }

  Scheduler& scheduler_;
  const std::string pattern_;
  const std::function<Task<void>(HttpRequest, HttpResponseWriter)> coroutine_;
  const std::size_t streams_max_;
  std::size_t streams_ = 0;
};

/// Either of these.
template <class Answering>
HttpRouter::Handler answered_by(std::shared_ptr<Answering> handler) {
  return [handler = std::move(handler)](HttpRequest request, HttpResponseWriter writer) {
    handler->answer(std::move(request), std::move(writer));
  };
}

}  // namespace

HttpRouter::Handler HttpHandlers::on_logic_thread(
    std::function<void(HttpRequest, HttpResponseWriter)> handler) {
  auto shared = std::make_shared<std::function<void(HttpRequest, HttpResponseWriter)>>(std::move(handler));
  return [this, shared = std::move(shared)](HttpRequest request, HttpResponseWriter reply) {
    scheduler_.post([this, shared, request = std::move(request), reply = std::move(reply)]() mutable {
      if (reply.closed()) return;
      if (stopped_) return reply.send(server_stopping());
      scheduler_.note(request.method + " " + request.path);
      (*shared)(std::move(request), std::move(reply));
    });
  };
}

void HttpHandlers::add(const std::string& pattern, std::function<HttpResponse(const HttpRequest&)> function) {
  router_->add_handler(pattern, on_logic_thread(answer_with(scheduler_.log(), pattern, std::move(function))));
}

void HttpHandlers::add(const std::string& pattern, std::function<Task<HttpResponse>(HttpRequest)> coroutine,
                       const HttpHandlerOptions& options) {
  auto made = std::make_shared<HttpCoroutine>(scheduler_, open_calls_, pattern, std::move(coroutine),
                                              options.requests_max);
  router_->add_handler(pattern, on_logic_thread(answered_by(std::move(made))), options.timeout);
}

void HttpHandlers::add(const std::string& pattern,
                       std::function<Task<void>(HttpRequest, HttpResponseWriter)> coroutine,
                       const HttpHandlerOptions& options) {
  auto made = std::make_shared<HttpStreamer>(scheduler_, pattern, std::move(coroutine), options.requests_max);
  router_->add_handler(pattern, on_logic_thread(answered_by(std::move(made))), options.timeout);
}

}  // namespace nano
