#include "nano/session/failure_text.h"

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

}  // namespace nano
