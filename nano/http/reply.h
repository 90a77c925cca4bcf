// Internal header. HttpReply: the way back from whoever answers an HTTP request to the connection that asked.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "nano/base/function.h"
#include "nano/http/answer.h"

namespace nano {

/// One request that is being answered, shared by its connection and its HttpReply.
class HttpExchange {
 public:
  using Send = Function<void(HttpAnswer)>;

  /// `send` gets the answer, on whatever thread it was made, at most once.
  explicit HttpExchange(Send send) : send_(std::move(send)) {}

  /// Connection's thread: nobody waits for the answer any more.
  void abandon();

 private:
  friend class HttpReply;

  Send send_;  // the HttpReply's
  std::atomic<bool> abandoned_{false};
  std::mutex mutex_;
  Function<void()> when_abandoned_;  // guarded by mutex_
};

/// Takes the answer to one request, once, on any thread. Dropped unused, as by a handler that throws, it
/// answers 500: a client must not wait for ever. One thread at a time.
class HttpReply {
 public:
  explicit HttpReply(std::shared_ptr<HttpExchange> exchange) : exchange_(std::move(exchange)) {}
  HttpReply(HttpReply&&) noexcept = default;
  HttpReply& operator=(HttpReply&&) = delete;
  ~HttpReply() {
    if (exchange_) (*this)(HttpResponse::error(500));
  }

  /// Aborts when called twice.
  void operator()(HttpAnswer answer);

  /// Whether nobody waits for the answer any more: the client has left, or its connection was closed.
  bool abandoned() const { return exchange_ && exchange_->abandoned_.load(std::memory_order_relaxed); }

  /// `callback` is called once when abandoned() becomes true, or is: on the connection's thread or on this
  /// one.
  void when_abandoned(Function<void()> callback);

 private:
  std::shared_ptr<HttpExchange> exchange_;
};

inline void HttpExchange::abandon() {
  Function<void()> tell;
  {
    const std::lock_guard lock{mutex_};
    abandoned_.store(true, std::memory_order_relaxed);
    tell = std::move(when_abandoned_);
  }
  if (tell) tell();
}

inline void HttpReply::when_abandoned(Function<void()> callback) {
  {
    const std::lock_guard lock{exchange_->mutex_};
    if (!abandoned()) {
      exchange_->when_abandoned_ = std::move(callback);
      return;
    }
  }
  callback();
}

inline void HttpReply::operator()(HttpAnswer answer) {
  NANO_ASSERT(exchange_ != nullptr, "an HTTP request is answered once");
  const std::shared_ptr<HttpExchange> exchange = std::move(exchange_);
  if (exchange->abandoned_.load(std::memory_order_relaxed)) return;
  HttpExchange::Send send = std::exchange(exchange->send_, {});
  send(std::move(answer));
}

}  // namespace nano
