#include "nano/transport/receive_line.h"

#include <algorithm>
#include <utility>

#include "nano/base/limits.h"
#include "nano/transport/socket_connection.h"

namespace nano {

ReceiveLine::ReceiveLine(Scheduler& scheduler) : scheduler_(scheduler) {
  scheduler_.at_turn_end([this] { serve(); });
}

TurnShare ReceiveLine::share_now() {
  begin_round();
  ++active_;
  TurnShare share = meter_.share(std::max(last_active_, active_ + line_.size()), until_);
  if (scheduler_.noted_at() >= until_) share.packets = 0;
  return share;
}

void ReceiveLine::serve() {
  if (!line_.empty()) {
    begin_round();
    const TurnShare share = meter_.share(active_ + line_.size(), until_);
    active_ += line_.serve(scheduler_.clock(), until_,
                           [&share](const auto& connection) { connection->handle_inbox(share); });
  }
  if (active_ > 0) end_round();
  if (!line_.empty()) scheduler_.post([] {});  // the next turn comes without a wait
}

void ReceiveLine::begin_round() {
  if (began_ != TimePoint{}) return;
  began_ = scheduler_.now();
  until_ = scheduler_.clock().coarse_now() + limits::round_time;
}

void ReceiveLine::end_round() {
  if (active_ > limits::round_clients_measured) meter_.learn(packets_, scheduler_.now() - began_);
  packets_ = 0;
  last_active_ = std::exchange(active_, 0);
  began_ = {};
}

}  // namespace nano
