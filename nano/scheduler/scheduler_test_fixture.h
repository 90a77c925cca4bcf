// Internal header. A scheduler in virtual time whose log can be read; for the tests of this folder.
#pragma once

#include <chrono>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "nano/scheduler/scheduler.h"

namespace nano {

/// A Log that keeps its lines as `level event fields`.
class RecordedLog {
 public:
  RecordedLog() {
    auto logger =
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out_));
    logger->set_pattern("%l %v");
    logger->set_level(spdlog::level::debug);
    log_ = Log{logger};
  }
  const Log& log() const { return log_; }
  std::string text() const { return out_.str(); }

 private:
  std::ostringstream out_;
  Log log_;
};

class SchedulerFixture : public testing::Test {
 public:
  /// Moves the clock and runs what has become ready.
  void advance(Duration by) {
    clock_.advance(by);
    scheduler_.run_ready();
  }

  RecordedLog recorded_;
  ManualClock clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  Scheduler scheduler_{clock_, driver_, workers_, recorded_.log()};
};

}  // namespace nano
