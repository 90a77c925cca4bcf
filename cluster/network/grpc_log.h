// Internal header. GrpcLog: what gRPC has to say goes to the log.
#pragma once

#include "nano/base/log_outlet.h"

namespace nano::cluster {

/// gRPC writes to standard error, for instance a line for each stranger whose handshake fails. While this
/// object lives, it writes `gRPC at=<file:line> text=<...>` to the log, at level warning (its errors; the
/// rest at debug), within a budget. Of a TLS handshake that failed, of which nobody else tells, it says who
/// refused what. For the whole process; of several objects the newest counts. With GRPC_VERBOSITY in the
/// environment gRPC goes on writing to standard error, as whoever sets that wants.
class GrpcLog {
 public:
  explicit GrpcLog(Log log);

 private:
  LogOutlet::Lease lease_;
};

}  // namespace nano::cluster
