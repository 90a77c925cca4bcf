// Internal header. SocketConnection: one client's socket, with its layers of TLS, HTTP and WebSocket.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <asio/ip/tcp.hpp>

#include "nano/http/body_account.h"
#include "nano/http/download.h"
#include "nano/http/reply.h"
#include "nano/http/request_reader.h"
#include "nano/http/response_writer.h"
#include "nano/net/listener.h"
#include "nano/net/pollable.h"
#include "nano/net/send_queue.h"
#include "nano/net/socket.h"
#include "nano/net/tls_stream.h"
#include "nano/session/wire.h"
#include "nano/transport/inbox.h"
#include "nano/transport/listener_options.h"
#include "nano/transport/logic_loop.h"
#include "nano/websocket/stream.h"
#include "protocol/packet.h"

namespace nano {

/// Belongs to one IoLoop; the logic thread sees it as a Wire. Kept alive by the loop while its socket is
/// open, and by the logic's end.
///
/// Bytes in:  socket > [TLS] > [HTTP until the upgrade, then WebSocket] > packets > logic thread
/// Bytes out: logic thread > queue > [TLS] > one gather write per turn
class SocketConnection final : public Wire, public Pollable {
 public:
  SocketConnection(LogicLoop& loop, Socket socket, const asio::ip::tcp::endpoint& remote,
                   std::shared_ptr<const ListenerOptions> options);
  ~SocketConnection() override;

  /// Loop's thread, once: begins to read.
  void start();

  // Wire: logic thread.
  SendStatus send(const Frame& frame) override;
  std::size_t queued_bytes() const override { return account_.waiting(); }
  bool over_budget() const override { return account_.over_budget(); }
  void measure(Function<void(const WireProgress&)> tell) override;
  void tell_when_drained() override;
  void close(WireClose how, const CloseReason& reason) override;
  std::string remote_address() const override;
  void resume() override { end_wait(Wait::for_receiver); }

  std::shared_ptr<SocketConnection> shared() {
    return std::static_pointer_cast<SocketConnection>(shared_from_this());
  }

  // Pollable: loop's thread.
  int descriptor() const override { return socket_.descriptor(); }
  /// Writes what waits for the socket.
  bool on_ready(std::uint32_t events) override;
  /// Reads once, or handles what was read before and is beyond its share.
  void take_turn() override;
  std::shared_ptr<Pollable> in_line() override;
  void flush() override;
  void on_deadline() override;
  bool is_closed() const override { return closing_ == Closing::closed; }

  /// Logic thread, for the loop: a share of the packets that wait.
  void handle_inbox(TurnShare share);

  // Logic thread, for the loop: where what this turn sends is staged.
  std::uint32_t staged_at() const { return staged_at_; }
  void set_staged_at(std::uint32_t place) { staged_at_ = place; }
  static constexpr std::uint32_t not_staged = static_cast<std::uint32_t>(-1);

  /// Loop's thread: what the logic has staged in one of its turns.
  void enqueue(SendQueue staged);

 private:
  enum class Mode : std::uint8_t { http, websocket, packets };
  enum class Written : std::uint8_t { all, not_all, failed };  ///< failed: errno says why
  enum class Closing : std::uint8_t {
    no,
    flushing,   // what is queued leaves, then our end of the stream
    lingering,  // our end is sent; the client's is awaited, so that a reset does not destroy what it has not
                // read
    closed,
  };

  /// What only HTTP needs: gone with the upgrade.
  struct Http {
    HttpRequestReader reader = {};
    std::string pipelined = {};                   // what came while a request was being answered
    std::shared_ptr<HttpExchange> exchange = {};  // until its answer comes
    HttpResponseForm form = {};                   // of that answer
    std::optional<HttpDownload> download = {};    // the body of a response that is being sent
    BodyAccount body = {};                        // of one that a handler has made
  };

  /// What only TLS needs.
  struct Tls {
    explicit Tls(const TlsContext& context) : stream(context) {}
    TlsStream stream;
    std::string ciphertext = {};      // encrypted, not yet written
    std::size_t ciphertext_cost = 0;  // of its frames, for the budget
    std::size_t marks_encrypted = 0;  // of tell_when_drained(): all before them is written, or ciphertext
  };

  std::weak_ptr<SocketConnection> weak() { return shared(); }

  // -- loop's thread: reading (socket_connection_reading.cpp)
  void read();
  void line_up();
  void on_bytes(std::span<std::uint8_t> bytes);
  void on_plaintext(std::span<std::uint8_t> bytes);
  void on_packet_bytes(std::span<const std::uint8_t> bytes);
  void on_websocket_bytes(std::span<std::uint8_t> bytes);
  void on_websocket_finished();
  void on_tls_failed();
  void end_handshake();
  void on_handshake_lost();
  /// The client's hello: before that is answered nothing is written.
  bool hello_answered() const { return written_ > 0; }
  void on_end_of_stream();
  void tell_end_of_input();
  void on_lost(std::string_view why);
  bool discarding() const { return closing_ != Closing::no || ignoring_input_; }
  bool may_read() const;
  void resume_reading();

  // -- loop's thread: HTTP (socket_connection_http.cpp)
  void on_http_bytes(std::span<std::uint8_t> bytes);
  void on_http_request(HttpRequest request);
  void on_http_answer(HttpAnswer answer);
  void log_failure(const HttpAnswer::Failure& failure) const;
  bool book_body(const HttpAnswer& answer);
  void on_http_drained();
  void on_http_response_sent();
  void on_hung_up(std::uint32_t events);
  void on_http_half_closed();
  void on_http_answer_late();
  void abandon_http_request();
  void continue_download();
  void on_download_piece(FileReader::Piece piece);
  void drop_unsent_piece();
  void upgrade(const HttpRequest& request);
  void send_http(const HttpAnswer& answer, HttpResponseForm form);

  void write_ahead(std::size_t cost);

  // -- loop's thread: writing (socket_connection_writing.cpp) and closing
  void enqueue(const Frame& frame);
  void mark_dirty();
  bool encrypt_some();
  Written write_all();
  Written write_some();
  std::uint64_t taken() const;
  bool has_unread() const;
  WireProgress progress() const;
  void tell_taken();
  std::size_t take_written_marks();
  void on_drained();
  void begin_close(WireClose how, const CloseReason& reason);
  void linger();
  void close_socket();
  void give_up();
  void set_deadline(Duration from_now);
  /// What the client takes until the deadline is measured from here.
  void expect_progress() { taken_at_deadline_ = taken(); }
  bool sending() const;
  Duration close_timeout() const;
  void arm_deadline();
  void disarm_deadline();
  /// The client's time stands still while it waits for us.
  void stop_time();
  void continue_time() { set_deadline(time_left_); }
  void hold_up_stop(bool hold);
  void log(LogLevel level, std::string_view event, std::string_view error) const {
    const std::string remote = remote_address();
    loop_.scheduler().log().limited(remote).write(level, event, {{"remote", remote}, {"error", error}});
  }

  // -- to the logic thread (socket_connection_reading.cpp)
  void open_receiver();
  /// In order behind all packets before.
  void tell_logic(Inbox::Ending tell);
  void note_part(std::size_t bytes);
  void hand_over(protocol::ByteView packets);

  // -- logic thread (socket_connection_reading.cpp)
  void receive_inline(protocol::ByteView packets);
  void receive(protocol::Bytes packets);
  std::size_t handle(protocol::ByteView packets, TurnShare& share);
  void line_up_inbox();
  void make_wait(Wait wait);
  void end_wait(Wait wait);
  void drop_inbox();
  void handled(std::size_t bytes);

  LogicLoop& loop_;
  Socket socket_;
  const asio::ip::tcp::endpoint remote_;
  std::shared_ptr<const ListenerOptions> options_;
  std::unique_ptr<Tls> tls_;
  std::unique_ptr<Http> http_;  // Mode::http
  std::optional<WebSocketStream> websocket_;
  protocol::PacketDecoder decoder_;
  SendAccount account_;
  SendQueue queue_;
  TimePoint deadline_{};                 // none: the connection's state machine watches the time
  IoLoop::Deadline armed_at_{};          // what the loop was told, if armed_
  Duration time_left_{};                 // until the deadline, while the time stands still
  std::uint64_t written_ = 0;            // to the socket, since the beginning
  std::uint64_t taken_at_deadline_ = 0;  // by the client: see expect_progress()
  TimePoint heard_{};                    // the last packet, or part of one, on the loop's listened()
  std::uint32_t unnoted_bytes_ = 0;      // of a packet that has not come whole
  Mode mode_;
  Closing closing_ = Closing::no;
  bool armed_ = false;
  bool dirty_ = false;
  bool readable_ = false;     // there may be more to read than was read
  bool in_line_ = false;      // take_turn() will be called
  bool handshaking_ = false;  // of TLS: its turns are given by the HandshakeLine
  bool hung_up_ = false;      // the client's end of the stream, or an error, is there to be read
  bool awaiting_writable_ = false;
  bool budget_awaited_ = false;  // the inbox waits until the client is within its budget
  bool answering_ = false;       // a response is due: until it has left the next request waits
  bool response_queued_ = false;
  bool end_of_input_ = false;    // the client's end of the stream has come
  bool ignoring_input_ = false;  // what comes means nothing any more
  bool paused_ = false;
  bool holds_up_stop_ = false;

  std::atomic<std::size_t> unhandled_bytes_{0};  // handed over, not yet handled by the logic

  // logic thread
  std::shared_ptr<WireReceiver> receiver_;
  std::unique_ptr<Inbox> inbox_;  // packets beyond the connection's share; none: all are handled
  RoundPart part_;
  std::uint32_t staged_at_ = not_staged;
  bool closed_by_logic_ = false;
  bool lost_ = false;
};

/// For listeners: makes a connection of each socket that comes to one of the loops. Both outlive its use.
AcceptSocket connect_to(const std::vector<LogicLoop*>& loops, std::shared_ptr<const ListenerOptions> options);

}  // namespace nano
