// Internal header. BodyAccount: the bodies of HTTP responses in the total of what waits for clients.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "nano/base/limits.h"
#include "nano/base/send_account.h"

namespace nano {

/// One response's body, from its first byte until it is sent or its client has gone. As large as a file that
/// is read at once, it counts for nothing. One thread.
class BodyAccount {
 public:
  BodyAccount() = default;
  ~BodyAccount() { release(); }
  BodyAccount(const BodyAccount&) = delete;
  BodyAccount& operator=(const BodyAccount&) = delete;

  /// False, and it is not booked: all clients together are at their bound, and it is more than the average of
  /// what each has there.
  bool book(std::shared_ptr<SendTotal> total, std::size_t bytes) {
    release();
    if (bytes <= limits::file_whole_bytes) return true;
    total_ = std::move(total);
    bytes_ = bytes;
    total_->clients.fetch_add(1, std::memory_order_relaxed);
    total_->bytes.fetch_add(bytes, std::memory_order_relaxed);
    if (total_->admits(bytes)) return true;
    release();
    return false;
  }

  void release() {
    const auto total = std::exchange(total_, nullptr);
    if (!total) return;
    total->bytes.fetch_sub(bytes_, std::memory_order_relaxed);
    total->clients.fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::shared_ptr<SendTotal> total_;  // null: nothing is booked
  std::size_t bytes_ = 0;
};

}  // namespace nano
