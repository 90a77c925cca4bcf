// Internal header. ShareMeter: how many packets a client's turn may take.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "nano/base/limits.h"
#include "nano/base/turn_share.h"

namespace nano {

/// Gives each client an equal part of a round's time, as a number of packets, because a clock is too
/// expensive to be read for each; what a packet takes is learned from the rounds before. One thread.
class ShareMeter {
 public:
  /// For each of `active` clients, in a round that ends at `until`.
  TurnShare share(std::size_t active, TimePoint until) const {
    const Duration time =
        std::max(limits::round_time / static_cast<Duration::rep>(std::max<std::size_t>(active, 1)),
                 limits::share_time_least);
    return {.packets = static_cast<std::uint32_t>(std::max<Duration::rep>(time / per_packet_, 1)),
            .until = until};
  }

  /// A round has handled so many packets and taken so long. One that was held up by something else does not
  /// change much: the next ones put it right.
  void learn(std::size_t packets, Duration took) {
    if (packets == 0) return;
    const Duration each = took / static_cast<Duration::rep>(packets);
    per_packet_ = std::max(least, std::clamp(each, per_packet_ / 2, per_packet_ * 4));
  }

 private:
  static constexpr Duration least = std::chrono::nanoseconds{100};

  Duration per_packet_ = std::chrono::nanoseconds{500};
};

}  // namespace nano
