#include "nano/scheduler/driver.h"

namespace nano {

void ParkingDriver::wait(std::optional<TimePoint> until) {
  std::unique_lock lock{mutex_};
  const auto is_awake = [this] { return awake_; };
  if (until) {
    wakened_.wait_until(lock, *until, is_awake);
  } else {
    wakened_.wait(lock, is_awake);
  }
  awake_ = false;
}

void ParkingDriver::wake() {
  // Under the lock, because the driver may be destroyed as soon as its waiter has seen the flag.
  const std::lock_guard lock{mutex_};
  awake_ = true;
  wakened_.notify_one();
}

}  // namespace nano
