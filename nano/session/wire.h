// Internal header. The seam between a connection's state machine and whatever moves its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/frame.h"
#include "nano/base/function.h"
#include "nano/base/send_account.h"
#include "nano/base/turn_share.h"
#include "protocol/bytes.h"

namespace nano {

/// How a wire ends.
enum class WireClose {
  flush,  ///< what is queued still leaves, within limits::close_timeout
  drop,   ///< at once; what is queued is lost
};

/// Why a connection ended: a stable word for logs and programs, and what exactly happened.
struct CloseReason {
  std::string code;    ///< "protocol_error", "backpressure", ...
  std::string detail;  ///< a sentence, or empty
};

/// How far a wire has got. Bytes are those of its stream, encrypted or framed as it is.
struct WireProgress {
  std::uint64_t taken = 0;  ///< by the client's system, since the wire began
  std::uint64_t end = 0;    ///< those, and what waits for it here, in the system or on the way
  bool unread = false;      ///< something that the client has sent waits, and not for the client
  /// Since its last packet or piece of one, in time that the wire's thread listened.
  Duration unheard = Duration::max();
};

/// The way to one client: a socket, or its stand-in in memory. All calls on the logic thread.
class Wire {
 public:
  virtual ~Wire() = default;
  /// Queues the frame; it leaves with all others of this turn, or as soon as the client takes it. Never tells
  /// the receiver anything on the spot.
  virtual SendStatus send(const Frame& frame) = 0;
  /// What waits to be written, each message counted limits::message_overhead_bytes longer.
  virtual std::size_t queued_bytes() const = 0;
  virtual bool over_budget() const = 0;
  /// Looks how far the client is, and tells it: at once, or in a later turn where a thread of its own moves
  /// the bytes. Not if the wire is closed before.
  virtual void measure(Function<void(const WireProgress&)> tell) = 0;
  /// The receiver's on_drained() follows, once for each call and in their order, in a later turn: when all
  /// that was sent before is written, whatever is sent afterwards.
  virtual void tell_when_drained() = 0;
  /// Ends the wire; the receiver hears nothing more from it. The second call does nothing.
  virtual void close(WireClose how, const CloseReason& reason) = 0;
  /// "address:port" of the client. Never changes.
  virtual std::string remote_address() const = 0;
  /// The receiver, for which the wire waits, takes packets again; in a later turn, not from within.
  virtual void resume() = 0;
};

/// What a wire tells. All calls on the logic thread, none after Wire::close(). The wire keeps the receiver
/// alive during the call.
class WireReceiver {
 public:
  virtual ~WireReceiver() = default;
  /// One or more whole packets, already checked for type and length. Valid during the call. Takes as many as
  /// the share allows, which it reduces by them, and returns their bytes; the rest comes again, later.
  virtual std::size_t on_packets(protocol::ByteView packets, TurnShare& share) = 0;
  /// The bytes stopped making sense; nothing more is read.
  virtual void on_malformed(std::string_view what) = 0;
  /// The client will send no more; it may still read.
  virtual void on_end_of_input() = 0;
  /// What was sent before the oldest Wire::tell_when_drained() that has not been answered is written.
  virtual void on_drained() = 0;
  /// The wire is gone in both directions. What had to wait otherwise, beside its turn, has been dropped.
  virtual void on_lost(std::string_view why) = 0;
};

}  // namespace nano
