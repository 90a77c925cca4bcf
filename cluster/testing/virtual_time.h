// Internal header. VirtualTime: one scheduler on which all nodes of a test live.
#pragma once

#include "nano/base/clock.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/driver.h"
#include "nano/scheduler/scheduler.h"
#include "nano/testing/advance.h"
#include "nano/testing/log_capture.h"

namespace nano::cluster::testing {

class VirtualTime {
 public:
  Scheduler& scheduler() { return scheduler_; }
  const nano::testing::LogCapture& log() const { return log_; }

  /// Moves time on, stopping at each timer on the way.
  void advance(Duration duration) {
    nano::testing::advance(clock_, scheduler_, duration, [this] { scheduler_.run_ready(); });
  }

 private:
  ManualClock clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  nano::testing::LogCapture log_;
  Scheduler scheduler_{clock_, driver_, workers_, log_.log()};
};

}  // namespace nano::cluster::testing
