#include <utility>

#include "nano/transport/http_response_writer.h"
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
    loop_.scheduler().log().info(
        "WebSocket refused",
        {{"remote", remote_address()}, {"path", request.path}, {"reason", upgrade.reason}});
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

/// Takes the response, once, on any thread. Dropped unused, as by a handler that throws, it answers 500: a
/// client must not wait for ever.
class SocketConnection::Reply {
 public:
  Reply(std::shared_ptr<SocketConnection> connection, HttpRequest request)
      : connection_(std::move(connection)), request_(std::move(request)) {}
  Reply(Reply&&) = default;
  ~Reply() {
    if (connection_) (*this)(HttpResponse::error(500));
  }

  void operator()(HttpResponse response) {
    // In a turn of its own, even where the answer is known at once: pipelined requests don't nest.
    IoLoop& loop = connection_->loop_;
    loop.post([connection = std::move(connection_), request = std::move(request_),
               response = std::move(response)] { connection->on_http_response(request, response); });
  }

 private:
  std::shared_ptr<SocketConnection> connection_;
  HttpRequest request_;
};

void SocketConnection::on_http_request(HttpRequest request) {
  answering_ = true;
  deadline_ = {};
  hold_up_stop(true);
  Reply reply{shared_from_this(), request};
  if (options_->router->empty()) return reply(websocket_required());
  options_->router->route(std::move(request), std::move(reply));
}

void SocketConnection::on_http_response(const HttpRequest& request, const HttpResponse& response) {
  if (closing_ != Closing::no) return;
  response_queued_ = true;
  set_deadline(options_->http_idle_timeout);
  send_http(response, &request);
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

void SocketConnection::send_http(HttpResponse response, const HttpRequest* request) {
  HttpOutput output = request ? write_http_response(response, *request) : write_http_refusal(response);
  queue_.push(std::move(output.head));
  if (output.body) queue_.push(std::move(output.body));
  mark_dirty();
  if (!output.keep_alive) begin_close(WireClose::flush, {});
}

}  // namespace nano
