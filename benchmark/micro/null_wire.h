// Internal header. NullWire: a client that takes everything and keeps the last of it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "nano/session/wire.h"

namespace nano::benchmark {

/// The cheapest wire there can be, so that what is measured is what lies before it. One thread.
class NullWire final : public Wire {
 public:
  SendStatus send(const Frame& frame) override {
    last_ = frame;
    ++sent_;
    return SendStatus::queued;
  }
  std::size_t queued_bytes() const override { return 0; }
  bool over_budget() const override { return false; }
  void measure(Function<void(const WireProgress&)> tell) override { tell({}); }
  void tell_when_drained() override {}
  void close(WireClose, const CloseReason& reason) override { close_reason_ = reason.code; }
  std::string remote_address() const override { return "192.0.2.1:1024"; }
  void resume() override {}

  /// What the server sent last.
  const Frame& last() const { return last_; }
  std::uint64_t sent() const { return sent_; }
  /// Empty while the server has not closed.
  const std::string& close_reason() const { return close_reason_; }

 private:
  Frame last_;
  std::uint64_t sent_ = 0;
  std::string close_reason_;
};

}  // namespace nano::benchmark
