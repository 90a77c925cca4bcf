// Internal header. Results: what a run has measured, and how that is told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/load/histogram.h"
#include "benchmark/load/options.h"
#include "benchmark/load/processes.h"

namespace nano::benchmark {

struct Results {
  double seconds = 0;          ///< measured; the warm-up does not count
  std::uint64_t messages = 0;  ///< answers, delivered pushes, or connections (churn)
  std::uint64_t failed = 0;    ///< wrong answers, error answers, connections and processes that ended
  std::uint64_t lost = 0;      ///< expected, and not there some seconds after the end
  Histogram latency;
  /// With fixed times to send at: how late this program itself was, which the latencies contain. Empty
  /// otherwise.
  Histogram lateness;
  std::vector<ProcessFigures> processes;
  double own_cpu_s = 0;
  std::optional<double> bytes_per_connection;  ///< only of `idle`
};

/// Lines for people.
std::string to_text(const LoadOptions& options, const Results& results);

/// One object, in one line. What a scenario does not have is left out.
std::string to_json(const LoadOptions& options, const Results& results);

}  // namespace nano::benchmark
