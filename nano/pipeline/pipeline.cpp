#include "nano/pipeline/pipeline.h"

#include "nano/base/failure.h"

namespace nano {

Result<void> Pipeline::filter(Session& session, PipelineMessage& message) {
  for (const Filter& filter : filters_) {
    try {
      if (Result<void> passed = filter(session, message); !passed) return passed;
    } catch (...) {
      session.host().log_for(&session).error(
          "pipeline filter failed",
          {{"session", session.id()}, {"route", message.route()}, {"error", text_of_current_exception()}});
      return Error{Errc::internal, "The server failed to handle the message."};
    }
  }
  return {};
}

}  // namespace nano
