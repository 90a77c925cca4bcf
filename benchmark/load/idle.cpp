#include <memory>
#include <vector>

#include "benchmark/load/client.h"
#include "benchmark/load/crowd.h"
#include "benchmark/load/measurement.h"
#include "benchmark/load/scenarios.h"

namespace nano::benchmark {
namespace {

// The first connections pay for what all share: buffers, tables, the allocator's pools.
constexpr std::size_t first_connections = 100;

constexpr std::chrono::milliseconds heartbeat_check_interval{100};

}  // namespace

Results run_idle(const LoadOptions& options, Failures& failures) {
  allow_sockets(first_connections + options.connections);
  Loop loop;
  Measurement measurement{options, failures};
  const ProcessWatch watch{options.processes};
  std::vector<std::unique_ptr<Client>> first;
  std::vector<std::unique_ptr<Client>> clients;
  loop.set_timer(loop.now(), [&](LoadClock::time_point now) {
    for (const auto& client : first) client->keep_alive();
    for (const auto& client : clients) client->keep_alive();
    return now + heartbeat_check_interval;
  });
  const auto add = [&](std::vector<std::unique_ptr<Client>>& to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      to.push_back(std::make_unique<Client>(loop, failures, options.address_of(i), options.dialect));
    }
    connect_all(loop, failures, to);
    loop.run_for(options.warm_up_s);  // until the servers are at rest again
  };
  add(first, first_connections);
  measurement.start(loop.read_clock());
  const long before_kib = watch.anonymous_kib();
  add(clients, options.connections);
  const long after_kib = watch.anonymous_kib();
  measurement.stop(loop.read_clock());
  Results results = measurement.results(0);
  results.bytes_per_connection =
      static_cast<double>(after_kib - before_kib) * 1024 / static_cast<double>(options.connections);
  return results;
}

}  // namespace nano::benchmark
