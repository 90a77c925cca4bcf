// Internal header. ProtobufLog: what libprotobuf has to say goes to the log.
#pragma once

#include "nano/base/log_outlet.h"

namespace nano {

/// libprotobuf writes to standard error, a line for each message of a client that it cannot read. While this
/// object lives, it writes `libprotobuf at=<file:line> text=<...>` to the log, within a budget. For the whole
/// process; of several objects the newest counts.
class ProtobufLog {
 public:
  explicit ProtobufLog(Log log);

 private:
  LogOutlet::Lease lease_;
};

}  // namespace nano
