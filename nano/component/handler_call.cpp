#include "nano/component/handler_call.h"

#include "nano/base/failure.h"

namespace nano::detail {

void log_handler_failure(SessionHost& host, Session* session, std::string_view route) {
  host.log_for(session, route)
      .error("handler failed", {{"route", route},
                                {"session", session ? session->id() : 0},
                                {"error", text_of_current_exception()}});
}

Task<void> run_until_done(Task<void> task, SessionHost& host, SessionPtr session, std::string_view route) {
  try {
    co_await std::move(task);
  } catch (...) {
    log_handler_failure(host, session.get(), route);
  }
}

}  // namespace nano::detail
