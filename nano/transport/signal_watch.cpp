#include "nano/transport/signal_watch.h"

#include <csignal>
#include <utility>

namespace nano {

SignalWatch::SignalWatch(IoLoop& loop, std::function<void(std::string_view name)> on_signal)
    : loop_(loop), on_signal_(std::move(on_signal)), signals_(loop.context(), SIGINT, SIGTERM) {
  await();
}

void SignalWatch::await() {
  signals_.async_wait([this](asio::error_code cancelled, int signal) {
    if (cancelled) return;
    loop_.to_logic([this, signal] { on_signal_(signal == SIGINT ? "SIGINT" : "SIGTERM"); });
    await();
  });
}

}  // namespace nano
