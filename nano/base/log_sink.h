// Internal header. The sink of lines that go to standard error.
#pragma once

#include <memory>

namespace spdlog::sinks {
class sink;
}

namespace nano {

/// Lines as `2026-01-31T12:00:00.000 info event key=value`, the level in colours on a terminal; written by a
/// LogWriter. Flushing waits as that one does. Where a process has no standard error, /dev/null becomes it.
std::shared_ptr<spdlog::sinks::sink> standard_error_sink();

}  // namespace nano
