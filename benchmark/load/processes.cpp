#include "benchmark/load/processes.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace nano::benchmark {
namespace {

[[noreturn]] void no_process(pid_t pid) {
  throw std::runtime_error("there is no process " + std::to_string(pid) +
                           ": the --pid is wrong, or the process has ended before the measurement did");
}

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Nanoseconds exactly; /proc/PID/stat only knows ticks of 10 ms.
double cpu_s(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) no_process(pid);
  return seconds(time);
}

double cpu_s(const std::vector<pid_t>& pids) {
  double sum = 0;
  for (const pid_t pid : pids) sum += cpu_s(pid);
  return sum;
}

/// The process and all that descend from it, as the tasks of each list them.
void collect(pid_t pid, std::vector<pid_t>& pids) {
  pids.push_back(pid);
  std::error_code error;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator{tasks, error}) {
    std::ifstream children{task.path() / "children"};
    for (pid_t child = 0; children >> child;) collect(child, pids);
  }
}

/// A line of /proc/PID/status.
long status_kib(pid_t pid, const std::string& field) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::atol(line.c_str() + field.size());
  }
  no_process(pid);
}

}  // namespace

double own_cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return seconds(time);
}

ProcessWatch::ProcessWatch(const std::vector<NamedProcess>& processes) {
  for (const NamedProcess& process : processes) {
    Group group{.name = process.name};
    collect(process.pid, group.pids);
    groups_.push_back(group);
  }
  start();
}

void ProcessWatch::start() {
  for (Group& group : groups_) group.cpu_s_at_start = cpu_s(group.pids);
}

std::vector<ProcessFigures> ProcessWatch::figures() const {
  std::vector<ProcessFigures> all;
  for (const Group& group : groups_) {
    ProcessFigures figures{.name = group.name, .cpu_s = cpu_s(group.pids) - group.cpu_s_at_start};
    for (const pid_t pid : group.pids) {
      figures.rss_kib += status_kib(pid, "VmRSS:");
      figures.anonymous_kib += status_kib(pid, "RssAnon:");
    }
    all.push_back(figures);
  }
  return all;
}

long ProcessWatch::anonymous_kib() const {
  long sum = 0;
  for (const ProcessFigures& figures : figures()) sum += figures.anonymous_kib;
  return sum;
}

}  // namespace nano::benchmark
