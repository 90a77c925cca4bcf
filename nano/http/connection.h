// Internal header. HttpConnection: a server's side of HTTP/1.1 on one connection.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nano/http/body_account.h"
#include "nano/http/download.h"
#include "nano/http/exchange.h"
#include "nano/http/request_reader.h"
#include "nano/http/router.h"
#include "nano/http/write_response.h"
#include "nano/net/byte_connection.h"
#include "nano/net/io_loop.h"
#include "nano/net/loop_timer.h"

namespace nano {

/// What becomes of a request for another protocol.
struct HttpUpgrade {
  std::string response = {};                    ///< that agrees
  std::unique_ptr<ByteReceiver> receiver = {};  ///< of all that follows; null: refused
  HttpResponse refusal = {};
};

/// Asked of each request; nothing: it is answered as usual. Loop's thread.
using HttpUpgrader = std::function<std::optional<HttpUpgrade>(const HttpRequest&, ByteConnection&)>;

/// What the connections of one listener have in common. Set before the start.
struct HttpOptions {
  std::shared_ptr<const HttpRouter> router = {};
  /// Whether a client that has closed its end still reads shows only when something is sent to it, so its
  /// answer is waited for no longer than this.
  Duration half_closed_timeout = limits::http_half_closed_timeout;
  /// Each answer is the last one of its connection; null: never.
  std::shared_ptr<const std::atomic<bool>> stopping = {};
};

/// One request after the other: what comes behind one that is being answered waits. Loop's thread.
class HttpConnection final : public ByteReceiver {
 public:
  /// The loop and the options outlive it. `upgrade` may be null.
  HttpConnection(ByteConnection& connection, IoLoop& loop, const HttpOptions& options, HttpUpgrader upgrade)
      : connection_(connection), loop_(loop), options_(options), upgrade_(std::move(upgrade)) {}
  ~HttpConnection() override;

  void on_open() override;
  void on_bytes(std::span<std::uint8_t> bytes) override;
  bool wants_bytes() const override { return !answering_; }
  void on_end_of_input() override;
  void on_malformed(const std::string&) override { close(); }
  void on_closed() override { abandon(); }
  void on_lost(std::string_view) override {}
  void on_hung_up(bool is_lost) override;
  void on_drained() override;
  void on_blocked() override;
  bool on_deadline() override;
  bool is_sending() const override { return response_queued_ || untaken_bytes_ > 0; }
  std::string answer_in_plain() const override;

 private:
  void begin_answering(const HttpRequest& request, std::span<const std::uint8_t> rest);
  /// Of the request with that number.
  void on_part(std::uint32_t request, HttpPart part);
  void on_part(HttpAnswer answer);
  void on_part(HttpStreamHead head);
  void on_part(HttpStreamPiece piece);
  void on_part(HttpStreamEnd end);
  void on_part(HttpPause pause);
  void on_half_closed();
  void on_response_sent();
  void upgrade(HttpUpgrade upgrade, std::span<std::uint8_t> rest);
  void answer_pipelined();
  void await_request();
  void send(const HttpAnswer& answer, HttpResponseForm form);
  void send_piece(const std::string& bytes);
  void on_stream_drained();
  void give_up(std::string_view why);
  bool is_streaming() const { return exchange_ && answer_begun_; }
  void expect_reading();
  bool book_body(const HttpAnswer& answer);
  void continue_download();
  void on_piece(FileReader::Piece piece);
  void abandon();
  void close();
  void set_busy(bool busy);
  bool is_stopping() const;
  /// Takes a value on any thread. `then(*this, value)` runs on the loop's, in a turn of its own, if the
  /// connection is still there.
  template <class Value, class Then>
  auto later(Then then);

  ByteConnection& connection_;
  IoLoop& loop_;
  const HttpOptions& options_;
  HttpUpgrader upgrade_;
  const std::shared_ptr<HttpConnection*> self_ = std::make_shared<HttpConnection*>(this);
  HttpRequestReader reader_;
  std::string pipelined_;                   // what came while a request was being answered
  std::uint32_t request_ = 0;               // how many came before it
  std::shared_ptr<HttpExchange> exchange_;  // until its answer has come
  HttpResponseForm form_;                   // of that answer
  std::optional<HttpDownload> download_;    // the body of a response that is being sent
  BodyAccount body_;                        // of one that a handler has made
  std::size_t untaken_bytes_ = 0;           // of a streamed body: what was sent of it
  std::optional<LoopTimer> pause_;
  bool answer_begun_ = false;  // the head of a streamed answer has been sent
  bool answering_ = false;     // a response is due: until it has left the next request waits
  bool response_queued_ = false;
  bool busy_ = false;
};

}  // namespace nano
