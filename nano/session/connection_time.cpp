// A connection's time limits: of its handshake, its heartbeats and its silence.
#include <algorithm>
#include <chrono>
#include <utility>

#include "nano/session/connection.h"

namespace nano {

void Connection::restart_handshake_timer() {
  // A plain pointer is safe: the timer goes with this object.
  timer_ = host_.scheduler().after_listening(host_.options.handshake_timeout,
                                             [this] { measure(&Connection::on_handshake_late); });
}

void Connection::on_handshake_late(const WireProgress& progress) {
  if (state_ == State::working) return;
  // A large answer, as one with all routes, takes its time on a slow line.
  if (state_ == State::awaiting_ack && life_.took_of_answer(progress) >= limits::progress_bytes) {
    return restart_handshake_timer();
  }
  close(WireClose::flush, {"handshake_timeout", "no acknowledged handshake in time"});
}

Duration Connection::silence_allowed() const {
  const Duration allowed = limits::heartbeat_intervals_until_silent * heartbeat_interval();
  return life_.far_behind() ? std::max(allowed, host_.options.send_stall_timeout) : allowed;
}

/// What the client was told, and is therefore judged by.
Duration Connection::heartbeat_interval() const {
  const Duration interval = host_.options.heartbeat_interval;
  return traits_.takes_fractions ? interval : std::chrono::ceil<std::chrono::seconds>(interval);
}

void Connection::schedule_next_check() {
  const Scheduler& scheduler = host_.scheduler();
  const TimePoint silent_at = life_.last() + silence_allowed();
  const Duration next = std::min(next_heartbeat_ - scheduler.now(), silent_at - scheduler.listened());
  timer_ = host_.scheduler().after(next, [this] { on_timer(); });
}

void Connection::on_timer() { measure(&Connection::on_measured); }

void Connection::on_measured(const WireProgress& progress) {
  if (state_ != State::working || timer_.active()) return;  // a new handshake has begun meanwhile
  const TimePoint now = host_.scheduler().now();
  const TimePoint listened = host_.scheduler().listened();
  const Duration interval = heartbeat_interval();
  const bool heartbeat_due = now >= next_heartbeat_;
  life_.measured(progress, listened, heartbeat_due);
  if (listened - life_.last() >= silence_allowed()) {
    return close(WireClose::drop, {"heartbeat_timeout", "no packet for three heartbeat intervals"});
  }
  if (heartbeat_due) {
    if (!life_.behind()) send(host_.heartbeat_frame());
    next_heartbeat_ +=
        (now - next_heartbeat_) / interval * interval + interval;  // those missed are not made up for
  }
  schedule_next_check();
}

}  // namespace nano
