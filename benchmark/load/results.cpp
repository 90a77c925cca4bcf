#include "benchmark/load/results.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace nano::benchmark {
namespace {

struct Percentile {
  std::string_view name;
  double part;
};

constexpr std::array percentiles{Percentile{"p50", 0.5}, Percentile{"p90", 0.9}, Percentile{"p99", 0.99},
                                 Percentile{"p99_9", 0.999}, Percentile{"p99_99", 0.9999}};

std::string fixed(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

/// With five digits that count, which JSON can hold whatever the size of the number is.
std::string five_digits(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.5g", value);
  return std::isfinite(value) ? text.data() : "null";
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

double in_us(std::uint64_t value_ns) { return static_cast<double>(value_ns) / 1000; }

double per_million(double cpu_s, const Results& results) {
  return cpu_s * 1e6 / static_cast<double>(results.messages);
}

double per_second(const Results& results) {
  return results.seconds > 0 ? static_cast<double>(results.messages) / results.seconds : 0;
}

double cpu_s_of_all(const Results& results) {
  double sum = 0;
  for (const ProcessFigures& process : results.processes) sum += process.cpu_s;
  return sum;
}

/// The members of an object, in the order in which they are added.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, const std::string& value) {
    text_ += (text_.empty() ? "" : ",") + quoted(name) + ":" + value;
    return *this;
  }
  std::string done() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string latency_json(const Histogram& latency) {
  JsonObject object;
  object.add("mean", fixed(latency.mean() / 1000, 2));
  for (const Percentile& one : percentiles) object.add(one.name, fixed(in_us(latency.at(one.part)), 2));
  return object.add("max", fixed(in_us(latency.max()), 2)).done();
}

std::string processes_json(const Results& results) {
  JsonObject all;
  for (const ProcessFigures& process : results.processes) {
    JsonObject one;
    one.add("cpu_s", five_digits(process.cpu_s));
    if (results.messages > 0) one.add("cpu_s_per_million", five_digits(per_million(process.cpu_s, results)));
    one.add("rss_kib", std::to_string(process.rss_kib));
    one.add("anonymous_kib", std::to_string(process.anonymous_kib));
    all.add(process.name, one.done());
  }
  return all.done();
}

std::string latency_text(std::string_view name, const Histogram& latency) {
  std::string text = std::string{name} + " us: mean " + fixed(latency.mean() / 1000, 1);
  for (const Percentile& one : percentiles) {
    std::string percentile{one.name};
    if (const std::size_t line = percentile.find('_'); line != std::string::npos) percentile[line] = '.';
    text += " " + percentile + " " + fixed(in_us(latency.at(one.part)), 1);
  }
  return text + " max " + fixed(in_us(latency.max()), 1) + "\n";
}

std::string cpu_text(const Results& results) {
  std::string text = "CPU s per million: this program " + fixed(per_million(results.own_cpu_s, results), 3);
  for (const ProcessFigures& process : results.processes) {
    text += ", " + process.name + " " + fixed(per_million(process.cpu_s, results), 3);
  }
  if (results.processes.size() > 1) text += ", all " + fixed(per_million(cpu_s_of_all(results), results), 3);
  return text + "\n";
}

}  // namespace

std::string to_text(const LoadOptions& options, const Results& results) {
  std::string text{to_string(options.scenario)};
  text += ": " + options.dialect.dialect + " over " + std::string{to_string(options.dialect.transport)} +
          ", " + std::to_string(options.connections) + " connections";
  if (options.scenario == Scenario::request || options.scenario == Scenario::notify) {
    text += ", " + std::to_string(options.in_flight) + " in flight each";
  }
  if (options.rate > 0) text += ", " + five_digits(options.rate) + " a second";
  text += "\n";
  if (results.messages > 0) {
    text += std::to_string(results.messages) + " messages in " + fixed(results.seconds, 2) + " s, " +
            fixed(per_second(results), 0) + " a second\n";
    text += latency_text("latency", results.latency);
    if (results.lateness.count() > 0) text += latency_text("sent late", results.lateness);
    text += cpu_text(results);
  }
  for (const ProcessFigures& process : results.processes) {
    text += process.name + ": " + fixed(process.cpu_s, 3) + " s of CPU, " + std::to_string(process.rss_kib) +
            " KiB of memory, " + std::to_string(process.anonymous_kib) + " KiB of that its own\n";
  }
  if (results.bytes_per_connection) {
    text += fixed(*results.bytes_per_connection, 0) + " bytes of memory per connection\n";
  }
  if (results.failed + results.lost > 0) {
    text += std::to_string(results.failed) + " failed, " + std::to_string(results.lost) + " lost\n";
  }
  return text;
}

std::string to_json(const LoadOptions& options, const Results& results) {
  JsonObject object;
  object.add("scenario", quoted(to_string(options.scenario)));
  object.add("dialect", quoted(options.dialect.dialect));
  object.add("transport", quoted(to_string(options.dialect.transport)));
  object.add("connections", std::to_string(options.connections));
  if (options.scenario == Scenario::request || options.scenario == Scenario::notify) {
    object.add("in_flight", std::to_string(options.in_flight));
  }
  if (options.rate > 0) object.add("rate", five_digits(options.rate));
  object.add("seconds", five_digits(results.seconds));
  if (options.scenario != Scenario::idle) {
    object.add("messages", std::to_string(results.messages));
    object.add("messages_per_s", five_digits(per_second(results)));
  }
  object.add("failed", std::to_string(results.failed)).add("lost", std::to_string(results.lost));
  if (results.latency.count() > 0) object.add("latency_us", latency_json(results.latency));
  if (results.lateness.count() > 0) object.add("sent_late_us", latency_json(results.lateness));
  if (!results.processes.empty()) object.add("processes", processes_json(results));
  if (results.messages > 0) {
    if (!results.processes.empty()) {
      object.add("cpu_s_per_million", five_digits(per_million(cpu_s_of_all(results), results)));
    }
    object.add("own_cpu_s_per_million", five_digits(per_million(results.own_cpu_s, results)));
  }
  if (results.bytes_per_connection) {
    object.add("bytes_per_connection", five_digits(*results.bytes_per_connection));
  }
  return object.done();
}

}  // namespace nano::benchmark
