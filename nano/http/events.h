// Public header. HttpEvents: server-sent events, which a page reads with EventSource.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "nano/http/response_writer.h"

namespace nano {

/// What an event may have beside its data. Without line breaks, which are dropped.
struct HttpEventFields {
  std::string_view event = {};  ///< its name: what the page listens to; "" is "message"
  std::string_view id = {};     ///< sent back as Last-Event-ID by a page that connects again
};

/// An answer of type text/event-stream. Threads, waiting and errors as with the HttpResponseWriter that it is
/// made of. The format: HTML Standard, section 9.2.
class HttpEvents {
 public:
  /// Begins the answer.
  explicit HttpEvents(HttpResponseWriter writer);
  HttpEvents(HttpEvents&&) noexcept = default;
  HttpEvents& operator=(HttpEvents&&) = delete;

  /// `const bool there = co_await events.send("score 3:1");` Lines of the data are kept, however they end.
  [[nodiscard]] HttpResponseWriter::Wait send(std::string_view data, const HttpEventFields& fields = {});
  /// Tells the page nothing, and a proxy that the connection is in use.
  [[nodiscard]] HttpResponseWriter::Wait keep_alive() { return writer_.write(":\n\n"); }
  /// As HttpResponseWriter::pause().
  [[nodiscard]] HttpResponseWriter::Wait pause(Duration time) { return writer_.pause(time); }
  bool closed() const { return writer_.closed(); }
  /// The end, after which the page connects again. Dropped without it, the connection ends, too.
  void finish() { writer_.finish(); }

 private:
  HttpResponseWriter writer_;
};

}  // namespace nano
