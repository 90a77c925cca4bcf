// Internal header. HandshakeLine: whose TLS handshake goes on next, and how much time handshakes get.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <asio/ip/address.hpp>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/net/pollable.h"

namespace nano {

/// What counts as one client's address: of IPv6 the network of 64 bits, within which a client has all.
std::uint64_t network_of(const asio::ip::address& address);

/// A line in which addresses take turns: one with many in line waits for its others, not the others for it.
/// One thread.
template <class T>
class AddressLine {
 public:
  bool empty() const { return order_.empty(); }

  void add(std::uint64_t network, T item) {
    std::deque<T>& line = lines_[network];
    if (line.empty()) order_.push_back(network);
    line.push_back(std::move(item));
  }

  /// Not when empty.
  T take() {
    const std::uint64_t network = order_.front();
    order_.pop_front();
    const auto place = lines_.find(network);
    T item = std::move(place->second.front());
    place->second.pop_front();
    if (place->second.empty()) {
      lines_.erase(place);
    } else {
      order_.push_back(network);
    }
    return item;
  }

 private:
  std::map<std::uint64_t, std::deque<T>> lines_;  // none of them is empty
  std::deque<std::uint64_t> order_;               // each network once
};

/// Those who have got their first answer go before those who come anew: what was computed for them is lost
/// when they give up, and comes again. Of both, addresses take turns. One thread.
template <class T>
class HandshakeOrder {
 public:
  bool empty() const { return begun_.empty() && new_.empty(); }

  void add(std::uint64_t network, T item, bool begun) {
    (begun ? begun_ : new_).add(network, std::move(item));
  }

  /// Not when empty.
  T take() {
    const bool begun = !begun_.empty() && (new_.empty() || begun_in_a_row_ < begun_for_each_new);
    begun_in_a_row_ = begun ? begun_in_a_row_ + 1 : 0;
    return (begun ? begun_ : new_).take();
  }

 private:
  /// More turns than a client needs to finish, so that none of them waits for long; but who takes turn after
  /// turn and does not finish, does not keep the others out.
  static constexpr int begun_for_each_new = 4;

  AddressLine<T> begun_;
  AddressLine<T> new_;
  int begun_in_a_row_ = 0;
};

/// A part of a thread's time, saved up to `burst` at most. What was too much is held against it up to as
/// much: it may be that nobody has used it, as when the thread was held up. One thread.
class TimeBudget {
 public:
  /// `percent`: 1 to 100. Begins with a whole burst.
  TimeBudget(int percent, Duration burst) : percent_(percent), burst_(burst), left_(burst) {}

  bool allows(TimePoint now) {
    const TimePoint counted_to = counted_to_.value_or(now);
    left_ = std::min(burst_, left_ + (now - counted_to) * percent_ / 100);
    counted_to_ = now;
    return left_ > Duration::zero();
  }
  /// May be more than what is left, since only doing it tells how long it takes.
  void spend(Duration took) { left_ = std::max(left_ - took, -burst_); }
  /// When there is something left again, as far as allows() can tell: at once before its first call.
  TimePoint allows_at() const {
    if (!counted_to_) return TimePoint{};
    const bool now = left_ > Duration::zero();
    return now ? *counted_to_ : *counted_to_ + (-left_ + Duration{percent_}) * 100 / percent_;
  }

 private:
  int percent_;
  Duration burst_;
  Duration left_;
  std::optional<TimePoint> counted_to_;  // time before the first use is nobody's
};

/// A handshake costs a thousand small requests, so those who want one wait here, unread, until its part of
/// the loop's time has come. Loop's thread.
class HandshakeLine {
 public:
  /// `percent` of the thread's time is theirs. Before use.
  void set_percent(int percent) { budget_ = TimeBudget{percent, limits::handshake_burst}; }

  /// The connection's take_turn() is called when its turn comes, if it still exists. `begun`: it has been
  /// answered before.
  void add(const asio::ip::address& client, std::weak_ptr<Pollable> connection, bool begun) {
    line_.add(network_of(client), std::move(connection), begun);
  }
  bool empty() const { return line_.empty(); }
  /// Counts as if a handshake had taken so long.
  void spend(Duration took) { budget_.spend(took); }
  /// When serve() has something to do; not when empty.
  TimePoint ready_at() const { return budget_.allows_at(); }
  /// Gives turns for about limits::handshake_slice, if the budget allows.
  void serve(const Clock& clock);
  /// The handshake whose turn it is ended at that time: what its client gets from then on is not counted.
  void ended(TimePoint at) { ended_ = at; }

 private:
  HandshakeOrder<std::weak_ptr<Pollable>> line_;
  TimeBudget budget_{limits::handshake_percent, limits::handshake_burst};
  std::optional<TimePoint> ended_;  // within the current turn
};

}  // namespace nano
