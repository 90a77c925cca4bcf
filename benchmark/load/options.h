// Internal header. LoadOptions: what the load generator is asked to do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/address.h"
#include "benchmark/load/dialect.h"
#include "benchmark/load/payload.h"
#include "benchmark/load/processes.h"

namespace nano::benchmark {

enum class Scenario { request, notify, open, broadcast, idle, churn, paced };

std::string_view to_string(Scenario scenario);
std::string_view to_string(Transport transport);

/// What is not given has the scenario's default where it stands `by scenario`.
struct LoadOptions {
  Scenario scenario = Scenario::request;
  DialectSettings dialect;
  std::vector<Address> addresses;          ///< taken in turn; at least one
  std::vector<NamedProcess> processes;     ///< that are watched
  std::string route;                       ///< by scenario
  std::string push;                        ///< by scenario: the route of what answers a notify
  PayloadKind payload = PayloadKind::raw;  ///< by scenario
  std::size_t payload_bytes = 64;          ///< of letters, as PayloadKind says
  std::size_t connections = 100;
  std::size_t in_flight = 1;  ///< per connection
  double rate = 0;            ///< per second over all connections; 0: as fast as the answers come
  double warm_up_s = 1;
  double seconds = 5;  ///< measured, after the warm-up
  bool json = false;
  std::string help;  ///< not empty: nothing else was asked for

  const Address& address_of(std::size_t connection) const { return addresses[connection % addresses.size()]; }

  /// Throws std::invalid_argument with a sentence that says what to change.
  static LoadOptions parse(const std::vector<std::string>& arguments);
};

}  // namespace nano::benchmark
