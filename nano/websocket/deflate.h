// Internal header. Compression of WebSocket messages: permessage-deflate (RFC 7692), without context
// takeover in either direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/frame.h"
#include "nano/base/inflate_budget.h"

namespace nano {

/// What is answered to the value of Sec-WebSocket-Extensions: the first offer of permessage-deflate that can
/// be had (RFC 7692, sections 5 and 7.1), or nothing. Offers that are malformed are passed over, and so are
/// those that want a smaller window of the server: one form of a message serves all its receivers.
std::string answer_to_deflate_offers(std::string_view extensions);

/// Compresses frames for the clients that have agreed on it, each frame once. Each message stands alone
/// (no context takeover), so one serves all connections of an application. Logic thread. Holds some hundred
/// KiB, from the first frame on.
class WebSocketDeflater {
 public:
  WebSocketDeflater();
  ~WebSocketDeflater();
  WebSocketDeflater(const WebSocketDeflater&) = delete;
  WebSocketDeflater& operator=(const WebSocketDeflater&) = delete;

  /// Gives the frame its compressed form, unless it has one, is too small or too large (limits.h), or does
  /// not become smaller.
  void prepare(const Frame& frame);

 private:
  struct Stream;
  std::span<const std::uint8_t> compress(std::span<const std::uint8_t> packet);

  std::unique_ptr<Stream> stream_;  // from the first frame on
};

/// Inflates the messages of clients, one after the other: one for all connections of a thread. Holds some 50
/// KiB, from the first message on.
class WebSocketInflater {
 public:
  enum class Status {
    ok,
    malformed,
    too_large,      ///< inflates to more than the message limit
    over_budget,    ///< inflates to more than is free, while nothing is left of the budget of all clients
    out_of_memory,  ///< the inflater could not be made
  };

  /// `clock` is the budget's, and outlives this.
  WebSocketInflater(const Clock& clock, std::shared_ptr<InflateBudget> budget);
  ~WebSocketInflater();
  WebSocketInflater(const WebSocketInflater&) = delete;
  WebSocketInflater& operator=(const WebSocketInflater&) = delete;

  /// One whole message, as it came. Costs at most what `bytes_max` bytes cost, whatever it claims to be.
  Status inflate(std::span<const std::uint8_t> message, std::size_t bytes_max);
  /// What it was, if `ok`; until the next call of either.
  std::span<const std::uint8_t> inflated() const {
    return {reinterpret_cast<const std::uint8_t*>(out_.data()), out_.size()};
  }
  /// The message is used: gives back what a large one took.
  void release_memory();

 private:
  struct Stream;
  Status append(std::span<const std::uint8_t> input, std::size_t bytes_max);

  const Clock& clock_;
  std::shared_ptr<InflateBudget> budget_;
  std::unique_ptr<Stream> stream_;  // from the first message on
  std::string out_;
};

}  // namespace nano
