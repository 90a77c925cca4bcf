// Measures round trips through a cluster: clients at its gates that ask a service behind them to echo, each
// with a fixed number of open requests. Tells requests a second, latencies, and the CPU time of the nodes.
// Works with every gate that speaks the protocol over TCP, Go Nano's too.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "benchmark/cluster/load_connection.h"
#include "benchmark/cluster/load_options.h"

namespace nano::benchmark {
namespace {

/// User and system time of the process so far.
double cpu_seconds(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  unsigned long user = 0;
  unsigned long system = 0;
  if (name_end == std::string::npos ||
      std::sscanf(text.c_str() + name_end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                  &system) != 2) {
    throw std::runtime_error("there is no process " + std::to_string(process));
  }
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

class Load {
 public:
  explicit Load(const LoadOptions& options)
      : options_(options), payload_("\"" + std::string(options.payload_bytes - 2, 'x') + "\"") {
    if (epoll_ < 0) throw std::runtime_error("epoll_create1 failed");
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (unsigned i = 0; i < options.connections; ++i) {
      const std::string& address = options.addresses[i % options.addresses.size()];
      connections_.push_back(
          std::make_unique<LoadConnection>(address, options_.route, payload_, options.in_flight, counts_));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = connections_.back().get();
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_.back()->descriptor(), &event);
    }
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { close(epoll_); }

  int run() {
    for (const auto& connection : connections_) connection->start();
    run_for(options_.warm_up_s);
    if (counts_.answered == 0) throw std::runtime_error("nothing was answered in the warm-up");
    const std::vector<double> cpu_before = cpu_of_all();
    const LoadCounts before = counts_;
    const auto start = LoadClock::now();
    const std::clock_t own_start = std::clock();
    counts_.measures = true;
    run_for(options_.seconds);
    own_cpu_s_ = static_cast<double>(std::clock() - own_start) / CLOCKS_PER_SEC;
    const double seconds = std::chrono::duration<double>(LoadClock::now() - start).count();
    report(counts_.answered - before.answered, seconds, cpu_before, cpu_of_all());
    if (counts_.failed > 0) {
      std::printf("%llu requests failed\n", static_cast<unsigned long long>(counts_.failed));
    }
    return counts_.failed > 0 ? 1 : 0;
  }

 private:
  void run_for(double seconds) {
    const auto end = LoadClock::now() + std::chrono::duration<double>(seconds);
    std::array<epoll_event, 256> events{};
    while (LoadClock::now() < end) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) static_cast<LoadConnection*>(events[i].data.ptr)->on_readable();
    }
  }

  std::vector<double> cpu_of_all() const {
    std::vector<double> seconds;
    for (const auto& [name, process] : options_.processes) seconds.push_back(cpu_seconds(process));
    return seconds;
  }

  void report(std::uint64_t requests, double seconds, const std::vector<double>& cpu_before,
              const std::vector<double>& cpu_after) {
    if (requests == 0) throw std::runtime_error("nothing was answered");
    std::printf("connections %u, in flight %u each\n", options_.connections, options_.in_flight);
    std::printf("requests/s %.0f\n", static_cast<double>(requests) / seconds);
    std::vector<std::uint32_t>& all = counts_.latencies_us;
    std::sort(all.begin(), all.end());
    const auto at = [&all](double part) {
      return static_cast<double>(all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))]) /
             1000;
    };
    std::printf("latency ms p50 %.2f p90 %.2f p99 %.2f max %.2f\n", at(0.5), at(0.9), at(0.99), at(1));
    const double millions = static_cast<double>(requests) / 1e6;
    std::printf("CPU s per million: this program %.2f\n", own_cpu_s_ / millions);
    if (cpu_after.empty()) return;
    std::printf("CPU s per million:");
    double sum = 0;
    for (std::size_t i = 0; i < cpu_after.size(); ++i) {
      const double cpu = (cpu_after[i] - cpu_before[i]) / millions;
      sum += cpu;
      std::printf(" %s %.2f", options_.processes[i].first.c_str(), cpu);
    }
    std::printf(" all %.2f\n", sum);
  }

  const LoadOptions& options_;
  const std::string payload_;
  LoadCounts counts_;
  double own_cpu_s_ = 0;
  int epoll_ = epoll_create1(0);
  std::vector<std::unique_ptr<LoadConnection>> connections_;
};

}  // namespace
}  // namespace nano::benchmark

int main(int argc, char** argv) {
  using namespace nano::benchmark;
  try {
    const LoadOptions options = LoadOptions::from_command_line(argc, argv);
    Load load{options};
    return load.run();
  } catch (const std::invalid_argument& mistake) {
    std::fprintf(stderr, "%s: %s\n%s", argv[0], mistake.what(), LoadOptions::usage());
    return 2;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s: %s\n", argv[0], failure.what());
    return 1;
  }
}
