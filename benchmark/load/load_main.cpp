// The load generator of the benchmarks: one thread that plays many clients of a server.

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmark/load/failures.h"
#include "benchmark/load/options.h"
#include "benchmark/load/results.h"
#include "benchmark/load/scenarios.h"

namespace nano::benchmark {
namespace {

Results run(const LoadOptions& options, Failures& failures) {
  switch (options.scenario) {
    case Scenario::request:
    case Scenario::notify: return run_closed_loop(options, failures);
    case Scenario::open:
    case Scenario::paced: return run_open_loop(options, failures);
    case Scenario::broadcast: return run_broadcast(options, failures);
    case Scenario::idle: return run_idle(options, failures);
    case Scenario::churn: return run_churn(options, failures);
  }
  throw std::logic_error("a scenario without a function");
}

int run_and_tell(const LoadOptions& options) {
  Failures failures;
  const Results results = run(options, failures);
  std::fputs((options.json ? to_json(options, results) + "\n" : to_text(options, results)).c_str(), stdout);
  for (const std::string& sentence : failures.sentences()) {
    std::fprintf(stderr, "nano-bench: %s\n", sentence.c_str());
  }
  const bool measured = results.messages > 0 || results.bytes_per_connection;
  if (!measured) std::fputs("nano-bench: nothing was measured\n", stderr);
  return measured && results.failed + results.lost == 0 ? 0 : 1;
}

}  // namespace
}  // namespace nano::benchmark

int main(int argc, char** argv) {
  using namespace nano::benchmark;
  try {
    const LoadOptions options = LoadOptions::parse({argv + (argc > 0 ? 1 : 0), argv + argc});
    if (options.help.empty()) return run_and_tell(options);
    std::fputs(options.help.c_str(), stdout);
    return 0;
  } catch (const std::invalid_argument& mistake) {
    std::fprintf(stderr, "nano-bench: %s\n", mistake.what());
    return 2;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "nano-bench: %s\n", failure.what());
    return 1;
  }
}
