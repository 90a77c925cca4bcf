#include "nano/http/response_writer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "nano/http/exchange.h"

namespace nano {

HttpResponseWriter::~HttpResponseWriter() {
  if (!exchange_) return;
  if (state_ == State::unused) {
    send(HttpResponse::error(500));
    return;
  }
  exchange_->forget_writer();
  if (state_ == State::started) exchange_->send(HttpStreamEnd{{}, false});
}

void HttpResponseWriter::require(State state, const char* what) const {
  if (!exchange_ || state_ != state) throw std::logic_error(what);
}

void HttpResponseWriter::send(HttpResponse response) {
  require(State::unused, "an HTTP request is answered once");
  check_response(response);
  send_answer(std::move(*this), std::move(response));
}

void send_answer(HttpResponseWriter writer, HttpAnswer answer) {
  writer.require(HttpResponseWriter::State::unused, "an HTTP request is answered once");
  writer.state_ = HttpResponseWriter::State::done;
  writer.exchange_->send(std::move(answer));
}

IoLoop& loop_of(const HttpResponseWriter& writer) { return writer.exchange_->loop(); }

void HttpResponseWriter::start(HttpResponse head) {
  require(State::unused, "an HTTP request is answered once");
  check_response(head);
  state_ = State::started;
  const std::shared_ptr<const std::string> first = std::move(head.body);
  exchange_->send(HttpStreamHead{std::move(head)});
  if (first && !first->empty()) exchange_->send(HttpStreamPiece{*first});
}

HttpResponseWriter::Wait HttpResponseWriter::write(std::string_view bytes) {
  require(State::started, "a piece of an answer stands between start() and finish()");
  if (!bytes.empty()) exchange_->send(HttpStreamPiece{std::string{bytes}});
  return Wait{exchange_, Duration::zero()};
}

HttpResponseWriter::Wait HttpResponseWriter::pause(Duration time) {
  if (!exchange_ || state_ == State::done) throw std::logic_error("the answer was given before this pause");
  return Wait{exchange_, std::max<Duration>(time, std::chrono::milliseconds{1})};
}

void HttpResponseWriter::finish(std::vector<HttpHeader> trailers) {
  require(State::started, "an answer that was started ends once");
  HttpResponse end;
  end.headers = std::move(trailers);
  check_response(end);
  state_ = State::done;
  exchange_->send(HttpStreamEnd{std::move(end.headers), true});
}

bool HttpResponseWriter::closed() const { return exchange_ && exchange_->closed(); }

void HttpResponseWriter::when_closed(Function<void()> callback) {
  if (!exchange_) throw std::logic_error("the answer was given, so nothing is told of its client");
  exchange_->when_closed(std::move(callback));
}

void HttpResponseWriter::resume_on(Function<void(Function<void()>)> thread) {
  if (!exchange_) throw std::logic_error("the answer was given, so nothing goes on");
  exchange_->resume_on(std::move(thread));
}

HttpResponseWriter::Wait::~Wait() {
  if (waiting_) exchange_->end_wait();
}

bool HttpResponseWriter::Wait::await_ready() const {
  return exchange_->closed() || (pause_ == Duration::zero() && exchange_->has_room());
}

bool HttpResponseWriter::Wait::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = std::make_shared<std::coroutine_handle<>>(waiting);
  return exchange_->wait(pause_, [still = std::weak_ptr{waiting_}] {
    if (const auto coroutine = still.lock()) coroutine->resume();
  });
}

bool HttpResponseWriter::Wait::await_resume() const { return !exchange_->closed(); }

}  // namespace nano
