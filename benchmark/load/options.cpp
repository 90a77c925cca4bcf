#include "benchmark/load/options.h"

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "protocol/limits.h"

namespace nano::benchmark {
namespace {

constexpr double messages_max = 1e9;  // of an open loop: ids stay below 2^31, and each message costs a bit

/// What a scenario does unless the flags say otherwise.
struct ScenarioDefaults {
  Scenario scenario;
  std::string_view name;
  std::string_view route;
  std::string_view push;
  PayloadKind payload;
  std::size_t payload_bytes;
};

constexpr std::array scenarios{
    ScenarioDefaults{Scenario::request, "request", "Bench.Echo", "", PayloadKind::raw, 64},
    ScenarioDefaults{Scenario::notify, "notify", "Bench.Ping", "pong", PayloadKind::ping, 64},
    ScenarioDefaults{Scenario::open, "open", "Bench.Echo", "", PayloadKind::raw, 64},
    ScenarioDefaults{Scenario::broadcast, "broadcast", "Bench.Say", "onSay", PayloadKind::raw, 64},
    ScenarioDefaults{Scenario::idle, "idle", "", "", PayloadKind::raw, 64},
    ScenarioDefaults{Scenario::churn, "churn", "Bench.Echo", "", PayloadKind::raw, 64},
    ScenarioDefaults{Scenario::paced, "paced", "Bench.Ping", "pong", PayloadKind::ping, 0},
};

const ScenarioDefaults& defaults_of(std::string_view name) {
  std::string names;
  for (const ScenarioDefaults& one : scenarios) {
    if (one.name == name) return one;
    names += (names.empty() ? "" : ", ") + std::string{one.name};
  }
  throw std::invalid_argument("the first argument is a scenario (" + names + "), not \"" + std::string{name} +
                              "\"");
}

/// As text, before they become options: CLI11's own checks let through "nan" and -1 for a size.
struct Raw {
  std::string scenario;
  std::vector<std::string> addresses;
  std::vector<std::string> processes;
  std::string transport = "tcp";
  std::optional<std::string> route;
  std::optional<std::string> push;
  std::optional<std::string> payload;
  std::optional<std::string> payload_bytes;
  std::optional<std::string> body_bytes;
  std::string connections = "100";
  std::string in_flight = "1";
  std::string rate = "0";
  std::string warm_up_s = "1";
  std::string seconds = "5";
};

template <class Number>
Number number(const std::string& flag, std::string_view text, Number min, Number max) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= min && value <= max)) {
    throw std::invalid_argument(flag + " takes a number from " + CLI::detail::to_string(min) + " to " +
                                CLI::detail::to_string(max) + ", not \"" + std::string{text} + "\"");
  }
  return value;
}

NamedProcess process(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw std::invalid_argument("--pid takes NAME=PID, not \"" + text + "\"");
  }
  return {text.substr(0, equals),
          number<pid_t>("--pid", std::string_view{text}.substr(equals + 1), 1, 1 << 30)};
}

PayloadKind payload_kind(const std::string& text) {
  if (text == "raw") return PayloadKind::raw;
  if (text == "ping") return PayloadKind::ping;
  if (text == "json") return PayloadKind::json;
  throw std::invalid_argument("--payload is raw, ping or json, not \"" + text + "\"");
}

Transport transport(const std::string& text) {
  if (text == "tcp") return Transport::tcp;
  if (text == "websocket") return Transport::websocket;
  throw std::invalid_argument("--transport is tcp or websocket, not \"" + text + "\"");
}

void add_flags(CLI::App& app, LoadOptions& options, Raw& raw) {
  app.add_option(
         "SCENARIO", raw.scenario,
         "request (each connection keeps requests open), notify (the same, answered with pushes), open "
         "(at a fixed rate), broadcast, idle (memory of connections to a server that was started just now), "
         "churn (connect, ask, close), "
         "paced (clients that arrive at random and notify every 10 ms)")
      ->required();
  app.add_option("--address", raw.addresses,
                 "HOST:PORT of a server, HOST an IPv4 address as 127.0.0.1; repeated: taken in turn")
      ->required()
      ->allow_extra_args(false);
  app.add_option("--pid", raw.processes, "NAME=PID of a process to watch, with its children; repeated")
      ->allow_extra_args(false);
  app.add_option("--transport", raw.transport, "tcp or websocket (tcp)");
  app.add_option("--path", options.dialect.path, "Of the WebSocket upgrade, or of HTTP requests (/nano)");
  app.add_option("--dialect", options.dialect.dialect,
                 "How the server is spoken to: " + CLI::detail::join(dialect_names(), ", ") + " (nano)");
  app.add_option("--route", raw.route,
                 "Of requests and notifies (Bench.Echo, Bench.Ping or Bench.Say, as the scenario needs)");
  app.add_option("--push", raw.push, "Of the pushes that answer notifies (pong or onSay)");
  app.add_option("--payload", raw.payload, "raw, ping (protobuf) or json (raw; ping for notify and paced)");
  app.add_option("--payload-bytes", raw.payload_bytes, "Of all of a raw payload, of the text in others (64)");
  app.add_option("--body-bytes", raw.body_bytes, "Of each answer of the dialect http, which needs it");
  app.add_option("--connections", raw.connections, "Clients, up to 28000 (100)");
  app.add_option("--in-flight", raw.in_flight, "Open requests or notifies per connection, up to 1000 (1)");
  app.add_option(
      "--rate", raw.rate,
      "Messages a second over all connections; for open, and for broadcast (0: each when all have the last)");
  app.add_option("--warm-up-s", raw.warm_up_s, "Before it counts (1)");
  app.add_option("--seconds", raw.seconds,
                 "Measured, after the warm-up; longer while nothing is answered (5)");
  app.add_flag("--json", options.json, "One JSON object on stdout instead of text");
}

/// Its requests carry nothing, and its answers are told without their bodies.
void fill_http(LoadOptions& options, const Raw& raw) {
  if (!raw.body_bytes) {
    throw std::invalid_argument("the dialect http needs --body-bytes, the size of what each answer brings");
  }
  if (raw.payload || raw.payload_bytes) {
    throw std::invalid_argument("the requests of the dialect http have no payload; leave --payload out");
  }
  options.dialect.body_bytes = number<std::size_t>("--body-bytes", *raw.body_bytes, 0, 1u << 30);
  options.payload = PayloadKind::raw;
  options.payload_bytes = 0;
}

void fill(LoadOptions& options, const Raw& raw) {
  const ScenarioDefaults& defaults = defaults_of(raw.scenario);
  options.scenario = defaults.scenario;
  for (const std::string& text : raw.addresses) options.addresses.push_back(Address::parse(text));
  for (const std::string& text : raw.processes) options.processes.push_back(process(text));
  options.dialect.transport = transport(raw.transport);
  options.route = raw.route.value_or(std::string{defaults.route});
  options.push = raw.push.value_or(std::string{defaults.push});
  options.payload = raw.payload ? payload_kind(*raw.payload) : defaults.payload;
  options.payload_bytes = raw.payload_bytes
                              ? number<std::size_t>("--payload-bytes", *raw.payload_bytes, 0, 60'000)
                              : defaults.payload_bytes;
  options.connections = number<std::size_t>("--connections", raw.connections, 1, 28'000);
  options.in_flight = number<std::size_t>("--in-flight", raw.in_flight, 1, 1000);
  options.rate = number("--rate", raw.rate, 0.0, 10'000'000.0);
  options.warm_up_s = number("--warm-up-s", raw.warm_up_s, 0.0, 600.0);
  options.seconds = number("--seconds", raw.seconds, 0.01, 600.0);
  if (options.dialect.dialect == "http") {
    fill_http(options, raw);
  } else if (raw.body_bytes) {
    throw std::invalid_argument("--body-bytes is for the dialect http; what others answer is what was sent");
  }
}

void check(const LoadOptions& options) {
  if (options.scenario == Scenario::open && options.rate == 0) {
    throw std::invalid_argument("the scenario open needs --rate, the requests per second of all connections");
  }
  if (options.scenario != Scenario::open && options.scenario != Scenario::broadcast && options.rate > 0) {
    throw std::invalid_argument(
        "--rate is for open and broadcast; the other scenarios have a pace of their own");
  }
  if (options.route.size() > protocol::route_bytes_max) {
    throw std::invalid_argument("--route takes at most 255 bytes");
  }
  if (options.scenario == Scenario::idle && options.processes.empty()) {
    throw std::invalid_argument("the scenario idle needs --pid, the process whose memory is measured");
  }
  const bool counts_pushes = options.scenario == Scenario::notify ||
                             options.scenario == Scenario::broadcast || options.scenario == Scenario::paced;
  if (counts_pushes && !Payload{options.payload, options.payload_bytes}.has_sequence()) {
    throw std::invalid_argument(
        "raw payloads that come back as pushes are numbered: --payload-bytes takes at "
        "least 8");
  }
  const double messages_per_s =
      options.scenario == Scenario::paced ? 100.0 * static_cast<double>(options.connections) : options.rate;
  if (messages_per_s * (options.warm_up_s + options.seconds) > messages_max) {
    throw std::invalid_argument("that would be over a thousand million messages; lower --rate or --seconds");
  }
  if (options.rate > 0 && options.rate * options.seconds < 1) {
    throw std::invalid_argument("not one message falls into --seconds; raise that or --rate");
  }
  make_dialect(options.dialect);  // says whether there is such a one
}

}  // namespace

std::string_view to_string(Scenario scenario) {
  for (const ScenarioDefaults& one : scenarios) {
    if (one.scenario == scenario) return one.name;
  }
  return "unknown";
}

std::string_view to_string(Transport transport) { return transport == Transport::tcp ? "tcp" : "websocket"; }

LoadOptions LoadOptions::parse(const std::vector<std::string>& arguments) {
  LoadOptions options;
  Raw raw;
  CLI::App app{"Puts load on a server, and measures what it does.", "nano-bench"};
  add_flags(app, options, raw);
  try {
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});  // CLI11 takes them reversed
  } catch (const CLI::CallForHelp&) {
    options.help = app.help();
    return options;
  } catch (const CLI::ParseError& failure) {
    throw std::invalid_argument(std::string{failure.what()} + " (--help lists all flags)");
  }
  fill(options, raw);
  check(options);
  return options;
}

}  // namespace nano::benchmark
