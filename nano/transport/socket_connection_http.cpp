#include <sys/epoll.h>
#include <utility>

#include "nano/transport/socket_connection.h"
#include "nano/websocket/upgrade.h"

namespace nano {

void SocketConnection::on_http_bytes(std::span<std::uint8_t> bytes) {
  if (closing_ != Closing::no) return;
  if (answering_) {  // reading is paused, but TLS may still have given us a piece
    http_->pipelined.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  std::span<const std::uint8_t> input = bytes;
  const HttpRequestReader::Status status = http_->reader.consume(input);
  if (status == HttpRequestReader::Status::incomplete) {
    if (!http_->reader.take_expectation()) return;
    queue_.push(std::string{"HTTP/1.1 100 Continue\r\n\r\n"});
    return mark_dirty();
  }
  if (status == HttpRequestReader::Status::refused) {
    return send_http(http_->reader.refusal(), {.with_body = !http_->reader.refused_head()});
  }

  // What follows the request: frames of a hasty WebSocket client, or the next request.
  const std::span<std::uint8_t> rest = bytes.last(input.size());
  HttpRequest request = http_->reader.take_request();
  if (!asks_for_websocket(request)) {
    http_->pipelined.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
    return on_http_request(std::move(request));
  }
  upgrade(request);
  if (mode_ == Mode::websocket && !rest.empty()) on_websocket_bytes(rest);
}

void SocketConnection::upgrade(const HttpRequest& request) {
  WebSocketUpgrade upgrade = upgrade_to_websocket(request, options_->upgrade_policy);
  if (!upgrade.accepted) {
    const std::string remote = remote_address();
    loop_.scheduler().log().limited(remote).info(
        "WebSocket refused", {{"remote", remote}, {"path", request.path}, {"reason", upgrade.reason}});
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
  http_->form = HttpResponseForm::of(request);
  http_->exchange = std::make_shared<HttpExchange>([&loop = loop_.io(), asking = weak()](HttpAnswer answer) {
    // In a turn of its own, even where the answer is known at once: pipelined requests don't nest.
    loop.post([asking, answer = std::move(answer)]() mutable {
      if (const auto connection = asking.lock()) connection->on_http_answer(std::move(answer));
    });
  });
  HttpReply reply{http_->exchange};
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
  const bool is_lost = (events & (EPOLLHUP | EPOLLERR)) != 0;
  if (handshaking_) {
    // Who closes its side after its last request has sent the end of the handshake, too.
    if (is_lost || !hello_answered()) on_handshake_lost();
    return;
  }
  if (mode_ != Mode::http || closing_ != Closing::no) return;
  // With nobody there to be answered, what is still to be read does not matter.
  if (is_lost) return on_lost("reset");
  on_http_half_closed();
}

/// The client will send no more. Whether it still reads, or has closed the socket, shows only when something
/// is sent to it, so it is waited for a little.
void SocketConnection::on_http_half_closed() {
  if (!answering_ && end_of_input_) return begin_close(WireClose::flush, {});
  const Duration timeout = options_->http_half_closed_timeout;
  if (http_->exchange && deadline_ > loop_.io().listened() + timeout) set_deadline(timeout);
}

void SocketConnection::on_http_answer_late() {
  abandon_http_request();
  send_http(HttpResponse::error(504), {.with_body = http_->form.with_body});
}

/// Nobody waits for the answer any more: the handler hears of it.
void SocketConnection::abandon_http_request() {
  if (!http_) return;
  http_->download.reset();
  if (!http_->exchange) return;
  http_->exchange->abandon();
  loop_.to_logic([exchange = std::exchange(http_->exchange, nullptr)] { exchange->tell_abandoned(); });
}

void SocketConnection::on_http_answer(HttpAnswer answer) {
  if (!http_->exchange) return;
  http_->exchange.reset();
  response_queued_ = true;
  set_deadline(options_->http_idle_timeout);
  expect_progress();
  if (answer.failure) log_failure(*answer.failure);
  if (answer.file && http_->form.with_body) http_->download.emplace(*answer.file);
  if (book_body(answer)) return send_http(answer, http_->form);
  log(LogLevel::warning, "answered 503", "as many bytes wait for all clients as may");
  send_http(HttpResponse::too_busy(), http_->form);
}

/// Each client has lines of its own: what it asks for is its choice.
void SocketConnection::log_failure(const HttpAnswer::Failure& failure) const {
  const std::string remote = remote_address();
  loop_.scheduler().log().limited(remote).error(
      "file not served", {{"path", failure.path}, {"error", failure.why}, {"remote", remote}});
}

bool SocketConnection::book_body(const HttpAnswer& answer) {
  // Which others hold, too, is there whether or not this client reads it.
  const bool is_its_own = answer.body && answer.body.use_count() == 1 && http_->form.with_body;
  return http_->body.book(options_->send_total, is_its_own ? answer.body->size() : 0);
}

/// The socket has taken all that there was.
void SocketConnection::on_http_drained() {
  if (!http_) return;
  if (http_->download) return continue_download();
  if (std::exchange(response_queued_, false)) on_http_response_sent();
}

void SocketConnection::continue_download() {
  HttpDownload& download = *http_->download;
  if (download.sending() > 0) download.end_sending(download.sending());
  if (download.wants_piece()) {
    auto take = [&loop = loop_.io(), asking = weak()](FileReader::Piece piece) {
      loop.post([asking, piece = std::move(piece)]() mutable {
        if (const auto connection = asking.lock()) connection->on_download_piece(std::move(piece));
      });
    };
    stop_time();
    options_->router->file_reader().read(download.begin_reading(), std::move(take));
  } else if (download.finished()) {
    http_->download.reset();
    if (!http_->form.keep_alive) return begin_close(WireClose::flush, {});
    on_http_drained();
  }
}

void SocketConnection::on_download_piece(FileReader::Piece piece) {
  if (!http_->download) return;
  continue_time();
  if (!piece) {  // the length is promised already, so only the end of the connection can say it
    const std::string remote = remote_address();
    loop_.scheduler().log().limited(remote).warning(
        "download broken off: the file cannot be read, or was cut meanwhile",
        {{"file", http_->download->file().path()}, {"remote", remote}});
    return begin_close(WireClose::drop, {});
  }
  http_->download->begin_sending(piece->size());
  queue_.push(std::move(piece));
  mark_dirty();
}

/// The socket takes no more for now.
void SocketConnection::drop_unsent_piece() {
  if (!http_ || !http_->download || http_->download->sending() == 0) return;
  http_->download->end_sending(http_->download->sending() - queue_.bytes());
  queue_.clear();
}

void SocketConnection::on_http_response_sent() {
  answering_ = false;
  http_->body.release();
  set_deadline(options_->http_idle_timeout);
  if (!http_->pipelined.empty()) {
    std::string next = std::exchange(http_->pipelined, {});
    on_http_bytes({reinterpret_cast<std::uint8_t*>(next.data()), next.size()});
  }
  if (answering_) return;
  // Not before: a stopping server still answers what was pipelined.
  if (mode_ == Mode::http) hold_up_stop(false);
  if (end_of_input_) return tell_end_of_input();
  resume_reading();
}

void SocketConnection::send_http(const HttpAnswer& answer, HttpResponseForm form) {
  HttpOutput output = write_http_response(answer, form, loop_.scheduler().clock().wall());
  queue_.push(std::move(output.head));
  if (output.body) queue_.push(std::move(output.body));
  mark_dirty();
  http_->form.keep_alive = output.keep_alive;
  if (!output.keep_alive && !http_->download) begin_close(WireClose::flush, {});
}

}  // namespace nano
