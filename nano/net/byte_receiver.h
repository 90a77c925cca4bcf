// Internal header. ByteReceiver: the protocol behind a connection's bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nano {

/// Owned by its ByteConnection, which is there as long as it is. All calls on the loop's thread.
class ByteReceiver {
 public:
  virtual ~ByteReceiver() = default;

  /// First, once: bytes can be sent, and may come. With TLS that is after the handshake.
  virtual void on_open() = 0;
  /// What has come; overwritten as it likes, gone when it returns. Also while the connection closes, for what
  /// the peer says to the end may matter.
  virtual void on_bytes(std::span<std::uint8_t> bytes) = 0;
  /// Whether more is to be read. When that changes, ByteConnection::resume_reading() is called.
  virtual bool wants_bytes() const = 0;
  /// The peer sends no more; it may still read. Not told when we have closed before.
  virtual void on_end_of_input() = 0;
  /// What comes has stopped making sense, and nothing more is read. The receiver closes the connection.
  virtual void on_malformed(const std::string& what) = 0;
  /// The socket is closed, or about to be: what was in flight is lost. on_lost() follows if nobody asked for
  /// it.
  virtual void on_closed() {}
  virtual void on_lost(std::string_view why) = 0;

  /// The peer has closed its end, or (`is_lost`) the whole connection, which it says also while it is not
  /// read.
  virtual void on_hung_up([[maybe_unused]] bool is_lost) {}
  /// Its turn has come; false: it has nothing to do of its own, so that the connection reads.
  virtual bool take_turn() { return false; }
  /// At the end of a turn: something may have been written. on_drained() follows when that was all there
  /// was, on_blocked() when the system takes no more for now.
  virtual void on_written() {}
  virtual void on_drained() {}
  virtual void on_blocked() {}
  /// The time is over; true: it knows what to do. Else a peer that makes no progress is given up.
  virtual bool on_deadline() { return false; }
  /// Whether the peer is expected to take something that is not queued at the moment.
  virtual bool is_sending() const { return false; }
  /// What a peer is told that sent a request of HTTP where a handshake of TLS is due. Before on_open().
  virtual std::string answer_in_plain() const { return {}; }
  /// Whether the peer answers our last word, so that our end of the stream comes after its.
  virtual bool awaits_last_word() const { return false; }
};

}  // namespace nano
