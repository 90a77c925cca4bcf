// Internal header. For tests: a server with real sockets, on a thread of its own in this process.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "nano/nano.h"
#include "tests/sockets/log_lines.h"
#include "tests/sockets/time_limit.h"

namespace nano::sockets {

/// How clients connect: one listener each.
enum class Transport { tcp, tls, websocket, websocket_tls };

inline constexpr Transport all_transports[] = {Transport::tcp, Transport::tls, Transport::websocket,
                                               Transport::websocket_tls};

inline bool is_tls(Transport transport) {
  return transport == Transport::tls || transport == Transport::websocket_tls;
}
inline bool is_websocket(Transport transport) {
  return transport == Transport::websocket || transport == Transport::websocket_tls;
}
/// As in ListeningAddress.
std::string_view scheme_of(Transport transport);

/// The certificate and key of all servers here. Made once.
const TlsFiles& tls_files();
/// What clients trust: the same certificate.
const std::string& trusted_file();

/// Listens on all four transports and serves a Service (service.h). The test's thread is not the logic
/// thread.
class Server {
 public:
  struct Settings {
    unsigned io_threads = 0;
    Options options = {};                              ///< but for the threads and the log
    std::function<void(Application&)> configure = {};  ///< before the start, on the server's thread
  };

  /// Returns when all listeners are open.
  explicit Server(Settings settings);
  explicit Server(unsigned io_threads) : Server(Settings{.io_threads = io_threads}) {}
  /// Stops it, if that has not been done.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port(Transport transport) const;
  const LogLines& log() const { return log_; }

  /// Asks to stop, from this thread.
  void ask_to_stop() { application_->stop(); }
  /// Waits for the end. What run() returned.
  int wait_for_end();
  int stop();

  /// Runs `call(Application&)` on the logic thread and returns its result.
  template <class F>
  auto on_logic(F call) {
    using Result = std::invoke_result_t<F&, Application&>;
    auto done = std::make_shared<std::promise<Result>>();
    auto result = done->get_future();
    application_->scheduler().post([this, done, call = std::move(call)]() mutable {
      if constexpr (std::is_void_v<Result>) {
        call(*application_);
        done->set_value();
      } else {
        done->set_value(call(*application_));
      }
    });
    if (result.wait_for(time_limit) != std::future_status::ready) {
      throw std::runtime_error("the logic thread hangs");
    }
    return result.get();
  }

  /// Runs `task` on the logic thread, some time.
  void post(Function<void()> task) { application_->scheduler().post(std::move(task)); }

  /// Waits until `holds(Application&)` is true on the logic thread. False: not within the time limit.
  template <class F>
  bool wait_until(F holds) {
    const auto deadline = std::chrono::steady_clock::now() + time_limit;
    while (std::chrono::steady_clock::now() < deadline) {
      if (on_logic(holds)) return true;
      std::this_thread::yield();
    }
    return false;
  }
  bool wait_until_no_sessions() {
    return wait_until([](Application& application) { return application.session_count() == 0; });
  }

 private:
  void run(Settings settings);

  LogLines log_;
  Application* application_ = nullptr;  // on its thread's stack; valid until may_destroy_
  std::vector<ListeningAddress> addresses_;
  std::promise<void> started_;
  std::promise<int> ended_;
  std::promise<void> may_destroy_;
  std::future<int> end_;
  std::thread thread_;
};

}  // namespace nano::sockets
