// Internal header. What is told of a node's options at the start, beside what NodeOptions::check() refuses.
#pragma once

#include "cluster/node/node_options.h"
#include "nano/base/log.h"

namespace nano::cluster {

/// Throws std::invalid_argument with a sentence for files with which no TLS can be spoken.
void check_tls_files(const NodeOptions& options);

/// Logs a warning for each thing that can be, but hardly is what the operator wants. For files that are
/// checked.
void warn_at_start(const NodeOptions& options, const Log& log);

}  // namespace nano::cluster
