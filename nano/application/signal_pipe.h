// Internal header. SignalPipe: the signals that stop a process, as something to read.
#pragma once

#include <array>
#include <optional>

namespace nano {

/// From construction to destruction SIGINT, SIGTERM and SIGHUP don't end the process but can be read here; of
/// several pipes each gets all, but for those that rest while others don't. A SIGHUP that is ignored already,
/// as under nohup, stays so. SIGPIPE is ignored: a reader that has gone is an error of the write. What was in
/// force before is so again after the last pipe's end. A child process that has not yet called exec is ended
/// by these signals as if there were no pipe. Any thread.
class SignalPipe {
 public:
  /// Throws std::runtime_error when the system gives no pipe, or 64 are there already.
  SignalPipe();
  ~SignalPipe();
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;

  /// Readable when a signal has come.
  int descriptor() const { return ends_[0]; }
  /// The number of the next signal that has come. Does not wait.
  std::optional<int> read();
  /// From here on signals are for the other pipes, unless all of them rest.
  void rest();
  /// Makes the descriptor readable without a signal: read() then gives 0.
  void wake();

 private:
  std::array<int, 2> ends_{};
  std::size_t place_ = 0;
};

}  // namespace nano
