#include <sys/epoll.h>
#include <utility>

#include "nano/transport/socket_connection.h"
#include "nano/transport/websocket_upgrade.h"

namespace nano {

void SocketConnection::on_http_bytes(std::span<std::uint8_t> bytes) {
  if (closing_ != Closing::no) return;
  if (answering_) {  // reading is paused, but TLS may still have given us a piece
    pipelined_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  std::span<const std::uint8_t> input = bytes;
  const HttpRequestReader::Status status = http_->consume(input);
  if (status == HttpRequestReader::Status::incomplete) return;
  if (status == HttpRequestReader::Status::refused) return send_http(http_->refusal(), {});

  // What follows the request: frames of a hasty WebSocket client, or the next request.
  const std::span<std::uint8_t> rest = bytes.last(input.size());
  const HttpRequest request = http_->take_request();
  if (!asks_for_websocket(request)) {
    pipelined_.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
    return on_http_request(request);
  }
  upgrade(request);
  if (mode_ == Mode::websocket && !rest.empty()) on_websocket_bytes(rest);
}

void SocketConnection::upgrade(const HttpRequest& request) {
  WebSocketUpgrade upgrade = upgrade_to_websocket(request, options_->upgrade_policy);
  if (!upgrade.accepted) {
    loop_.scheduler().log().info(
        "WebSocket refused",
        {{"remote", remote_address()}, {"path", request.path}, {"reason", upgrade.reason}});
    return send_http(upgrade.refusal, HttpResponseForm::of(request));
  }
  queue_.push(std::move(upgrade.response));
  mark_dirty();
  http_.reset();
  websocket_.emplace(options_->websocket_message_bytes_max);
  mode_ = Mode::websocket;
  deadline_ = {};  // from here on the connection's state machine watches the time
  open_receiver();
}

void SocketConnection::on_http_request(HttpRequest request) {
  answering_ = true;
  hold_up_stop(true);
  form_ = HttpResponseForm::of(request);
  exchange_ =
      std::make_shared<HttpExchange>([&loop = loop_, asking = weak_from_this()](HttpResponse response) {
        // In a turn of its own, even where the answer is known at once: pipelined requests don't nest.
        loop.post([asking, response = std::move(response)] {
          if (const auto connection = asking.lock()) connection->on_http_response(response);
        });
      });
  HttpReply reply{exchange_};
  if (options_->router->empty()) {
    reply(websocket_required());
  } else {
    set_deadline(options_->router->route(std::move(request), std::move(reply)));
  }
  if (hung_up_ || end_of_input_) on_http_half_closed();
}

/// Epoll tells it also while the socket is not read.
void SocketConnection::on_hung_up(std::uint32_t events) {
  hung_up_ = true;
  if (mode_ != Mode::http || closing_ != Closing::no) return;
  // With nobody there to be answered, what is still to be read does not matter.
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) return on_lost("reset");
  on_http_half_closed();
}

/// The client will send no more. Whether it still reads, or has closed the socket, shows only when something
/// is sent to it, so it is waited for a little.
void SocketConnection::on_http_half_closed() {
  if (!answering_ && end_of_input_) return begin_close(WireClose::flush, {});
  const Duration timeout = options_->http_half_closed_timeout;
  if (exchange_ && deadline_ > std::chrono::steady_clock::now() + timeout) set_deadline(timeout);
}

void SocketConnection::on_http_answer_late() {
  abandon_http_request();
  send_http(HttpResponse::error(504), {});
}

/// The handler hears that nobody waits for its answer any more.
void SocketConnection::abandon_http_request() {
  if (!exchange_) return;
  exchange_->abandon();
  loop_.to_logic([exchange = std::exchange(exchange_, nullptr)] { exchange->tell_abandoned(); });
}

void SocketConnection::on_http_response(const HttpResponse& response) {
  if (!exchange_) return;
  exchange_.reset();
  response_queued_ = true;
  set_deadline(options_->http_idle_timeout);
  send_http(response, form_);
}

void SocketConnection::on_http_response_sent() {
  answering_ = false;
  set_deadline(options_->http_idle_timeout);
  if (!pipelined_.empty()) {
    std::string next = std::exchange(pipelined_, {});
    on_http_bytes({reinterpret_cast<std::uint8_t*>(next.data()), next.size()});
  }
  if (answering_) return;
  // Not before: a stopping server still answers what was pipelined.
  if (mode_ == Mode::http) hold_up_stop(false);
  if (end_of_input_) return tell_end_of_input();
  resume_reading();
}

void SocketConnection::send_http(const HttpResponse& response, HttpResponseForm form) {
  HttpOutput output = write_http_response(response, form);
  queue_.push(std::move(output.head));
  if (output.body) queue_.push(std::move(output.body));
  mark_dirty();
  if (!output.keep_alive) begin_close(WireClose::flush, {});
}

}  // namespace nano
