#include "nano/application/machine.h"

#include <algorithm>
#include <sys/resource.h>
#include <utility>

namespace nano {

Application::Machine::Machine(const Options& options)
    : loops_on_threads(options.io_threads > 0), workers(options.worker_threads) {
  for (unsigned i = 0; i < std::max(options.io_threads, 1u); ++i) loops.push_back(std::make_unique<IoLoop>());
}

Application::Machine::~Machine() = default;

void Application::Machine::attach(Scheduler& scheduler) {
  const auto line = loops_on_threads ? std::make_shared<ReceiveLine>(scheduler) : nullptr;
  for (const auto& loop : loops) line ? loop->attach(scheduler, line) : loop->attach(scheduler);
  router = std::make_shared<HttpRouter>(scheduler);
}

void Application::Machine::add_tcp(std::string address, TcpListenerOptions options) {
  planned.push_back({false, std::move(address), options.tls, std::move(options.tls_files), {}});
}

void Application::Machine::add_websocket(std::string address, WebSocketListenerOptions options) {
  planned.push_back({true,
                     std::move(address),
                     options.tls,
                     std::move(options.tls_files),
                     {std::move(options.path), std::move(options.origins), options.same_origin}});
}

void Application::Machine::serve_files(std::unique_ptr<StaticFiles> files) {
  if (!file_reader) file_reader.emplace();
  router->add_files(std::move(files), *file_reader);
}

void Application::Machine::apply_operator_addresses(const Options& options) {
  const auto replace = [this](const std::vector<std::string>& wanted, bool websocket, bool tls) {
    if (wanted.empty()) return;
    // The first listener of this kind (plain or TLS) lends its settings, such as the WebSocket's path.
    Planned model{
        websocket, "", tls, {}, {.path = websocket ? "/nano" : "", .origins = {}, .same_origin = false}};
    for (const Planned& plan : planned) {
      if (plan.websocket != websocket) continue;
      model = plan;
      if (plan.tls == tls) break;
    }
    model.tls = tls;
    std::erase_if(planned,
                  [&](const Planned& plan) { return plan.websocket == websocket && plan.tls == tls; });
    for (const std::string& address : wanted) {
      model.address = address;
      planned.push_back(model);
    }
  };
  replace(options.listen_tcp, false, false);
  replace(options.listen_tcp_tls, false, true);
  replace(options.listen_websocket, true, false);
  replace(options.listen_websocket_tls, true, true);
}

std::shared_ptr<const ListenerOptions> Application::Machine::listener_options(Application& application,
                                                                              const Planned& plan) {
  const Options& options = application.options();
  auto made = std::make_shared<ListenerOptions>();
  made->make_receiver = [&application](std::shared_ptr<Wire> wire) {
    return application.connect(std::move(wire));
  };
  made->wires = wires;
  made->websocket = plan.websocket;
  made->upgrade_policy = plan.policy;
  made->router = router;
  made->packet_body_bytes_max = options.packet_bytes_max;
  made->websocket_message_bytes_max =
      std::max<std::size_t>(limits::websocket_message_bytes, options.packet_bytes_max + 4u);
  made->send_queue_bytes_max = options.send_queue_bytes_max;
  made->handshake_timeout = options.handshake_timeout;
  if (plan.tls) {
    const bool own = !plan.tls_files.certificate.empty() || !plan.tls_files.key.empty();
    made->tls = std::make_shared<TlsContext>(
        TlsContext::server({.certificate_chain = own ? plan.tls_files.certificate : options.tls_certificate,
                            .private_key = own ? plan.tls_files.key : options.tls_key}));
    if (const int bits = made->tls->rsa_key_bits(); bits > limits::tls_rsa_bits) {
      application.log().warning(
          "the TLS key makes handshakes slow: take one of ECDSA (P-256), or of RSA with 2048 bits",
          {{"listener", plan.address}, {"rsa_bits", bits}});
    }
  }
  return made;
}

void Application::Machine::listen(Application& application) {
  apply_operator_addresses(application.options());
  std::vector<IoLoop*> all;
  for (const auto& loop : loops) all.push_back(loop.get());
  for (const Planned& plan : planned) {
    auto listener = std::make_shared<Listener>(all, plan.address, listener_options(application, plan));
    const std::string scheme = plan.websocket ? (plan.tls ? "wss" : "ws") : (plan.tls ? "tls" : "tcp");
    addresses.push_back({scheme, listener->address(), plan.policy.path});
    application.log().info("listening", {{"scheme", scheme}, {"address", listener->address()}});
    listeners.push_back(std::move(listener));
  }
}

void Application::Machine::accept() {
  for (const auto& listener : listeners) listener->start();
}

void Application::Machine::stop_listening() {
  router->stop_handlers();
  for (const auto& listener : listeners) listener->stop();
}

void Application::Machine::stop_loops() {
  for (const auto& loop : loops) loop->stop();
  file_reader.reset();
}

void Application::Machine::watch(Application& application) {
  const Scheduler& scheduler = application.scheduler();
  auto made = std::make_unique<ProcessWatch>(
      ProcessWatch::Watched{.logic = scheduler.current_work(),
                            .workers = scheduler.offload_gate(),
                            .log = application.log(),
                            .stop = [&application] { application.request_stop(false); }});
  const std::lock_guard lock{process_watch_mutex};
  process_watch = std::move(made);
}

void Application::Machine::expect_end_within(Duration time) {
  const std::lock_guard lock{process_watch_mutex};
  if (process_watch) process_watch->expect_end_within(time);
}

void Application::Machine::calm() {
  const std::lock_guard lock{process_watch_mutex};
  if (process_watch) process_watch->calm();
}

void raise_open_file_limit(const Log& log) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limits::open_files) return;
  const rlimit wanted{limits::open_files, std::max<rlim_t>(limits::open_files, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) return;
  const rlimit allowed{limit.rlim_max, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &allowed);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= limits::open_files) return;
  log.warning(
      "open file limit is low: each client needs one; raise it with `ulimit -n` or systemd's LimitNOFILE",
      {{"limit", limit.rlim_cur}, {"wanted", limits::open_files}});
}

}  // namespace nano
