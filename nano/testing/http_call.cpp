#include "nano/testing/http_call.h"

#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

#include "nano/http/exchange.h"
#include "nano/http/request_reader.h"
#include "nano/http/response_writer.h"

namespace nano::testing {

/// What the handler sends, one by one.
struct HttpCall::Parts {
  HttpCall& call;

  void operator()(HttpAnswer answer) {
    call.begin(std::move(answer));
    call.end(State::answered);
  }
  void operator()(HttpStreamHead head) {
    call.deadline_ = {};
    call.begin(std::move(head.response));
  }
  void operator()(HttpStreamPiece piece) {
    call.body_ += piece.bytes;
    const auto exchange = call.exchange_;  // whoever goes on may end the call
    exchange->on_taken(piece.bytes.size());
  }
  void operator()(HttpStreamEnd end) {
    call.trailers_ = std::move(end.trailers);
    call.end(end.complete ? State::answered : State::broken_off);
  }
  void operator()(HttpPause pause) {
    call.pause_ = call.app_.scheduler().after(pause.time, [exchange = call.exchange_] { exchange->wake(); });
  }
};

HttpCall::HttpCall(Application& app) : app_(app) {}

HttpCall::~HttpCall() { leave(); }

const HttpResponse& HttpCall::response() const {
  if (state_ == State::asked) throw std::logic_error("no answer has come yet");
  return response_;
}

void HttpCall::ask(std::string_view method, std::string_view target, std::string_view body,
                   const std::vector<HttpHeader>& headers) {
  std::string text = std::string{method} + " " + std::string{target} + " HTTP/1.1\r\nHost: world\r\n";
  for (const HttpHeader& header : headers) text += header.name + ": " + header.value + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text.append("\r\n").append(body);
  HttpRequestReader reader;
  std::span bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  if (reader.consume(bytes) == HttpRequestReader::Status::complete) return route(reader.take_request());
  begin(reader.refusal());
  end(State::answered);
}

void HttpCall::route(HttpRequest request) {
  Scheduler& scheduler = app_.scheduler();
  exchange_ = std::make_shared<HttpExchange>(nullptr, [&scheduler, self = weak_from_this()](HttpPart part) {
    scheduler.post([self, part = std::move(part)]() mutable {
      const auto call = self.lock();
      if (call && call->exchange_) std::visit(Parts{*call}, std::move(part));
    });
  });
  const Duration timeout = app_.answer_http(std::move(request), HttpResponseWriter{exchange_});
  deadline_ = scheduler.after(timeout, [this] {
    begin(HttpResponse::error(504));
    end(State::answered);
  });
}

void HttpCall::begin(HttpResponse response) {
  state_ = State::begun;
  response_ = std::move(response);
  if (const auto body = std::exchange(response_.body, nullptr)) body_ = *body;
}

void HttpCall::end(State state) {
  state_ = state;
  deadline_ = {};
  pause_ = {};
  if (const auto exchange = std::exchange(exchange_, nullptr)) exchange->close();
}

void HttpCall::leave() {
  if (exchange_) end(State::left);
}

}  // namespace nano::testing
