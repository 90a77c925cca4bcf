#include "nano/base/send_account.h"

#include <algorithm>

namespace nano {

SendStatus SendAccount::add_over_budget(std::size_t cost) {
  const std::size_t most = std::max(limits::client_queue_bytes_most, budget_);
  const std::size_t waits = waiting();
  if (waits > 0 && waits + cost > most) return SendStatus::too_much_for_client;
  const std::size_t before = waiting_.fetch_add(cost, std::memory_order_relaxed);
  total_changed(before, before + cost);
  const std::size_t beyond = before + cost - std::min(before + cost, budget_);
  // Within its budget a client gets any message: a large broadcast is one buffer, however many it is sent to.
  if (waits <= budget_ || total_.admits(beyond)) return SendStatus::over_budget;
  release(cost);
  return SendStatus::too_much_for_process;
}

/// Each change is told once, with what was there before and after it, so that the sums are exact whichever
/// thread is first.
void SendAccount::total_changed(std::size_t before, std::size_t after) {
  const std::size_t beyond_before = before - std::min(before, budget_);
  const std::size_t beyond_after = after - std::min(after, budget_);
  total_.bytes.fetch_add(beyond_after - beyond_before, std::memory_order_relaxed);  // wraps when it falls
  if ((beyond_before > 0) == (beyond_after > 0)) return;
  beyond_after > 0 ? total_.clients.fetch_add(1, std::memory_order_relaxed)
                   : total_.clients.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace nano
