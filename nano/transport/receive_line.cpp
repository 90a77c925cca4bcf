#include "nano/transport/receive_line.h"

#include <algorithm>
#include <utility>

#include "nano/base/limits.h"
#include "nano/transport/packet_wire.h"

namespace nano {

ReceiveLine::ReceiveLine(Scheduler& scheduler) : scheduler_(scheduler) {
  scheduler_.at_turn_end([this] { serve(); });
}

TurnShare ReceiveLine::share_now(RoundPart& part) {
  begin_round();
  if (line_.has_new() || scheduler_.noted_at() >= until_) return {.packets = 0, .until = until_};
  if (!had_turn(part)) {
    ++active_;
    part = {round_, meter_.share(std::max(last_active_, active_ + line_.size()), until_).packets};
  }
  return {.packets = part.packets_left, .until = until_};
}

void ReceiveLine::serve() {
  if (!line_.empty()) serve_line();
  if (!std::exchange(begun_, false)) return;
  ++round_;
  packets_ = 0;
  last_active_ = std::exchange(active_, 0);
  if (!line_.empty()) scheduler_.turn_soon();
}

/// What was handled at once needs no measuring: it was little.
void ReceiveLine::serve_line() {
  begin_round();
  const TurnShare share = meter_.share(active_ + line_.size(), until_);
  const TimePoint began = scheduler_.clock().now();
  packets_ = 0;
  line_.serve(scheduler_.clock(), until_, [this, &share](const auto& connection) {
    ++active_;
    connection->handle_inbox(share);
  });
  if (active_ > limits::round_clients_measured) meter_.learn(packets_, scheduler_.clock().now() - began);
}

void ReceiveLine::begin_round() {
  if (std::exchange(begun_, true)) return;
  until_ = scheduler_.clock().now() + limits::round_time;
  line_.begin_round();
}

}  // namespace nano
