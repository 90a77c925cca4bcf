#include "cluster/network/grpc_log.h"

#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include <grpc/support/log.h>

namespace nano::cluster {
namespace {

LogOutlet& outlet() {
  static LogOutlet only;
  return only;
}

/// Of "Handshake failed with fatal error SSL_ERROR_SSL: error:0A000086:SSL routines::certificate verify
/// failed." the reason; nothing if the line is another.
std::string_view handshake_failure(std::string_view text) {
  if (!text.starts_with("Handshake failed with fatal error")) return {};
  const auto colons = text.rfind("::");
  if (colons != std::string_view::npos) text.remove_prefix(colons + 2);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

/// Who refused what, as far as this side can see; gRPC does not say whether it has called or was called.
std::string_view sentence_for(std::string_view reason) {
  if (reason == "certificate verify failed") {
    return "this node refuses another's certificate: it has expired, or is not of the authority";
  }
  if (reason == "peer did not return a certificate") {
    return "this node refuses another that shows no certificate";
  }
  if (reason.find("alert") != std::string_view::npos) return "another node refuses this node's certificate";
  if (reason == "wrong version number" || reason == "http request") {
    return "something that speaks no TLS has connected to this node, or listens where it connects to";
  }
  return "a TLS handshake with another node has failed";
}

void write(gpr_log_func_args* line) {
  const std::string_view failure = handshake_failure(line->message);
  if (!failure.empty()) {
    outlet().write(LogLevel::warning, sentence_for(failure), line->file, line->line, failure);
    return;
  }
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
