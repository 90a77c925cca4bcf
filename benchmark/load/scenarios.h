// Internal header. The scenarios: each runs once, from connecting to its end, and returns what it measured.
#pragma once

#include "benchmark/load/failures.h"
#include "benchmark/load/options.h"
#include "benchmark/load/results.h"

namespace nano::benchmark {

// Each throws std::runtime_error when there is nothing to measure: no server, a handshake refused. What goes
// wrong later is told in `failures`, and ends the run early only when no connection is left.

/// Request and notify: each connection always has the same number of messages open.
Results run_closed_loop(const LoadOptions& options, Failures& failures);

/// Open and paced: messages leave at times fixed beforehand, and latencies count from these times.
Results run_open_loop(const LoadOptions& options, Failures& failures);

Results run_broadcast(const LoadOptions& options, Failures& failures);
Results run_idle(const LoadOptions& options, Failures& failures);
Results run_churn(const LoadOptions& options, Failures& failures);

}  // namespace nano::benchmark
