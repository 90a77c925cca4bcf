#include "nano/http/route_pattern.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "nano/http/grammar.h"
#include "nano/http/path.h"

namespace nano {

namespace {

using Kind = HttpRoutePattern::Kind;
using Segment = HttpRoutePattern::Segment;

[[noreturn]] void refuse(const std::string& pattern, const std::string& what_to_change) {
  throw std::invalid_argument("No HTTP request fits the pattern \"" + pattern + "\". " + what_to_change);
}

/// The next segment of a path behind its slash, which is taken off.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z') || c == '_';
  });
}

Segment parse_segment(const std::string& pattern, std::string_view text) {
  if (text.find_first_of("{}") == text.npos) return {Kind::literal, std::string{text}};
  const bool is_enclosed = text.starts_with('{') && text.ends_with('}');
  std::string_view name = is_enclosed ? text.substr(1, text.size() - 2) : "";
  const bool is_rest = name.ends_with("...");
  if (is_rest) name.remove_suffix(3);
  if (!is_name(name)) refuse(pattern, "A parameter is a whole segment, \"{name}\", of letters and digits.");
  return {is_rest ? Kind::rest : Kind::parameter, std::string{name}};
}

std::vector<Segment> parse_segments(const std::string& pattern, std::string_view path) {
  std::vector<Segment> segments;
  std::set<std::string> names;
  const bool ends_with_slash = path.ends_with('/');
  path.remove_prefix(1);
  while (!path.empty()) {
    if (!segments.empty() && segments.back().kind == Kind::rest) break;
    segments.push_back(parse_segment(pattern, take_segment(path)));
    const Segment& segment = segments.back();
    if (segment.kind != Kind::literal && !names.insert(segment.text).second) {
      refuse(pattern, "Give each parameter a name of its own.");
    }
  }
  const bool has_rest = !segments.empty() && segments.back().kind == Kind::rest;
  if (has_rest && (ends_with_slash || !path.empty())) {
    refuse(pattern, "What takes the rest of a path stands at its end.");
  }
  if (ends_with_slash) segments.push_back({Kind::rest, ""});
  return segments;
}

}  // namespace

HttpRoutePattern HttpRoutePattern::parse(std::string text) {
  HttpRoutePattern pattern;
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::size_t space = text.find(' ');
  const std::size_t host = space < slash ? space + 1 : 0;
  if (host > 0) {
    pattern.method = text.substr(0, space);
    if (!is_http_token(pattern.method)) refuse(text, "Before the space stands a method: \"GET /path\".");
  }
  const std::string path = text.substr(slash);
  const std::string problem = path_problem(path);
  if (!problem.empty()) refuse(text, problem);
  if (slash > host) {
    const std::string name = text.substr(host, slash - host);
    pattern.host = host_name(name);
    if (!is_http_host(name) || pattern.host.size() != name.size()) {
      refuse(text, "Before the path stands a host without port: \"game.example.com/path\".");
    }
  }
  pattern.segments = parse_segments(text, path);
  pattern.text = std::move(text);
  return pattern;
}

HttpRoutePattern HttpRoutePattern::below(std::string_view prefix, std::string method) {
  HttpRoutePattern pattern;
  pattern.text = method + " " + std::string{prefix};
  pattern.method = std::move(method);
  prefix.remove_prefix(1);
  while (!prefix.empty()) pattern.segments.push_back({Kind::literal, std::string{take_segment(prefix)}});
  pattern.segments.push_back({Kind::rest, ""});
  return pattern;
}

std::string HttpRoutePattern::host_name(std::string_view host) {
  const std::size_t address_end = host.starts_with('[') ? host.find(']') : 0;
  std::string name{host.substr(0, host.find(':', std::min(address_end, host.size())))};
  std::transform(name.begin(), name.end(), name.begin(), lower_ascii);
  return name;
}

}  // namespace nano
