#include "nano/scheduler/failure.h"

#include <utility>

#include "nano/base/result.h"

namespace nano {

void log_failure(const Log& log, std::string_view what, std::exception_ptr failure) {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    log.error("task failed", {{"in", what}, {"error", exception.what()}});
  } catch (const Error& error) {
    log.error("task failed", {{"in", what}, {"error", error.message}, {"code", error.code}});
  } catch (...) {
    log.error("task failed", {{"in", what}, {"error", "an exception that is no std::exception"}});
  }
}

}  // namespace nano
