// Public header. HttpCall: a request of HTTP to an application in memory, and its answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nano/application/application.h"
#include "nano/base/function.h"
#include "nano/http/message.h"
#include "nano/scheduler/timer.h"

namespace nano {
class HttpExchange;
}

namespace nano::testing {

/// Made by World::http(). The request is read as one from a socket would be, so a bad one is refused; then it
/// goes to the handler, and its answer comes in the turns of World::settle() and World::advance(). The
/// application outlives it.
class HttpCall : public std::enable_shared_from_this<HttpCall> {
 public:
  explicit HttpCall(Application& app);
  ~HttpCall();
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

  /// Whether the answer has come as a whole.
  bool answered() const { return state_ == State::answered; }
  /// Whether its connection has ended amid the answer.
  bool broken_off() const { return state_ == State::broken_off; }
  /// Status and headers, without the body, once they have come. Throws std::logic_error before.
  const HttpResponse& response() const;
  int status() const { return response().status; }
  /// What has come of the body.
  const std::string& body() const { return body_; }
  /// Of a streamed answer, after its end.
  const std::vector<HttpHeader>& trailers() const { return trailers_; }
  /// The client closes the connection: the handler hears of it.
  void leave();

 private:
  friend class World;
  struct Parts;
  enum class State { asked, begun, answered, broken_off, left };

  void ask(std::string_view method, std::string_view target, std::string_view body,
           const std::vector<HttpHeader>& headers);
  void route(HttpRequest request);
  void begin(HttpResponse response);
  void end(State state);

  Application& app_;
  State state_ = State::asked;
  HttpResponse response_;
  std::string body_;
  std::vector<HttpHeader> trailers_;
  std::shared_ptr<HttpExchange> exchange_;  // until the end
  Timer deadline_;
  Timer pause_;
};

}  // namespace nano::testing
