// Internal header. For tests: a program as a process of its own.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace nano::sockets {

class Process {
 public:
  /// Starts it with standard output and standard error on one pipe. `prepare` runs in the child before the
  /// program does, and must be safe between fork and exec.
  Process(const std::string& program, std::vector<std::string> arguments,
          const std::function<void()>& prepare = {});
  /// Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads its output until some line begins with `begin`; returns the rest of that line. Throws when the
  /// output ends or nothing comes for long.
  std::string wait_for_line(std::string_view begin);
  /// Reads its output until it holds `text`. Throws as above.
  void wait_for_text(std::string_view text);
  /// The rest of its output, and then its exit code (128 + the signal, if one ended it).
  int wait_for_end();
  /// All output read so far.
  const std::string& output() const { return output_; }
  void signal(int number) const;

 private:
  bool read_more();

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string output_;
};

}  // namespace nano::sockets
