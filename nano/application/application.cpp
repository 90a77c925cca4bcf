#include "nano/application/application.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

#include "nano/application/drain.h"
#include "nano/application/http_handlers.h"
#include "nano/application/machine.h"
#include "nano/base/failure.h"
#include "nano/base/host_port.h"
#include "nano/serialize/protobuf_log.h"
#include "nano/session/connection.h"

namespace nano {
namespace {

std::uint64_t seed_of(const Options& options, std::uint64_t otherwise) {
  return options.seed != 0 ? options.seed : otherwise;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

constexpr int exit_not_started = 1;
constexpr int exit_misconfigured = 2;

}  // namespace

std::string ListeningAddress::url() const {
  const HostPort parts = parse_host_port(address).value();
  const bool on_all = parts.host == "0.0.0.0" || parts.host == "::";
  const std::string reachable = on_all ? "localhost:" + std::to_string(parts.port) : address;
  if (scheme == "ws") return "http://" + reachable + "/";
  if (scheme == "wss") return "https://" + reachable + "/";
  return scheme + "://" + reachable;
}

Application::Application(Options options)
    : options_(std::move(options)),
      log_(options_.log ? *options_.log : Log{options_.log_level}),
      random_(seed_of(options_, random_seed())) {
  keeps_mistakes_ = true;
  const bool possible = configure([this] {
    options_.check();
    machine_ = std::make_unique<Machine>(options_);
  });
  // What follows is never served, but main() goes on to configure it.
  if (!possible) machine_ = std::make_unique<Machine>(Options{});
  build(machine_->clock, machine_->driver(), machine_->workers);
  configure([this] { machine_->attach(*scheduler_, http_->router()); });
}

Application::Application(Options options, Environment environment)
    : options_(std::move(options)),
      log_(options_.log ? *options_.log : environment.log),
      random_(seed_of(options_, environment.seed)) {
  options_.check();
  build(environment.clock, environment.driver, environment.workers);
}

void Application::build(const Clock& clock, Driver& driver, WorkerPool& workers) {
  scheduler_ = std::make_unique<Scheduler>(clock, driver, workers, log_);
  log_ = scheduler_->log();
  protobuf_log_ = std::make_unique<ProtobufLog>(log_);
  auto serializer = options_.serializer ? options_.serializer : std::make_shared<const JsonSerializer>();
  host_ = std::make_unique<SessionHost>(*scheduler_, log_, PayloadCodec{std::move(serializer)}, dispatcher_);
  host_->options.handshake_timeout = options_.handshake_timeout;
  host_->options.heartbeat_interval = options_.heartbeat_interval;
  host_->options.inflate = options_.inflate;
  host_->options.inflated_bytes_max = options_.packet_bytes_max;
  http_ = std::make_unique<HttpHandlers>(*scheduler_, host_->open_calls);
  registry_.connect(*host_);
  host_->options.send_stall_timeout = options_.send_stall_timeout;
}

Application::~Application() {
  // In an orderly run all this is done already. The loops' threads end first, so that nothing comes in any
  // more.
  http_->stop();
  if (machine_) {
    machine_->calm();
    machine_->time_to_end->expect_within(limits::exit_grace);
    machine_->stop_listening();
    machine_->stop_loops();
  }
  NANO_ASSERT(!remote_, "a Node ends before its application: declare it after the application");
  scheduler_->adopt_thread();  // run() may have been another thread's
  host_->stopping = true;
  scheduler_->cancel_all();
  while (!host_->connections.empty()) host_->connections.front()->close(WireClose::drop, {"shutdown", ""});
  // What the application gave may use all of this when it is destroyed, its components most of all.
  scheduler_->close();
  host_->open_calls.give_up({Errc::unavailable, "The server has stopped."},
                            [](const OpenCall&) { return true; });
  drain_.reset();
  registry_.destroy_components();
  refused_.clear();
  started_callbacks_.clear();
  dispatcher_.drop_callbacks();
  outbound_ = {};
  http_->router()->clear();
}

// -- configuring -------------------------------------------------------------------------------------------

bool Application::configure(const std::function<void()>& call) {
  try {
    call();
    return true;
  } catch (const std::invalid_argument& mistake) {
    if (!keeps_mistakes_) throw;
    mistakes_.push_back({mistake.what(), exit_misconfigured});
  } catch (...) {
    if (!keeps_mistakes_) throw;
    mistakes_.push_back({text_of_current_exception(), exit_not_started});
  }
  return false;
}

void Application::refuse(const std::string& sentence) {
  configure([&] { throw std::invalid_argument(sentence); });
}

void Application::listen_tcp(std::string address, TcpListenerOptions options) {
  if (machine_) configure([&] { machine_->add_tcp(std::move(address), std::move(options)); });
}

void Application::listen_websocket(std::string address, WebSocketListenerOptions options) {
  if (machine_) configure([&] { machine_->add_websocket(std::move(address), std::move(options)); });
}

void Application::serve_files(std::string url_prefix, const std::string& folder) {
  if (!machine_ || options_.print_routes) return;  // nothing is served, so nothing needs to be there
  configure([&] { machine_->serve_files(std::make_unique<StaticFiles>(std::move(url_prefix), folder)); });
}

void Application::add_http(const std::string& pattern,
                           std::function<HttpResponse(const HttpRequest&)> function,
                           const HttpHandlerOptions&) {
  configure([&] {
    http_->add(pattern, std::move(function));
    if (machine_) machine_->answers_http = true;
  });
}

void Application::add_http(const std::string& pattern,
                           std::function<Task<HttpResponse>(HttpRequest)> coroutine,
                           const HttpHandlerOptions& options) {
  add_http_coroutine(pattern, std::move(coroutine), options);
}

void Application::add_http(const std::string& pattern,
                           std::function<Task<void>(HttpRequest, HttpResponseWriter)> coroutine,
                           const HttpHandlerOptions& options) {
  add_http_coroutine(pattern, std::move(coroutine), options);
}

template <class Coroutine>
void Application::add_http_coroutine(const std::string& pattern, Coroutine coroutine,
                                     const HttpHandlerOptions& options) {
  configure([&] {
    if (options.timeout <= Duration::zero() || options.requests_max == 0) {
      throw std::invalid_argument("The HTTP handler of \"" + pattern +
                                  "\" needs a timeout above zero and at least one request at a time.");
    }
    http_->add(pattern, std::move(coroutine), options);
    if (machine_) machine_->answers_http = true;
  });
}

Duration Application::answer_http(HttpRequest request, HttpResponseWriter writer) {
  return http_->router()->route(std::move(request), std::move(writer));
}

void Application::compress_routes() { compresses_routes_ = true; }

void Application::set_route_codes(const std::map<std::string, std::uint16_t>& codes) {
  configure([&] {
    protocol::RouteDictionary dictionary;
    for (const auto& [route, code] : codes) dictionary.add(route, code);
    compresses_routes_ = false;
    host_->set_dictionary(std::move(dictionary));
  });
}

// -- running -----------------------------------------------------------------------------------------------

void Application::start() {
  NANO_REQUIRE(phase_ == Phase::configuring, "an application starts once");
  registry_.check_payloads(host_->codec());
  if (compresses_routes_) host_->set_dictionary(protocol::RouteDictionary::from_routes(registry_.routes()));
  if (!outbound_.empty()) host_->outbound = &outbound_;
  registry_.init();
  phase_ = Phase::running;
  if (machine_) {
    raise_open_file_limit(log_);
    machine_->watch(*this);
    machine_->listen(*this);
  }
  if (!remote_) return open();
  remote_->start(registry_.services(), [this] { open(); });
}

void Application::open() {
  if (phase_ != Phase::running) return;
  open_ = true;
  if (machine_) machine_->accept();
  for (std::size_t i = 0; i < started_callbacks_.size(); ++i) {  // one may add another
    scheduler_->run_now([&] { started_callbacks_[i](); }, "on_started");
  }
}

int Application::tell_mistakes() {
  int exit_code = exit_not_started;
  for (const Mistake& mistake : mistakes_) {
    log_.error("cannot start", {{"error", mistake.sentence}});
    if (!log_.enabled(LogLevel::error)) {
      std::fprintf(stderr, "%s: %s\n", options_.program.c_str(), mistake.sentence.c_str());
    }
    exit_code = std::max(exit_code, mistake.exit_code);
  }
  if (machine_) machine_->calm();
  log_.flush();
  return exit_code;
}

int Application::run() {
  keeps_mistakes_ = true;
  scheduler_->adopt_thread();
  if (mistakes_.empty()) {
    if (options_.print_routes) {
      configure([this] { print_routes_for_clients(); });
    } else {
      configure([this] { start(); });
    }
  }
  if (!mistakes_.empty()) return tell_mistakes();
  if (options_.print_routes) return 0;
  keeps_mistakes_ = false;
  scheduler_->run();
  const std::size_t offloaded = scheduler_->offloaded_running();
  if (const auto oldest = scheduler_->offload_gate()->oldest(); machine_ && oldest) {
    log_.error("offloaded calls still run: the process ends without them",
               {{"count", offloaded}, {"in", oldest->name.text()}, {"session", oldest->name.session()}});
    log_.flush();
    std::_Exit(1);
  }
  if (machine_) {
    machine_->stop_loops();
    machine_->calm();
  }
  log_.say_left_out();
  log_.flush();
  return 0;
}

void Application::print_routes_for_clients() {
  registry_.check_payloads(host_->codec());
  const std::string text =
      nano::print_routes(registry_, host_->codec(), options_.program, *options_.print_routes);
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    throw std::runtime_error("Standard output cannot be written to.");
  }
}

std::vector<ListeningAddress> Application::addresses() const {
  return machine_ ? machine_->addresses : std::vector<ListeningAddress>{};
}

std::shared_ptr<WireReceiver> Application::connect(std::shared_ptr<Wire> wire) {
  if (!open_ || phase_ != Phase::running) {
    wire->close(WireClose::drop, {"shutdown", ""});
    return nullptr;
  }
  return Connection::open(*host_, std::move(wire));
}

void Application::stop() { request_stop(scheduler_->is_running_caller()); }

void Application::request_stop(bool by_stopping_application) {
  if (machine_) machine_->time_to_end->expect_within(options_.shutdown_timeout + limits::exit_grace);
  scheduler_->post([this, by_stopping_application] {
    if (phase_ == Phase::stopping && by_stopping_application) return;
    begin_stop();
  });
}

void Application::begin_stop() {
  if (phase_ == Phase::stopping) drain_->report_unfinished();  // asked twice: at once
  if (phase_ != Phase::running) return end_stop();
  phase_ = Phase::stopping;
  host_->stopping = true;
  http_->stop();
  if (machine_) {
    machine_->stop_listening();
    machine_->workers.lift_bound();
  }
  scheduler_->at_turn_end([this] {
    if (phase_ == Phase::stopping) drain_->look();
  });
  drain_ =
      std::make_unique<Drain>(Drain::Server{*scheduler_, *host_, registry_, dispatcher_, remote_,
                                            [this] { return !machine_ || machine_->busy_clients() == 0; }},
                              options_.shutdown_timeout, [this] { end_stop(); });
}

void Application::end_stop() {
  phase_ = Phase::stopped;
  scheduler_->stop();
}

}  // namespace nano
