#include "nano/base/log_limiter.h"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <utility>

#include "nano/base/limits.h"

namespace nano {

std::string log_source(std::string_view address) {
  const std::string_view whole = address.substr(0, limits::log_source_bytes);
  std::string_view host = whole;
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else if (host.find(':') == host.rfind(':')) {
    host = host.substr(0, host.find(':'));
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, std::string{host.substr(0, host.find('%'))}.c_str(), &v6) != 1) {
    return std::string{host};
  }
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {  // an IPv4 client of a listener for both
    return std::to_string(v6.s6_addr[12]) + '.' + std::to_string(v6.s6_addr[13]) + '.' +
           std::to_string(v6.s6_addr[14]) + '.' + std::to_string(v6.s6_addr[15]);
  }
  return std::string{reinterpret_cast<const char*>(&v6.s6_addr), 8};
}

std::optional<std::uint64_t> LogLimiter::pass(LogLevel level, std::string_view event, std::string_view about,
                                              std::string_view source) {
  const std::string name = log_source(source);
  const std::lock_guard lock{mutex_};
  if (!clock_) return 0;
  Kind& kind = find_kind({level, event, about}, clock_->coarse_now());
  if (take_budget(kind, level == LogLevel::debug ? limits::log_debug_times : 1, name)) {
    return std::exchange(kind.left_out, 0);
  }
  ++kind.left_out;
  if (!std::exchange(told_, true)) on_left_out_();
  return std::nullopt;
}

LogLimiter::Kind& LogLimiter::find_kind(const KindView& key, TimePoint now) {
  auto found = kinds_.find(key);
  if (found == kinds_.end()) {
    if (kinds_.size() >= limits::log_kinds && next_sweep_ <= now) {
      next_sweep_ = now + limits::log_window;
      std::erase_if(kinds_, [now](const auto& entry) {
        return entry.second.window_end <= now && entry.second.left_out == 0;
      });
    }
    // Only events or subjects made of what clients send can be so many: these share a budget.
    KindKey made{std::get<0>(key), std::get<1>(key), std::get<2>(key)};
    if (kinds_.size() >= limits::log_kinds) made = {LogLevel::warning, "lines of too many kinds", ""};
    found = kinds_.try_emplace(std::move(made)).first;
  }
  Kind& kind = found->second;
  if (kind.window_end <= now) {
    kind.window_end = now + limits::log_window;
    kind.lines = 0;
    kind.sources.clear();
  }
  return kind;
}

bool LogLimiter::take_budget(Kind& kind, int times, std::string_view source) {
  if (kind.lines >= times * limits::log_lines_per_kind) return false;
  auto known = std::find_if(kind.sources.begin(), kind.sources.end(),
                            [source](const Source& candidate) { return candidate.name == source; });
  if (known == kind.sources.end()) known = kind.sources.insert(known, Source{std::string{source}, 0});
  if (known->lines >= times * limits::log_lines_per_source) return false;
  ++known->lines;
  ++kind.lines;
  return true;
}

std::vector<LogLimiter::LeftOut> LogLimiter::take_left_out() {
  const std::lock_guard lock{mutex_};
  told_ = false;
  std::vector<LeftOut> taken;
  for (auto& [key, kind] : kinds_) {
    if (kind.left_out == 0) continue;
    taken.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::exchange(kind.left_out, 0)});
  }
  return taken;
}

void LogLimiter::close() {
  const std::lock_guard lock{mutex_};
  clock_ = nullptr;
  on_left_out_ = nullptr;
}

}  // namespace nano
