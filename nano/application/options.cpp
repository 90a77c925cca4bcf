#include "nano/application/options.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "nano/net/listen_address.h"
#include "protocol/limits.h"

namespace nano {
namespace {

double to_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
Duration from_seconds(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// What an option may be, in code and on the command line. Times in seconds.
template <class T>
struct Range {
  T least;
  T most;

  bool holds(T value) const { return value >= least && value <= most; }
  std::string text() const { return CLI::detail::to_string(least) + " to " + CLI::detail::to_string(most); }
};

constexpr Range<double> heartbeats{0.01, 86400};
constexpr Range<double> timeouts{0.01, 3600};
constexpr Range<double> shutdown_timeouts{0.1, 3600};
constexpr Range<std::int64_t> io_thread_counts{0, limits::io_threads_most};
constexpr Range<std::int64_t> worker_thread_counts{1, limits::worker_threads_most};
constexpr Range<std::int64_t> packet_sizes{64, protocol::packet_body_bytes_max_wire};
constexpr Range<std::int64_t> send_queue_sizes{limits::send_queue_bytes_least, limits::send_queue_bytes_most};

/// Our own, because CLI11's Range lets through what is no number ("nan"), and a size_t option takes -1.
template <class T>
CLI::Validator in(Range<T> range) {
  return CLI::Validator{[=](std::string& text) -> std::string {
                          T value{};
                          if (CLI::detail::lexical_cast(text, value) && range.holds(value)) return {};
                          return "\"" + text + "\" is no number from " + range.text() + ".";
                        },
                        range.text()};
}

/// For what the code sets. Throws std::invalid_argument.
void require_in(Range<std::int64_t> range, std::size_t value, const std::string& option,
                const std::string& why = "") {
  // A size_t beyond int64_t is negative there, and in no range.
  if (range.holds(static_cast<std::int64_t>(value))) return;
  throw std::invalid_argument(option + " is a number from " + range.text() + why + ".");
}

void require_in(Range<double> range, Duration value, const std::string& option) {
  if (range.holds(to_seconds(value))) return;
  throw std::invalid_argument(option + " is a number of seconds from " + range.text() + ".");
}

CLI::Validator on_or_off() {
  return CLI::Validator{[](std::string& text) -> std::string {
                          if (bool value{}; CLI::detail::lexical_cast(text, value)) return {};
                          return "\"" + text + "\" is neither on nor off.";
                        },
                        "on or off"};
}

/// The values as CLI11 fills them in, before they become Options.
struct Raw {
  double heartbeat_s;
  double handshake_timeout_s;
  double shutdown_timeout_s;
  double send_stall_timeout_s;
  std::string log_level;
  std::string print_routes;
};

void add_address_flags(CLI::App& app, Options& options) {
  app.add_option("--listen-tcp", options.listen_tcp,
                 "Address host:port for TCP clients; several: repeated, or with commas")
      ->delimiter(',')
      ->envname("NANO_LISTEN_TCP");
  app.add_option("--listen-tcp-tls", options.listen_tcp_tls,
                 "Address for TCP clients with TLS; several: repeated, or with commas")
      ->delimiter(',')
      ->envname("NANO_LISTEN_TCP_TLS");
  app.add_option("--listen-websocket", options.listen_websocket,
                 "Address for WebSocket clients and HTTP; several: repeated, or with commas")
      ->delimiter(',')
      ->envname("NANO_LISTEN_WEBSOCKET");
  app.add_option("--listen-websocket-tls", options.listen_websocket_tls,
                 "Address for WebSocket clients and HTTPS with TLS; several: repeated, or with commas")
      ->delimiter(',')
      ->envname("NANO_LISTEN_WEBSOCKET_TLS");
  app.add_option("--tls-certificate", options.tls_certificate, "PEM file with the certificate and its chain")
      ->envname("NANO_TLS_CERTIFICATE");
  app.add_option("--tls-key", options.tls_key, "PEM file with the private key")->envname("NANO_TLS_KEY");
}

void add_send_flags(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--send-queue-bytes-max", options.send_queue_bytes_max,
                 "Bytes that may wait for one client; with more it is closed unless it goes on taking some")
      ->check(in(send_queue_sizes))
      ->envname("NANO_SEND_QUEUE_BYTES_MAX")
      ->capture_default_str();
  app.add_option("--send-stall-timeout", raw.send_stall_timeout_s,
                 "Seconds until a client for which more waits is closed, when it takes next to nothing")
      ->check(in(timeouts))
      ->envname("NANO_SEND_STALL_TIMEOUT")
      ->capture_default_str();
  app.add_option("--send-queues-bytes-max", options.send_queues_bytes_max,
                 "Bytes that may wait for all clients together, beyond what each may have waiting")
      ->check(in(send_queue_sizes))
      ->envname("NANO_SEND_QUEUES_BYTES_MAX")
      ->capture_default_str();
}

void add_flags(CLI::App& app, Options& options, Raw& raw) {
  add_address_flags(app, options);
  app.add_option("--io-threads", options.io_threads,
                 "Threads for sockets; 0: the logic thread does their work")
      ->check(in(io_thread_counts))
      ->envname("NANO_IO_THREADS")
      ->capture_default_str();
  app.add_option("--worker-threads", options.worker_threads, "Threads for blocking calls")
      ->check(in(worker_thread_counts))
      ->envname("NANO_WORKER_THREADS")
      ->capture_default_str();
  app.add_option("--heartbeat", raw.heartbeat_s, "Seconds between heartbeats")
      ->check(in(heartbeats))
      ->envname("NANO_HEARTBEAT")
      ->capture_default_str();
  app.add_option("--handshake-timeout", raw.handshake_timeout_s, "Seconds until a connection must be open")
      ->check(in(timeouts))
      ->envname("NANO_HANDSHAKE_TIMEOUT")
      ->capture_default_str();
  app.add_option("--shutdown-timeout", raw.shutdown_timeout_s,
                 "Seconds that a stop may take to finish what was begun")
      ->check(in(shutdown_timeouts))
      ->envname("NANO_SHUTDOWN_TIMEOUT")
      ->capture_default_str();
  app.add_option("--packet-bytes-max", options.packet_bytes_max, "Largest body of a packet from a client")
      ->check(in(packet_sizes))
      ->envname("NANO_PACKET_BYTES_MAX")
      ->capture_default_str();
  app.add_option("--inflate", options.inflate,
                 "on: compressed payloads of clients are inflated; off: they are refused")
      ->check(on_or_off())
      ->envname("NANO_INFLATE")
      ->capture_default_str();
  add_send_flags(app, options, raw);
  app.add_option("--log-level", raw.log_level, "debug, info, warning, error or off")
      ->envname("NANO_LOG_LEVEL")
      ->capture_default_str();
  app.add_option("--print-routes", raw.print_routes,
                 "Print the routes and what they carry, then end: ts (for client-js), json or markdown");
}

void add_own_flags(CLI::App& app, const std::vector<ProgramOption>& own) {
  for (const ProgramOption& option : own) {
    std::visit(
        [&](auto* value) {
          if constexpr (std::is_same_v<decltype(value), bool*>) {
            app.add_flag(option.flag, *value, option.help)->envname(option.environment);
          } else {
            app.add_option(option.flag, *value, option.help)
                ->envname(option.environment)
                ->capture_default_str();
          }
        },
        option.value);
  }
}

/// Which of the flags that a sentence names came from the environment, in a sentence to follow it.
std::string origin_of(const CLI::App& app, std::string_view sentence,
                      const std::vector<std::string>& arguments) {
  std::string origin;
  for (const CLI::Option* option : app.get_options()) {
    const std::string flag = option->get_name();
    const std::string variable = option->get_envname();
    const bool is_set = !variable.empty() && std::getenv(variable.c_str()) != nullptr;
    const bool named = sentence.find(flag + " ") != std::string_view::npos ||
                       sentence.find(flag + ":") != std::string_view::npos;
    const bool given = std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
      return argument == flag || argument.starts_with(flag + "=");
    });
    if (is_set && named && !given) origin += " The environment variable " + variable + " sets it.";
  }
  return origin;
}

/// A misspelt variable has no effect, and nobody would know.
std::vector<std::string> warnings_of_variables(const CLI::App& app) {
  std::vector<std::string> warnings;
  for (char** variable = environ; variable && *variable; ++variable) {
    const std::string_view text{*variable};
    const std::string name{text.substr(0, text.find('='))};
    if (!name.starts_with("NANO_")) continue;
    const auto options = app.get_options();
    const bool known = std::any_of(options.begin(), options.end(),
                                   [&](const CLI::Option* option) { return option->get_envname() == name; });
    if (!known) {
      warnings.push_back("The environment variable " + name +
                         " is none of this program's and has no effect; --help names them all.");
    }
  }
  return warnings;
}

}  // namespace

Result<Options> Options::parse(const std::vector<std::string>& arguments, Options defaults,
                               const std::vector<ProgramOption>& own, const std::string& program) {
  Options options = std::move(defaults);
  Raw raw{to_seconds(options.heartbeat_interval),    to_seconds(options.handshake_timeout),
          to_seconds(options.shutdown_timeout),      to_seconds(options.send_stall_timeout),
          std::string{to_string(options.log_level)}, {}};
  CLI::App app{"A real-time game server made with Nano.", program};
  app.footer("Flags whose line names an environment variable (Env:...) can also be given so; the flag wins.");
  try {
    add_own_flags(app, own);
    add_flags(app, options, raw);
    options.warnings = warnings_of_variables(app);
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});  // CLI11 takes them reversed
    options.heartbeat_interval = from_seconds(raw.heartbeat_s);
    options.handshake_timeout = from_seconds(raw.handshake_timeout_s);
    options.shutdown_timeout = from_seconds(raw.shutdown_timeout_s);
    options.send_stall_timeout = from_seconds(raw.send_stall_timeout_s);
    if (!parse_log_level(raw.log_level, options.log_level)) {
      throw std::invalid_argument("--log-level is debug, info, warning, error or off, not \"" +
                                  raw.log_level + "\".");
    }
    options.print_routes = parse_routes_format(raw.print_routes);
    if (!options.print_routes && !raw.print_routes.empty()) {
      throw std::invalid_argument("--print-routes is ts, json or markdown, not \"" + raw.print_routes +
                                  "\".");
    }
    options.program = std::filesystem::path{program}.filename().string();
    options.check();
  } catch (const CLI::CallForHelp&) {
    return Error{"help", app.help()};
  } catch (const CLI::ConstructionError& failure) {
    return Error{Errc::invalid_argument,
                 "One of the program's own flags has a name that no flag can have, or that another has: " +
                     std::string{failure.what()} + "."};
  } catch (const CLI::ParseError& failure) {
    return Error{Errc::invalid_argument, std::string{failure.what()} + " (--help lists all options.)" +
                                             origin_of(app, failure.what(), arguments)};
  } catch (const std::invalid_argument& failure) {
    return Error{Errc::invalid_argument, failure.what() + origin_of(app, failure.what(), arguments)};
  }
  return options;
}

Result<Options> Options::parse(const std::vector<std::string>& arguments) {
  return parse(arguments, Options{}, {}, "server");
}

Options Options::from_command_line(int argc, char** argv) {
  return from_command_line(argc, argv, Options{}, {});
}

Options Options::from_command_line(int argc, char** argv, Options defaults,
                                   const std::vector<ProgramOption>& own) {
  const std::string program = argc > 0 ? argv[0] : "server";
  const std::vector<std::string> arguments{argv + (argc > 0 ? 1 : 0), argv + argc};
  Result<Options> parsed = parse(arguments, std::move(defaults), own, program);
  if (parsed) return std::move(*parsed);
  if (parsed.error().code == "help") {
    std::fputs(parsed.error().message.c_str(), stdout);
    std::exit(0);
  }
  std::fprintf(stderr, "%s: %s\n", program.c_str(), parsed.error().message.c_str());
  std::exit(2);
}

void Options::check() const {
  const auto require = [](bool holds, const char* sentence) {
    if (!holds) throw std::invalid_argument(sentence);
  };
  require_in(heartbeats, heartbeat_interval, "--heartbeat");
  require_in(timeouts, handshake_timeout, "--handshake-timeout");
  require_in(shutdown_timeouts, shutdown_timeout, "--shutdown-timeout");
  require_in(io_thread_counts, io_threads, "--io-threads", "; more threads than processors gain nothing");
  require_in(worker_thread_counts, worker_threads, "--worker-threads");
  require_in(packet_sizes, packet_bytes_max, "--packet-bytes-max", ", which is what the wire format can say");
  require_in(send_queue_sizes, send_queue_bytes_max, "--send-queue-bytes-max");
  require_in(timeouts, send_stall_timeout, "--send-stall-timeout");
  require_in(send_queue_sizes, send_queues_bytes_max, "--send-queues-bytes-max");
  require(tls_certificate.empty() == tls_key.empty(),
          "--tls-certificate and --tls-key go together: give both files, or none.");
  const auto require_addresses = [](const char* flag, const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      const Result<ListenAddress> parsed = parse_listen_address(address);
      if (parsed) continue;
      throw std::invalid_argument(std::string{flag} + " cannot be \"" + address +
                                  "\": " + parsed.error().message);
    }
  };
  require_addresses("--listen-tcp", listen_tcp);
  require_addresses("--listen-tcp-tls", listen_tcp_tls);
  require_addresses("--listen-websocket", listen_websocket);
  require_addresses("--listen-websocket-tls", listen_websocket_tls);
  require((listen_tcp_tls.empty() && listen_websocket_tls.empty()) || !tls_certificate.empty(),
          "A listener with TLS needs --tls-certificate and --tls-key.");
}

}  // namespace nano
