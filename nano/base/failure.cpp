#include "nano/base/failure.h"

#include <exception>

#include "nano/base/result.h"

namespace nano {

std::string text_of_current_exception() {
  try {
    throw;
  } catch (const std::exception& failure) {
    return failure.what();
  } catch (const Error& error) {
    return error.code + ": " + error.message;
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

void log_failure(const Log& log, std::string_view what, std::uint64_t session) {
  const std::string error = text_of_current_exception();
  const LimitedLog limited = log.limited(error, what);
  if (session == 0) return limited.error("task failed", {{"in", what}, {"error", error}});
  limited.error("task failed", {{"in", what}, {"session", session}, {"error", error}});
}

}  // namespace nano
