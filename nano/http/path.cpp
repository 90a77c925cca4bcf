#include "nano/http/path.h"

#include <algorithm>
#include <vector>

#include "nano/http/grammar.h"
#include "nano/http/message.h"

namespace nano {

namespace {

bool is_visible_ascii(char c) { return c > 0x20 && c < 0x7f; }

/// Cuts "http://host" off the absolute form, which only proxies need but every server has to take.
std::optional<std::string_view> without_authority(std::string_view target, std::string& authority) {
  for (const std::string_view scheme : {"http://", "https://", "ws://", "wss://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    authority = target.substr(0, end);
    if (!is_http_host(authority)) return std::nullopt;
    return target.substr(end);
  }
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// RFC 3986: unreserved characters and sub-delims.
bool may_stand_in_a_name(char c) {
  const bool alphanumeric = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || std::string_view{"-._~!$&'()*+,;="}.find(c) != std::string_view::npos;
}

bool may_stand_in_a_path(char c) { return may_stand_in_a_name(c) || c == '/' || c == ':' || c == '@'; }

}  // namespace

bool is_http_host(std::string_view text) {
  const bool in_brackets = text.starts_with('[') && text.find(']') != text.npos;  // an IPv6 address
  const std::size_t end = in_brackets ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const std::string_view port = text.substr(end);
  if (!port.empty() && (port[0] != ':' || !std::all_of(port.begin() + 1, port.end(), is_digit))) return false;
  const std::string_view name = in_brackets ? text.substr(1, end - 2) : text.substr(0, end);
  return !name.empty() && percent_decode(name) && std::all_of(name.begin(), name.end(), [&](char c) {
    return may_stand_in_a_name(c) || c == (in_brackets ? ':' : '%');
  });
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

std::string percent_encode_path(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : path) {
    if (may_stand_in_a_path(c)) {
      encoded.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

std::optional<std::string> normalise_path(std::string_view path) {
  std::vector<std::string_view> segments;
  bool ends_with_slash = true;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    const bool is_last = end == path.size();
    path.remove_prefix(is_last ? end : end + 1);
    ends_with_slash = !is_last || segment == "." || segment == "..";
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (segments.empty()) {
      return std::nullopt;
    } else {
      segments.pop_back();
    }
  }
  std::string normal;
  for (const std::string_view segment : segments) normal.append("/").append(segment);
  if (ends_with_slash || normal.empty()) normal += '/';
  return normal;
}

std::optional<HttpTarget> parse_http_target(std::string_view target) {
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_visible_ascii)) return std::nullopt;
  if (target.find('#') != std::string_view::npos) return std::nullopt;
  if (target == "*") return HttpTarget{"*", {}, {}};

  std::string authority;
  const bool is_absolute = target.front() != '/';
  const std::optional<std::string_view> rest = is_absolute ? without_authority(target, authority) : target;
  if (!rest) return std::nullopt;
  const std::size_t question = std::min(rest->find('?'), rest->size());
  std::string_view path = rest->substr(0, question);
  if (path.empty()) path = "/";  // "http://host?query"

  const std::optional<std::string> decoded = percent_decode(path);
  if (!decoded) return std::nullopt;
  std::optional<std::string> normal = normalise_path(*decoded);
  if (!normal) return std::nullopt;
  return HttpTarget{std::move(*normal), std::string{rest->substr(std::min(question + 1, rest->size()))},
                    std::move(authority)};
}

std::string path_problem(std::string_view path) {
  if (!path.starts_with('/')) return "A path begins with '/'.";
  const bool is_plain = std::none_of(path.begin(), path.end(), [](char c) {
    return c == '?' || c == '#' || c == '%' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (!is_plain) return "A path is written decoded, without query, fragment and control characters.";
  const std::optional<std::string> normal = normalise_path(path);
  if (!normal || *normal != path) return "A path is written without \".\", \"..\" and empty segments.";
  return "";
}

}  // namespace nano
