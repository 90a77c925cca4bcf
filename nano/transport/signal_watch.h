// Internal header. SignalWatch: SIGINT and SIGTERM as calls on the logic thread.
#pragma once

#include <functional>
#include <string_view>

#include <asio/signal_set.hpp>

#include "nano/transport/io_loop.h"

namespace nano {

/// From construction to destruction the two signals don't end the process but call `on_signal` with their
/// name, on the logic thread. The loop must outlive it.
class SignalWatch {
 public:
  SignalWatch(IoLoop& loop, std::function<void(std::string_view name)> on_signal);

 private:
  void await();

  IoLoop& loop_;
  std::function<void(std::string_view)> on_signal_;
  asio::signal_set signals_;
};

}  // namespace nano
