// Internal header. ProcessWatch: CPU time and memory of processes with their children.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace nano::benchmark {

struct NamedProcess {
  std::string name;
  pid_t pid = 0;
};

/// What processes of one name have used.
struct ProcessFigures {
  std::string name;
  double cpu_s = 0;
  long rss_kib = 0;
  long anonymous_kib = 0;  ///< RssAnon: heap and stacks, without files and what the kernel holds
};

/// All of this process, its threads, in seconds.
double own_cpu_s();

/// Children are those that there are when the watch begins. One thread.
class ProcessWatch {
 public:
  /// Throws std::runtime_error for a process that does not exist.
  explicit ProcessWatch(const std::vector<NamedProcess>& processes);

  /// CPU time counts from here.
  void start();
  /// CPU time since start(), memory as it is now. Throws std::runtime_error if a process has ended.
  std::vector<ProcessFigures> figures() const;
  long anonymous_kib() const;
  bool empty() const { return groups_.empty(); }

 private:
  struct Group {
    std::string name;
    std::vector<pid_t> pids = {};
    double cpu_s_at_start = 0;
  };
  std::vector<Group> groups_;
};

}  // namespace nano::benchmark
