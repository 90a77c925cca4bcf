// Internal header. HttpExchange: one request that is being answered.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/function.h"
#include "nano/http/answer.h"

namespace nano {

class HttpResponseWriter;
class IoLoop;

/// The beginning of an answer whose body follows in pieces.
struct HttpStreamHead {
  HttpResponse response;
};
struct HttpStreamPiece {
  std::string bytes;  ///< some
};
struct HttpStreamEnd {
  std::vector<HttpHeader> trailers;
  bool complete;  ///< false: whoever made it has given up
};
/// HttpExchange::wake() is due after so long.
struct HttpPause {
  Duration time;
};
/// What goes from whoever answers to the connection: an answer as a whole, or the others one by one.
using HttpPart = std::variant<HttpAnswer, HttpStreamHead, HttpStreamPiece, HttpStreamEnd, HttpPause>;

/// Shared by the connection and the HttpResponseWriter, which may be on different threads. Each of its
/// methods says for whom it is.
class HttpExchange {
 public:
  using Send = Function<void(HttpPart)>;

  /// `send` is called on the writer's thread, never after close(); it must not call anything here. `loop` is
  /// the connection's; null in memory.
  HttpExchange(IoLoop* loop, Send send) : loop_(loop), send_(std::move(send)) {}

  IoLoop& loop() const { return *loop_; }

  // -- the connection
  /// Nobody waits for the answer any more.
  void close();
  /// So many bytes of pieces have been taken by the system.
  void on_taken(std::size_t bytes);
  /// A pause is over.
  void wake();

  // -- the writer
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  /// Nothing happens when closed().
  void send(HttpPart part);
  /// As HttpResponseWriter says.
  void when_closed(Function<void()> callback);
  void resume_on(Function<void(Function<void()>)> thread) { resume_on_ = std::move(thread); }
  /// Whether a piece more may be sent without waiting.
  bool has_room() const;
  /// `resume` is called by close(), and after the pause, or, with none, once there is room. False, and it is
  /// not: that is so already.
  bool wait(Duration pause, Function<void()> resume);
  void end_wait();
  /// Nothing that it gave is called any more.
  void forget_writer();

 private:
  void run(Function<void()> resume);
  void resume_waiting(bool for_room);

  IoLoop* loop_;
  Send send_;                                   // guarded by mutex_
  Function<void(Function<void()>)> resume_on_;  // null: the connection's thread; set before the first wait
  std::atomic<bool> closed_{false};
  std::atomic<std::size_t> untaken_bytes_{0};  // of pieces
  std::mutex mutex_;
  Function<void()> when_closed_;  // guarded by mutex_, as is resume_
  Function<void()> resume_;
  bool for_room_ = false;
};

/// An answer that may be a file. Nothing else can be sent afterwards.
void send_answer(HttpResponseWriter writer, HttpAnswer answer);
/// The loop of the client's connection, which may be gone when that is.
IoLoop& loop_of(const HttpResponseWriter& writer);

}  // namespace nano
