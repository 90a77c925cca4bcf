#include "nano/component/handler_call.h"

namespace nano::detail {

Task<void> run_until_done(Task<void> task, SessionPtr session, std::string route) {
  try {
    co_await std::move(task);
  } catch (const std::exception& failure) {
    session->host().log().error("handler failed",
                                {{"route", route}, {"session", session->id()}, {"error", failure.what()}});
  }
}

}  // namespace nano::detail
