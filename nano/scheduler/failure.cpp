#include "nano/scheduler/failure.h"

#include <utility>

#include "nano/base/result.h"

namespace nano {

void log_failure(const Log& log, std::string_view what, std::exception_ptr failure) {
  const auto write = [&](std::string_view error, std::string_view code) {
    const LimitedLog limited = log.limited(error, what);
    if (code.empty()) return limited.error("task failed", {{"in", what}, {"error", error}});
    limited.error("task failed", {{"in", what}, {"error", error}, {"code", code}});
  };
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    write(exception.what(), "");
  } catch (const Error& error) {
    write(error.message, error.code);
  } catch (...) {
    write("an exception that is no std::exception", "");
  }
}

}  // namespace nano
