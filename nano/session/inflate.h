// Internal header. Payloads that pomelo and Pitaya clients compress (bit 4 of a message's flags).
#pragma once

#include <cstddef>
#include <string>

#include "nano/base/inflate_budget.h"
#include "protocol/bytes.h"

namespace nano {

enum class InflateStatus {
  ok,
  not_deflated,  ///< no whole zlib stream: some clients set the bit without compressing
  too_large,     ///< inflates to more than the limit
};

/// Whether it begins as a zlib stream does.
bool begins_deflated(protocol::ByteView payload);

/// Inflates one zlib stream (RFC 1950) into `out`, which in the end holds what that has cost, whatever the
/// status. Memory stays below `bytes_max` whatever the input. Any thread.
InflateStatus inflate_payload(protocol::ByteView input, std::size_t bytes_max, std::string& out);

/// The payload of a client's message, which is inflated when somebody asks for it, if it is compressed. Lives
/// while the message is handled. One thread.
class InboundPayload {
 public:
  explicit InboundPayload(protocol::ByteView plain) : bytes_(plain) {}
  /// Compressed, as its client says, and inflating to `bytes_max` at most.
  InboundPayload(protocol::ByteView deflated, std::size_t bytes_max)
      : bytes_(deflated), bytes_max_(bytes_max), deflated_(true) {}
  InboundPayload(const InboundPayload&) = delete;
  InboundPayload& operator=(const InboundPayload&) = delete;

  /// What the client meant. Empty when that is too large.
  protocol::ByteView view() {
    if (deflated_) inflate();
    return bytes_;
  }
  /// view() would have to inflate it.
  bool is_deflated() const { return deflated_; }
  /// view() found that it inflates to more than the limit: the message is refused.
  bool is_too_large() const { return too_large_; }
  /// That were made of it so far.
  std::size_t inflated_bytes() const { return inflated_.size(); }

 private:
  void inflate();

  protocol::ByteView bytes_;
  std::size_t bytes_max_ = 0;
  bool deflated_ = false;
  bool too_large_ = false;
  std::string inflated_;
};

}  // namespace nano
