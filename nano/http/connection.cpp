#include "nano/http/connection.h"

#include <cstdio>
#include <utility>
#include <variant>

#include "nano/http/response_writer.h"

namespace nano {

HttpConnection::~HttpConnection() {
  abandon();
  set_busy(false);
}

void HttpConnection::on_open() {
  // With TLS the first request has to come within the time of the handshake.
  const Duration timeout = connection_.options().handshake_timeout;
  if (connection_.has_longer_deadline(timeout)) connection_.set_deadline(timeout);
}

std::string HttpConnection::answer_in_plain() const {
  HttpResponse response =
      HttpResponse::text(400, "This port speaks HTTPS: begin the address with https://\n");
  response.close = true;
  HttpOutput output = write_http_response(std::move(response), {}, loop_.clock().wall());
  return output.head + *output.body;
}

// -- requests -----------------------------------------------------------------------------------------------

void HttpConnection::on_bytes(std::span<std::uint8_t> bytes) {
  if (connection_.closing()) return;
  if (answering_) {  // reading is paused, but TLS may still have given us a piece
    pipelined_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  std::span<const std::uint8_t> input = bytes;
  const HttpRequestReader::Status status = reader_.consume(input);
  if (status == HttpRequestReader::Status::incomplete) {
    if (reader_.take_expectation()) connection_.send(std::string{"HTTP/1.1 100 Continue\r\n\r\n"});
    return;
  }
  if (status == HttpRequestReader::Status::refused) {
    return send(reader_.refusal(), {.with_body = !reader_.refused_head()});
  }
  // What follows the request: bytes of another protocol whose client is hasty, or the next request.
  const std::span<std::uint8_t> rest = bytes.last(input.size());
  HttpRequest request = reader_.take_request();
  std::optional<HttpUpgrade> other = upgrade_ ? upgrade_(request, connection_) : std::nullopt;
  if (other && other->receiver) return upgrade(std::move(*other), rest);
  if (is_stopping()) return send(HttpResponse::too_busy(), HttpResponseForm::of(request));
  begin_answering(request, rest);
  HttpResponseWriter writer{exchange_};
  if (other) {
    writer.send(std::move(other->refusal));
  } else {
    connection_.set_deadline(options_.router->route(std::move(request), std::move(writer)));
  }
  if (connection_.half_closed()) on_half_closed();
}

/// Another receiver takes this one's place, which is gone afterwards.
void HttpConnection::upgrade(HttpUpgrade upgrade, std::span<std::uint8_t> rest) {
  ByteConnection& connection = connection_;
  connection.send(std::move(upgrade.response));
  ByteReceiver& next = *upgrade.receiver;
  const auto self = connection.replace_receiver(std::move(upgrade.receiver));
  next.on_open();
  if (!rest.empty()) next.on_bytes(rest);
  if (connection.closing()) return;
  if (connection.end_of_input()) next.on_end_of_input();
  connection.resume_reading();
}

template <class Value, class Then>
auto HttpConnection::later(Then then) {
  return [&loop = loop_, connection = std::weak_ptr{connection_.shared()}, self = std::weak_ptr{self_},
          then](Value value) {
    loop.post([connection, self, then, value = std::move(value)]() mutable {
      const auto kept = connection.lock();
      const auto http = self.lock();
      if (kept && http) then(**http, std::move(value));
    });
  };
}

void HttpConnection::begin_answering(const HttpRequest& request, std::span<const std::uint8_t> rest) {
  answering_ = true;
  set_busy(true);
  pipelined_.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
  form_ = HttpResponseForm::of(request);
  // In a turn of its own, even where the answer is known at once: pipelined requests don't nest.
  auto take = later<HttpPart>(
      [number = ++request_](HttpConnection& self, HttpPart part) { self.on_part(number, std::move(part)); });
  exchange_ = std::make_shared<HttpExchange>(&loop_, std::move(take));
}

void HttpConnection::on_hung_up(bool is_lost) {
  // With nobody there to be answered, what is still to be read does not matter.
  if (is_lost) return connection_.lose("reset");
  on_half_closed();
}

void HttpConnection::on_end_of_input() { on_half_closed(); }

void HttpConnection::on_half_closed() {
  if (!answering_ && connection_.end_of_input()) return close();
  const Duration timeout = options_.half_closed_timeout;
  if (exchange_ && connection_.has_longer_deadline(timeout)) connection_.set_deadline(timeout);
}

bool HttpConnection::on_deadline() {
  if (!exchange_ || untaken_bytes_ > 0) return false;
  const bool is_streamed = is_streaming();
  abandon();
  if (is_streamed) {
    connection_.drop();  // its client has closed its side, and nothing comes for it
  } else {
    send(HttpResponse::error(504), {.with_body = form_.with_body});
  }
  return true;
}

/// Nobody waits for the answer any more: the handler hears of it.
void HttpConnection::abandon() {
  download_.reset();
  pause_.reset();
  const auto exchange = std::exchange(exchange_, nullptr);
  if (exchange) exchange->close();
}

void HttpConnection::close() {
  if (connection_.closing()) return;
  abandon();
  answering_ = response_queued_ = false;  // nothing more is answered: what still comes is discarded
  connection_.close();
}

// -- answers ------------------------------------------------------------------------------------------------

void HttpConnection::on_part(std::uint32_t request, HttpPart part) {
  if (!exchange_ || request != request_) return;  // answered 504 meanwhile
  std::visit([this](auto&& one) { on_part(std::forward<decltype(one)>(one)); }, std::move(part));
}

void HttpConnection::on_part(HttpAnswer answer) {
  exchange_.reset();
  response_queued_ = true;
  expect_reading();
  if (answer.failure) {  // each client has lines of its own: what it asks for is its choice
    const std::string remote = connection_.remote_address();
    loop_.log().limited(remote).error(
        "file not served",
        {{"path", answer.failure->path}, {"error", answer.failure->why}, {"remote", remote}});
  }
  if (answer.file && form_.with_body) download_.emplace(*answer.file);
  if (book_body(answer)) return send(answer, form_);
  connection_.log(LogLevel::warning, "answered 503", "as many bytes wait for all clients as may");
  send(HttpResponse::too_busy(), form_);
}

/// The client takes what is sent, or is given up.
void HttpConnection::expect_reading() {
  connection_.set_deadline(connection_.options().idle_timeout);
  connection_.expect_progress();
}

bool HttpConnection::book_body(const HttpAnswer& answer) {
  // Which others hold, too, is there whether or not this client reads it.
  const bool is_its_own = answer.body && answer.body.use_count() == 1 && form_.with_body;
  return body_.book(connection_.options().send_total, is_its_own ? answer.body->size() : 0);
}

void HttpConnection::send(const HttpAnswer& answer, HttpResponseForm form) {
  form.keep_alive &= !is_stopping();
  HttpOutput output = write_http_response(answer, form, loop_.clock().wall());
  connection_.send(std::move(output.head));
  if (output.body) connection_.send(std::move(output.body));
  form_.keep_alive = output.keep_alive;
  if (!output.keep_alive && !download_) close();
}

void HttpConnection::on_drained() {
  if (is_streaming()) return on_stream_drained();
  if (download_) return continue_download();
  if (std::exchange(response_queued_, false)) on_response_sent();
}

void HttpConnection::on_response_sent() {
  answering_ = answer_begun_ = false;
  body_.release();
  connection_.set_deadline(connection_.options().idle_timeout);
  if (!pipelined_.empty()) return answer_pipelined();
  await_request();
}

/// May end in another protocol, whose receiver takes this one's place.
void HttpConnection::answer_pipelined() {
  std::string next = std::exchange(pipelined_, {});
  const std::weak_ptr self = self_;
  on_bytes({reinterpret_cast<std::uint8_t*>(next.data()), next.size()});
  if (!self.expired()) await_request();
}

void HttpConnection::await_request() {
  if (answering_) return;
  // Not before: a stopping server still answers what was pipelined.
  set_busy(false);
  if (is_stopping()) return close();
  if (connection_.end_of_input()) return on_half_closed();
  connection_.resume_reading();
}

bool HttpConnection::is_stopping() const { return options_.stopping && options_.stopping->load(); }

void HttpConnection::set_busy(bool busy) {
  const auto& count = connection_.options().busy;
  if (std::exchange(busy_, busy) == busy || !count) return;
  busy ? count->enter() : count->leave();
}

// -- streams ------------------------------------------------------------------------------------------------

void HttpConnection::on_part(HttpStreamHead head) {
  answer_begun_ = true;
  head.response.close |= is_stopping();
  if (!connection_.half_closed()) connection_.clear_deadline();
  form_.with_body &= http_status_has_body(head.response.status);
  HttpOutput output = write_http_stream_head(head.response, form_, loop_.clock().wall());
  form_.keep_alive = output.keep_alive;
  connection_.send(std::move(output.head));
}

void HttpConnection::on_part(HttpStreamPiece piece) {
  const std::size_t before = untaken_bytes_;
  if (before == 0) expect_reading();
  untaken_bytes_ += piece.bytes.size();
  if (form_.with_body) send_piece(piece.bytes);
  if (before > 0 && untaken_bytes_ > limits::http_stream_bytes) {
    return give_up("it is far behind a handler that does not wait for it");
  }
  if (!body_.book(connection_.options().send_total, untaken_bytes_)) {
    return give_up("as many bytes wait for all clients as may");
  }
  connection_.look_again();
}

void HttpConnection::give_up(std::string_view why) {
  connection_.log(LogLevel::warning, "client given up", why);
  connection_.drop();
}

/// RFC 9112, section 7.1.
void HttpConnection::send_piece(const std::string& bytes) {
  if (!form_.chunked) return connection_.send(bytes);
  char size[20];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  std::string chunk{size, static_cast<std::size_t>(digits)};
  connection_.send(std::move(chunk.append(bytes).append("\r\n")));
}

void HttpConnection::on_part(HttpStreamEnd end) {
  if (!end.complete) return connection_.drop();
  std::exchange(exchange_, nullptr)->close();
  pause_.reset();
  if (form_.with_body && form_.chunked) connection_.send(write_http_trailers(end.trailers));
  untaken_bytes_ = 0;
  response_queued_ = true;
  expect_reading();
  if (!form_.keep_alive) return close();
  connection_.look_again();
}

/// Not by the loop's idea of time, which stands still while it has work: this is the handler's.
void HttpConnection::on_part(HttpPause pause) {
  pause_.emplace(loop_, pause.time, [exchange = exchange_] { exchange->wake(); });
}

void HttpConnection::on_stream_drained() {
  if (!connection_.half_closed()) connection_.clear_deadline();
  body_.release();
  const auto exchange = exchange_;  // whoever goes on may end the connection
  exchange->on_taken(std::exchange(untaken_bytes_, 0));
}

// -- files --------------------------------------------------------------------------------------------------

void HttpConnection::continue_download() {
  if (download_->sending() > 0) download_->end_sending(download_->sending());
  if (download_->wants_piece()) {
    connection_.stop_time();
    options_.router->file_reader().read(
        download_->begin_reading(),
        later<FileReader::Piece>(
            [](HttpConnection& self, FileReader::Piece piece) { self.on_piece(std::move(piece)); }));
  } else if (download_->finished()) {
    download_.reset();
    if (!form_.keep_alive) return close();
    on_drained();
  }
}

void HttpConnection::on_piece(FileReader::Piece piece) {
  if (!download_) return;
  connection_.continue_time();
  if (!piece) {  // the length is promised already, so only the end of the connection can say it
    const std::string remote = connection_.remote_address();
    loop_.log().limited(remote).warning("download broken off: the file cannot be read, or was cut meanwhile",
                                        {{"file", download_->file().path()}, {"remote", remote}});
    return connection_.drop();
  }
  download_->begin_sending(piece->size());
  connection_.send(std::move(piece));
}

/// The system takes no more for now: what it has left of the piece is read again later.
void HttpConnection::on_blocked() {
  if (!download_ || download_->sending() == 0) return;
  const std::size_t sending = download_->sending();
  download_->end_sending(sending - connection_.drop_unsent());
}

}  // namespace nano
