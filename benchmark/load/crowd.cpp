#include "benchmark/load/crowd.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <sys/resource.h>

namespace nano::benchmark {
namespace {

constexpr std::size_t parallel_max = 64;  // half of the smallest usual backlog of a listener
constexpr double connect_timeout_s = 60;
constexpr std::size_t other_files = 50;

}  // namespace

void allow_sockets(std::size_t sockets) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t wanted = sockets + other_files;
  if (files.rlim_max < wanted) {
    throw std::runtime_error("this process may open " + std::to_string(files.rlim_max) +
                             " files; for so many connections raise that (ulimit -Hn) to " +
                             std::to_string(wanted));
  }
  files.rlim_cur = std::max(files.rlim_cur, wanted);
  setrlimit(RLIMIT_NOFILE, &files);
}

void connect_all(Loop& loop, const Failures& failures, const std::vector<Client*>& clients) {
  std::vector<Client*> under_way;
  std::size_t next = 0;
  const auto all_open = [&] {
    std::erase_if(under_way, [](Client* client) { return client->state() == Client::State::open; });
    while (under_way.size() < parallel_max && next < clients.size() && failures.count() == 0) {
      under_way.push_back(clients[next++]);
      under_way.back()->connect();
    }
    return failures.count() > 0 || under_way.empty();
  };
  const bool done = loop.run_until(LoadClock::now() + seconds_of(connect_timeout_s), all_open);
  if (failures.count() > 0) throw std::runtime_error(failures.sentences().front());
  if (!done) {
    throw std::runtime_error("after a minute only " + std::to_string(next - under_way.size()) + " of " +
                             std::to_string(clients.size()) + " connections are open");
  }
}

}  // namespace nano::benchmark
