#include "cluster/network/grpc_log.h"

#include <cstdlib>
#include <mutex>
#include <utility>

#include <grpc/support/log.h>

namespace nano::cluster {
namespace {

LogOutlet& outlet() {
  static LogOutlet only;
  return only;
}

void write(gpr_log_func_args* line) {
  const LogLevel level = line->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::warning : LogLevel::debug;
  outlet().write(level, "gRPC", line->file, line->line, line->message);
}

LogOutlet& installed_outlet() {
  static std::once_flag installed;
  std::call_once(installed, [] {
    if (!std::getenv("GRPC_VERBOSITY")) gpr_set_log_function(&write);
  });
  return outlet();
}

}  // namespace

GrpcLog::GrpcLog(Log log) : lease_(installed_outlet(), std::move(log)) {}

}  // namespace nano::cluster
