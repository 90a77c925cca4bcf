#include "nano/component/handler_call.h"

#include "nano/session/failure_text.h"

namespace nano::detail {

void log_handler_failure(Session& session, std::string_view route) {
  session.host().log().error(
      "handler failed",
      {{"route", route}, {"session", session.id()}, {"error", text_of_current_exception()}});
}

Task<void> run_until_done(Task<void> task, SessionPtr session, std::string route) {
  try {
    co_await std::move(task);
  } catch (...) {
    log_handler_failure(*session, route);
  }
}

}  // namespace nano::detail
