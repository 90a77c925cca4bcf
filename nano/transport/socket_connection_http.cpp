#include <utility>

#include "nano/transport/http_response_writer.h"
#include "nano/transport/socket_connection.h"
#include "nano/transport/websocket_upgrade.h"

namespace nano {

void SocketConnection::on_http_bytes(std::span<std::uint8_t> bytes) {
  if (closing_ != Closing::no) return;
  if (awaiting_response_) {  // reading is paused, but TLS may still have given us a piece
    pipelined_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  std::span<const std::uint8_t> input = bytes;
  const HttpRequestReader::Status status = http_->consume(input);
  if (status == HttpRequestReader::Status::incomplete) return;
  if (status == HttpRequestReader::Status::refused) return send_http(http_->refusal(), nullptr);

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
    loop_.scheduler().log().info("WebSocket refused", {{"remote", remote_address()},
                                                       {"path", request.path},
                                                       {"reason", upgrade.reason}});
    return send_http(std::move(upgrade.refusal), &request);
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
  awaiting_response_ = true;
  deadline_ = {};
  // The answer comes in a turn of its own, even where it is known at once: pipelined requests don't nest.
  HttpRouter::Reply reply = [self = shared_from_this(), request](HttpResponse response) mutable {
    self->loop_.post([self, request = std::move(request), response = std::move(response)] {
      self->on_http_response(request, response);
    });
  };
  if (options_->router->empty()) return reply(websocket_required());
  options_->router->route(std::move(request), std::move(reply));
}

void SocketConnection::on_http_response(const HttpRequest& request, const HttpResponse& response) {
  if (!std::exchange(awaiting_response_, false) || closing_ != Closing::no) return;
  send_http(response, &request);
  if (closing_ != Closing::no) return;
  if (end_of_input_ && pipelined_.empty()) return begin_close(WireClose::flush, {});
  set_deadline(limits::http_idle_timeout);
  if (!pipelined_.empty()) {
    std::string next = std::exchange(pipelined_, {});
    on_http_bytes({reinterpret_cast<std::uint8_t*>(next.data()), next.size()});
  }
  if (!awaiting_response_) resume_reading();
}

void SocketConnection::send_http(HttpResponse response, const HttpRequest* request) {
  HttpOutput output = request ? write_http_response(response, *request) : write_http_refusal(response);
  queue_.push(std::move(output.head));
  if (output.body) queue_.push(std::move(output.body));
  mark_dirty();
  if (!output.keep_alive) begin_close(WireClose::flush, {});
}

}  // namespace nano
