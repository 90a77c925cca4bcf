#include "benchmark/cluster/load_options.h"

#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

namespace nano::benchmark {
namespace {

template <class Number>
Number number(const std::string& flag, std::string_view text, Number min, Number max) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
    throw std::invalid_argument(flag + " takes a number from " + std::to_string(min) + " to " +
                                std::to_string(max) + ", not \"" + std::string{text} + "\"");
  }
  return value;
}

std::pair<std::string, pid_t> process(const std::string& flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) throw std::invalid_argument(flag + " takes NAME=PID");
  return {text.substr(0, equals), number<pid_t>(flag, std::string_view{text}.substr(equals + 1), 1, 1 << 30)};
}

}  // namespace

const char* LoadOptions::usage() {
  return R"(usage: nano-bench-load --address HOST:PORT [...] [flags]
  --address HOST:PORT   a TCP gate, by number; repeat it to spread the connections over several
  --pid NAME=PID        a process whose CPU time is told; repeat it for several
  --route ROUTE         of the requests, of a handler that echoes (Test.Echo)
  --connections N       (100)
  --in-flight N         open requests per connection (1)
  --payload-bytes N     (64)
  --warm-up-s S         (1)
  --seconds S           measured, after the warm-up (5)
)";
}

LoadOptions LoadOptions::from_command_line(int argc, char** argv) {
  LoadOptions options;
  using Set = std::function<void(const std::string& flag, const std::string& value)>;
  const std::map<std::string, Set> flags{
      {"--address", [&](auto&, auto& value) { options.addresses.push_back(value); }},
      {"--pid", [&](auto& flag, auto& value) { options.processes.push_back(process(flag, value)); }},
      {"--route", [&](auto&, auto& value) { options.route = value; }},
      {"--connections",
       [&](auto& flag, auto& value) { options.connections = number<unsigned>(flag, value, 1, 100'000); }},
      {"--in-flight",
       [&](auto& flag, auto& value) { options.in_flight = number<unsigned>(flag, value, 1, 1000); }},
      {"--payload-bytes",
       [&](auto& flag, auto& value) { options.payload_bytes = number<std::size_t>(flag, value, 2, 60'000); }},
      {"--warm-up-s", [&](auto& flag, auto& value) { options.warm_up_s = number(flag, value, 0.0, 600.0); }},
      {"--seconds", [&](auto& flag, auto& value) { options.seconds = number(flag, value, 0.1, 600.0); }},
  };
  for (int i = 1; i < argc; i += 2) {
    const auto flag = flags.find(argv[i]);
    if (flag == flags.end()) throw std::invalid_argument("there is no flag " + std::string{argv[i]});
    if (i + 1 == argc) throw std::invalid_argument(flag->first + " needs a value");
    flag->second(flag->first, argv[i + 1]);
  }
  if (options.addresses.empty()) throw std::invalid_argument("--address is needed");
  return options;
}

}  // namespace nano::benchmark
