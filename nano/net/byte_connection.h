// Internal header. ByteConnection: the rules of one connection, without its socket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/uio.h>
#include <utility>

#include "nano/base/log.h"
#include "nano/base/send_account.h"
#include "nano/net/byte_receiver.h"
#include "nano/net/connection_options.h"
#include "nano/net/send_queue.h"
#include "nano/net/tls_stream.h"

namespace nano {

/// A state machine: bytes and events in, actions out. It does no I/O and reads no clock; who has the socket
/// derives from it, tells it what happens there and does what it asks for.
///
/// | phase | until |
/// |---|---|
/// | handshaking | TLS is agreed on; plain connections begin open |
/// | open | close(), or the end of both directions |
/// | flushing | what is queued has left; then our end of the stream is sent |
/// | lingering | the peer's end has come, so that a reset does not destroy what it has not read |
/// | closed | |
///
/// Each phase but `open` ends with its deadline, too. Loop's thread, but for account().
class ByteConnection {
 public:
  enum class Phase : std::uint8_t { handshaking, open, flushing, lingering, closed };

  explicit ByteConnection(std::shared_ptr<const ConnectionOptions> options);
  virtual ~ByteConnection() = default;
  ByteConnection(const ByteConnection&) = delete;
  ByteConnection& operator=(const ByteConnection&) = delete;

  const ConnectionOptions& options() const { return *options_; }
  Phase phase() const { return phase_; }
  /// We have closed it, or it is gone.
  bool closing() const { return phase_ > Phase::open; }
  /// The peer's end of the stream has come.
  bool end_of_input() const { return end_of_input_; }
  /// The same, or it is there to be read.
  bool half_closed() const { return hung_up_ || end_of_input_; }
  /// The system takes no more for now.
  bool blocked() const { return blocked_; }
  /// Nothing is read, whatever comes.
  bool paused() const { return paused_; }

  /// What the receiver sends leaves at the end of the turn, in one gather write; nothing when closing().
  /// The costs of frames are booked in account() before.
  void send(const Frame& frame, FrameForm form);
  void send(SendQueue staged);
  void send(std::string bytes) { send(std::make_shared<const std::string>(std::move(bytes))); }
  void send(std::shared_ptr<const std::string> bytes);
  /// Behind all that was sent; counted by take_written_marks() when that is written.
  void send_mark();
  std::uint32_t take_written_marks();
  /// Drops what was sent and is neither written nor encrypted. Returns its bytes.
  std::size_t drop_unsent();
  /// Writes at once what is sent.
  void write_now();
  /// Called at the end of the turn, as if something had been sent.
  void look_again() { want_flush(); }
  /// What waits to be sent. Any thread.
  SendAccount& account() { return account_; }
  const SendAccount& account() const { return account_; }

  /// Ends the connection: what is queued leaves before. The receiver hears nothing more but bytes.
  void close();
  /// Ends it at once, by a reset: a peer that does not read holds nothing.
  void drop();
  /// There is nobody any more: the receiver is told on_lost().
  void lose(std::string_view why) { on_lost(why); }
  /// The peer's last word has come.
  void finish() { close_socket(); }
  /// The peer's last word will not come; its end of the stream is awaited.
  void end_output() { shut_down_send(); }

  void pause_reading() { paused_ = true; }
  void resume_reading();

  /// Another receiver from now on. Returns the one before, which calls this and may not be destroyed until
  /// it returns.
  std::unique_ptr<ByteReceiver> replace_receiver(std::unique_ptr<ByteReceiver> next) {
    return std::exchange(receiver_, std::move(next));
  }

  /// What the peer takes until the deadline is measured from here.
  void expect_progress() { taken_at_deadline_ = taken(); }
  // How far the bytes are: taken by the peer's system, and with those that wait here or are on the way.
  std::uint64_t taken() const;
  std::uint64_t end() const;

  // Of who has the socket:
  virtual std::shared_ptr<ByteConnection> shared() = 0;
  virtual std::string remote_address() const = 0;
  virtual void log(LogLevel level, std::string_view event, std::string_view error) const = 0;
  /// Bytes that have come and are not read.
  virtual std::uint64_t unread() const = 0;
  /// ByteReceiver::take_turn() is called soon.
  virtual void want_turn() = 0;
  /// The peer has so much time from now; the deadline before is forgotten. It counts only while the loop
  /// listens.
  virtual void set_deadline(Duration from_now) = 0;
  virtual void clear_deadline() = 0;
  /// None, or a longer one than that, is set.
  virtual bool has_longer_deadline(Duration from_now) const = 0;
  /// The peer's time stands still while it waits for us.
  virtual void stop_time() = 0;
  virtual void continue_time() = 0;

 protected:
  enum class Written : std::uint8_t { all, not_all, failed };  ///< failed: errno says why

  // What happens. First:
  void start(std::unique_ptr<ByteReceiver> receiver);
  void on_received(std::span<std::uint8_t> bytes);
  void on_end_of_stream();
  void on_lost(std::string_view why);
  void on_hung_up(bool is_lost);
  /// The time given by set_deadline() is over. `unwritten`: it was not tried yet to write what is queued.
  void on_time_over(bool unwritten);

  // Writing: while there is output, and the system takes it.
  bool has_output();
  std::size_t gather(std::span<iovec> into) const;
  void on_sent(std::size_t bytes);
  void on_blocked() { blocked_ = true; }
  void on_writable() { blocked_ = false; }
  void on_flushed(Written written);

  ByteReceiver& receiver() { return *receiver_; }
  bool handshaking() const { return phase_ == Phase::handshaking; }
  /// The peer's hello: before that is answered nothing is written.
  bool hello_answered() const { return written_ > 0; }
  bool may_read() const { return closing() || handshaking() || receiver_->wants_bytes(); }

 private:
  /// What only TLS needs.
  struct Tls {
    explicit Tls(const TlsContext& context) : stream(context) {}
    TlsStream stream;
    std::string ciphertext = {};        // encrypted, not yet written
    std::size_t ciphertext_cost = 0;    // of its frames, for the budget
    std::uint32_t marks_encrypted = 0;  // all before them is written, or ciphertext
  };

  // What is to be done:
  virtual void want_flush() = 0;  ///< on_flushed() at the end of the turn
  virtual Written write_all() = 0;
  virtual void shut_down_send() = 0;
  virtual void close_descriptor(bool reset) = 0;
  virtual void continue_reading() = 0;
  virtual void on_handshake_done() = 0;
  virtual std::uint64_t unacknowledged() const = 0;

  void end_handshake();
  void on_handshake_lost();
  void on_tls_failed();
  void refuse_handshake();
  bool encrypt_some();
  void linger();
  void close_socket(bool reset = false);
  void give_up() { close_socket(sending()); }
  bool sending() const;
  Duration close_timeout() const;

  std::shared_ptr<const ConnectionOptions> options_;
  std::unique_ptr<ByteReceiver> receiver_;
  std::unique_ptr<Tls> tls_;
  SendAccount account_;
  SendQueue queue_;
  std::uint64_t written_ = 0;            // to the socket, since the beginning
  std::uint64_t taken_at_deadline_ = 0;  // by the peer: see expect_progress()
  Phase phase_;
  bool hung_up_ = false;
  bool end_of_input_ = false;
  bool tls_failed_ = false;
  bool blocked_ = false;
  bool paused_ = false;
};

}  // namespace nano
