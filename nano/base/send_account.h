// Internal header. SendAccount: how much waits to be sent to one client, and to all that do not keep up.
#pragma once

#include <atomic>
#include <cstddef>

#include "nano/base/limits.h"

namespace nano {

/// What waits for all clients of a server together, beyond the budget of each. Any thread.
struct SendTotal {
  explicit SendTotal(std::size_t most) : bytes_max(most) {}

  /// Whether a client may have so many bytes in it, which are booked: all are within the bound, or these are
  /// no more than the average.
  bool admits(std::size_t bytes_of_client) const {
    const std::size_t count = clients.load(std::memory_order_relaxed);
    return bytes.load(std::memory_order_relaxed) <= bytes_max ||
           bytes_of_client <= bytes_max / (count > 0 ? count : 1);
  }

  const std::size_t bytes_max;
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::size_t> clients{0};  ///< that are over their budget
};

/// What became of a message to send.
enum class SendStatus {
  queued,
  over_budget,           ///< queued; but so much waits that the client should be looked at
  too_much_for_client,   ///< dropped: as much waits as one client may have at most
  too_much_for_process,  ///< dropped: all clients together are at their bound, and this one has more than its
                         ///< share
};

/// The costs (Frame::queue_cost()) of what waits for one client. Beyond its budget it counts towards the
/// total: when that is used up, those are refused that are over their budget and have more than the average
/// there.
class SendAccount {
 public:
  /// `total` outlives it.
  SendAccount(std::size_t budget, SendTotal& total) : budget_(budget), total_(total) {}
  /// What still waits is dropped.
  ~SendAccount() { release(waiting()); }
  SendAccount(const SendAccount&) = delete;
  SendAccount& operator=(const SendAccount&) = delete;

  /// One thread: the one that sends. Books the cost, unless the message is to be dropped.
  SendStatus add(std::size_t cost) {
    if (waiting() + cost > budget_) return add_over_budget(cost);
    waiting_.fetch_add(cost, std::memory_order_relaxed);
    return SendStatus::queued;
  }
  /// Any thread: so much has left, or was dropped.
  void release(std::size_t cost) {
    if (cost == 0) return;
    const std::size_t before = waiting_.fetch_sub(cost, std::memory_order_relaxed);
    if (before > budget_) total_changed(before, before - cost);
  }

  /// Any thread.
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  bool over_budget() const { return waiting() > budget_; }
  std::size_t budget() const { return budget_; }

 private:
  SendStatus add_over_budget(std::size_t cost);
  void total_changed(std::size_t before, std::size_t after);

  const std::size_t budget_;
  SendTotal& total_;
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace nano
