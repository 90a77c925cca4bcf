#include "nano/application/machine.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <utility>

#include "nano/net/listen_address.h"
#include "nano/transport/connect.h"

namespace nano {
namespace {

void refuse_unused_files(const std::string& address, bool tls, const TlsFiles& files) {
  if (tls || (files.certificate.empty() && files.key.empty())) return;
  throw std::invalid_argument("The listener on \"" + address +
                              "\" names TLS files and would listen in plain text: set its `tls`, too.");
}

}  // namespace

Application::Machine::Machine(const Options& options)
    : loops_on_threads(options.io_threads > 0),
      send_total(std::make_shared<SendTotal>(options.send_queues_bytes_max)),
      workers(options.worker_threads) {
  for (unsigned i = 0; i < std::max(options.io_threads, 1u); ++i)
    loops.push_back(std::make_unique<LogicLoop>());
}

Application::Machine::~Machine() = default;

void Application::Machine::attach(Scheduler& scheduler, const std::shared_ptr<HttpRouter>& http) {
  router = http;
  const auto line = loops_on_threads ? std::make_shared<ReceiveLine>(scheduler) : nullptr;
  for (const auto& loop : loops) line ? loop->attach(scheduler, line) : loop->attach(scheduler);
}

void Application::Machine::add_tcp(std::string address, TcpListenerOptions options) {
  refuse_unused_files(address, options.tls, options.tls_files);
  planned.push_back({false, std::move(address), options.tls, std::move(options.tls_files), {}});
}

void Application::Machine::add_websocket(std::string address, WebSocketListenerOptions options) {
  refuse_unused_files(address, options.tls, options.tls_files);
  WebSocketUpgradePolicy policy{std::move(options.path), std::move(options.origins), options.same_origin,
                                std::move(options.subprotocols), options.deflate};
  const std::string problem = policy_problem(policy);
  if (!problem.empty()) throw std::invalid_argument(problem);
  planned.push_back({true, std::move(address), options.tls, std::move(options.tls_files), std::move(policy)});
}

void Application::Machine::serve_files(std::unique_ptr<StaticFiles> files) {
  if (!file_reader) file_reader.emplace();
  router->add_files(std::move(files), *file_reader);
  answers_http = true;
}

void Application::Machine::apply_operator_addresses(const Options& options) {
  const auto replace = [this](const std::vector<std::string>& wanted, bool websocket, bool tls) {
    if (wanted.empty()) return;
    // The first listener of this kind (plain or TLS) lends its settings, such as the WebSocket's path.
    Planned model{websocket, "", tls, {}, {.path = websocket ? "/nano" : ""}};
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
  made->busy = busy;
  made->websocket = plan.websocket;
  made->upgrade_policy = plan.policy;
  made->deflater = deflater;
  made->inflate_budget = application.host().inflating;
  made->router = router;
  made->packet_body_bytes_max = options.packet_bytes_max;
  made->websocket_message_bytes_max =
      std::max<std::size_t>(limits::websocket_message_bytes, options.packet_bytes_max + 4u);
  made->send_queue_bytes_max = options.send_queue_bytes_max;
  made->send_total = send_total;
  made->send_stall_timeout = options.send_stall_timeout;
  made->handshake_timeout = options.handshake_timeout;
  if (plan.tls) {
    const PemFiles files = certificate_of(plan, options);
    files.check();
    for (const std::string& warning : files.warnings("", std::chrono::system_clock::now())) {
      application.log().warning(warning, {{"listener", plan.address}});
    }
    made->tls = std::make_shared<TlsContext>(
        TlsContext::server({.certificate_chain = files.certificate, .private_key = files.key}));
    if (const int bits = made->tls->rsa_key_bits(); bits > limits::tls_rsa_bits) {
      application.log().warning(
          "the TLS key makes handshakes slow: take one of ECDSA (P-256), or of RSA with 2048 bits",
          {{"listener", plan.address}, {"rsa_bits", bits}});
    }
  }
  return made;
}

PemFiles Application::Machine::certificate_of(const Planned& plan, const Options& options) {
  const bool own = !plan.tls_files.certificate.empty() || !plan.tls_files.key.empty();
  const PemFiles files = own ? PemFiles{plan.tls_files.certificate, plan.tls_files.key, "", "TLS "}
                             : PemFiles{options.tls_certificate, options.tls_key, "", "--tls-"};
  if (files.certificate.empty() || files.key.empty()) {
    throw std::invalid_argument(
        "The listener on \"" + plan.address +
        "\" speaks TLS: name its certificate and its key (--tls-certificate, --tls-key).");
  }
  return files;
}

void Application::Machine::check_planned() const {
  for (auto one = planned.begin(); one != planned.end(); ++one) {
    const Result<ListenAddress> address = parse_listen_address(one->address);
    const auto same = std::find_if(planned.begin(), one, [&](const Planned& other) {
      const Result<ListenAddress> before = parse_listen_address(other.address);
      return address && before && overlap(*address, *before);
    });
    if (same == one) continue;
    throw std::invalid_argument("Two listeners cannot share the address \"" + one->address + "\"" +
                                (same->address == one->address ? "" : " (\"" + same->address + "\")") +
                                ": give each a port of its own.");
  }
}

void Application::Machine::warn_of_oddities(const Application& application) const {
  const Options& options = application.options();
  for (const std::string& warning : options.warnings) application.log().warning(warning);
  if (planned.empty() && !application.remote_) {
    application.log().warning("no listener: nobody can reach this server");
  }
  const bool has_websocket =
      std::any_of(planned.begin(), planned.end(), [](const Planned& plan) { return plan.websocket; });
  if (answers_http && !planned.empty() && !has_websocket) {
    application.log().warning(
        "nobody can fetch the files and HTTP answers: they are served by WebSocket listeners, and there is "
        "none");
  }
  warn_of_unused_certificate(application);
  const unsigned processors = std::thread::hardware_concurrency();
  if (processors > 0 && options.io_threads > processors) {
    application.log().warning("--io-threads is more than there are processors, which gains nothing",
                              {{"io_threads", options.io_threads}, {"processors", processors}});
  }
}

void Application::Machine::warn_of_unused_certificate(const Application& application) const {
  const std::string& given = application.options().tls_certificate;
  const Planned* with_own_files = nullptr;
  for (const Planned& plan : planned) {
    if (!plan.tls) continue;
    if (certificate_of(plan, application.options()).certificate == given) return;
    with_own_files = &plan;
  }
  if (given.empty()) return;
  if (with_own_files) {
    application.log().warning(
        "--tls-certificate is used by no listener: those with TLS have the files that the program names",
        {{"listener", with_own_files->address}, {"certificate", with_own_files->tls_files.certificate}});
  } else {
    application.log().warning(
        "--tls-certificate is used by no listener: clients connect without TLS, unless --listen-tcp-tls or "
        "--listen-websocket-tls names an address");
  }
}

void Application::Machine::listen(Application& application) {
  apply_operator_addresses(application.options());
  check_planned();
  warn_of_oddities(application);
  std::vector<LogicLoop*> all;
  std::vector<IoLoop*> all_io;
  for (const auto& loop : loops) {
    all.push_back(loop.get());
    all_io.push_back(&loop->io());
  }
  for (const Planned& plan : planned) {
    const std::string scheme = plan.websocket ? (plan.tls ? "wss" : "ws") : (plan.tls ? "tls" : "tcp");
    const AcceptSocket connect = connect_to(all, listener_options(application, plan));
    for (auto& listener : listen_on(all_io, plan.address, connect, listeners)) {
      addresses.push_back({scheme, listener->address(), plan.policy.path});
      application.log().info("listening", {{"scheme", scheme}, {"address", listener->address()}});
      listeners.push_back(std::move(listener));
    }
  }
}

void Application::Machine::accept() {
  for (const auto& listener : listeners) listener->start();
}

void Application::Machine::stop_listening() {
  for (const auto& listener : listeners) listener->stop();
}

void Application::Machine::stop_loops() {
  for (const auto& loop : loops) loop->stop();
  file_reader.reset();
}

void Application::Machine::watch(Application& application) {
  const Scheduler& scheduler = application.scheduler();
  process_watch = std::make_unique<ProcessWatch>(
      ProcessWatch::Watched{.logic = scheduler.current_work(),
                            .workers = scheduler.offload_gate(),
                            .time_to_end = time_to_end,
                            .log = application.log(),
                            .stop = [&application] { application.request_stop(false); }});
}

void Application::Machine::calm() {
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
