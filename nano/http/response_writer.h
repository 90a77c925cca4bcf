// Public header. HttpResponseWriter: the way back from whoever answers an HTTP request to its client.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/function.h"
#include "nano/http/message.h"

namespace nano {

class HttpExchange;
class IoLoop;
struct HttpAnswer;

/// The duty to answer one request, once: by send(), or by start(), any number of write(), and finish(). Any
/// thread, one at a time.
///
/// Dropped unused, as by a handler that throws, it answers 500: a client must not wait for ever. Dropped
/// before finish() it ends the connection, so that the client sees that something is missing.
class HttpResponseWriter {
 public:
  /// For Nano itself.
  explicit HttpResponseWriter(std::shared_ptr<HttpExchange> exchange) : exchange_(std::move(exchange)) {}
  HttpResponseWriter(HttpResponseWriter&& other) noexcept = default;
  HttpResponseWriter& operator=(HttpResponseWriter&&) = delete;
  ~HttpResponseWriter();

  /// The answer as a whole. Throws std::logic_error after start(), or a second time, and as check_response().
  void send(HttpResponse response);

  /// Begins an answer whose length is not known yet; a body that `head` has is its first piece. Clients of
  /// HTTP/1.1 get it in chunks; others until the end of the connection. Throws std::logic_error as send().
  void start(HttpResponse head);

  class Wait;
  /// A piece of the body, which leaves at the end of the turn: `const bool there = co_await
  /// writer.write(text);`. Waits while limits::http_stream_ahead_bytes are not taken by the client; false:
  /// it has gone, and nothing that is sent has an effect. Not awaited, it sends all the same; a client for
  /// which limits::http_stream_bytes wait is given up. Throws std::logic_error before start() and after
  /// finish().
  [[nodiscard]] Wait write(std::string_view bytes);
  /// g++ 12 would destroy it twice: name it first.
  template <class Temporary>
    requires std::is_same_v<Temporary, std::string>
  Wait write(Temporary&& bytes) = delete;
  /// Waits so long, or until the client has gone: then it gives false. At least a millisecond. A client whose
  /// network has vanished is noticed only when something is sent, so a stream that is silent for long sends a
  /// sign of life now and then. Throws std::logic_error after send() and finish().
  [[nodiscard]] Wait pause(Duration time);

  /// The end of the body. Clients that asked for trailers (`TE: trailers`) read those. Throws
  /// std::logic_error before start() and a second time.
  void finish(std::vector<HttpHeader> trailers = {});

  /// Whether nobody waits for the answer any more: the client has left, or its time is over.
  bool closed() const;
  /// `callback` is called once when closed() becomes true, or is: on the connection's thread or on this one.
  /// It may be running there while the writer ends on another thread. Throws std::logic_error after send().
  void when_closed(Function<void()> callback);
  /// Where coroutines go on that wait here; before they do. Otherwise it is the connection's thread.
  void resume_on(Function<void(Function<void()>)> thread);

 private:
  friend void send_answer(HttpResponseWriter writer, HttpAnswer answer);
  friend IoLoop& loop_of(const HttpResponseWriter& writer);

  enum class State : std::uint8_t { unused, started, done };

  void require(State state, const char* what) const;

  std::shared_ptr<HttpExchange> exchange_;
  State state_ = State::unused;
};

/// What co_await takes. Dropped while it waits, the coroutine is not resumed.
class HttpResponseWriter::Wait {
 public:
  /// Nothing to pause: for room.
  Wait(std::shared_ptr<HttpExchange> exchange, Duration pause)
      : exchange_(std::move(exchange)), pause_(pause) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait();

  bool await_ready() const;
  bool await_suspend(std::coroutine_handle<> waiting);
  bool await_resume() const;

 private:
  std::shared_ptr<HttpExchange> exchange_;
  std::shared_ptr<std::coroutine_handle<>> waiting_;
  Duration pause_;
};

}  // namespace nano
