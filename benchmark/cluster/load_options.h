// Internal header. LoadOptions: what the load generator is asked to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace nano::benchmark {

struct LoadOptions {
  std::vector<std::string> addresses;                    ///< TCP gates, "a.b.c.d:port"; taken in turn
  std::vector<std::pair<std::string, pid_t>> processes;  ///< whose CPU time counts, with a name for each
  std::string route = "Test.Echo";                       ///< answers what it is sent
  unsigned connections = 100;
  unsigned in_flight = 1;  ///< requests of one connection that wait for their answer
  std::size_t payload_bytes = 64;
  double warm_up_s = 1;
  double seconds = 5;  ///< measured, after the warm-up

  /// Throws std::invalid_argument with a sentence that says what to change.
  static LoadOptions from_command_line(int argc, char** argv);
  static const char* usage();
};

}  // namespace nano::benchmark
