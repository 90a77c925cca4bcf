// Internal header. LogOutlet: where the lines of a library go that has one place for them in the whole
// process.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string_view>

#include "nano/base/log.h"

namespace nano {

/// Such a library (libprotobuf, gRPC) knows no more of a log than a function, so its outlet is the process's
/// own, too: a constant of the file that sets the function. Any thread.
class LogOutlet {
 public:
  /// While it lives, the library's lines go to its log; of several to the newest.
  class Lease {
   public:
    Lease(LogOutlet& outlet, Log log);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

   private:
    LogOutlet& outlet_;
    std::list<Log>::iterator place_;
  };

  /// Writes a line within a budget of the place in the library's code that it comes from. False: there is no
  /// log.
  bool write(LogLevel level, std::string_view library, const char* file, int line, std::string_view text);

 private:
  std::optional<Log> newest();

  std::mutex mutex_;
  std::list<Log> logs_;
};

}  // namespace nano
