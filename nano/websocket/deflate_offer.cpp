#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/http/grammar.h"
#include "nano/http/message.h"
#include "nano/websocket/deflate.h"

namespace nano {
namespace {

constexpr std::string_view extension_name = "permessage-deflate";
constexpr std::string_view largest_window = "15";

/// Cuts the part before the next `separator` that stands in no quotes off the front of `rest`.
std::string_view take_part(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
    if (rest[at] == '"') quoted = !quoted;
    if (rest[at] == '\\' && quoted && at + 1 < rest.size()) ++at;
  }
  const std::string_view part = trim_http(rest.substr(0, at));
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

struct Parameter {
  std::string_view name;
  std::optional<std::string_view> value;
};

/// A value is a token, in quotes or not (RFC 6455, section 9.1).
std::optional<Parameter> parse_parameter(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  Parameter parameter{trim_http(text.substr(0, equals)), std::nullopt};
  if (!is_http_token(parameter.name)) return std::nullopt;
  if (equals == text.size()) return parameter;
  std::string_view value = trim_http(text.substr(equals + 1));
  if (value.size() > 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  if (!is_http_token(value)) return std::nullopt;
  parameter.value = value;
  return parameter;
}

/// 8 to 15, without zeros in front.
bool is_window(std::string_view value) {
  constexpr std::string_view two_digits = "012345";
  if (value.size() == 1) return value == "8" || value == "9";
  return value.size() == 2 && value[0] == '1' && two_digits.find(value[1]) != std::string_view::npos;
}

/// Whether a parameter is what section 7.1 allows in an offer, and what this server can do.
bool can_be_had(const Parameter& parameter) {
  if (parameter.name == "server_no_context_takeover" || parameter.name == "client_no_context_takeover") {
    return !parameter.value;
  }
  if (parameter.name == "client_max_window_bits") return !parameter.value || is_window(*parameter.value);
  return parameter.name == "server_max_window_bits" && parameter.value == largest_window;
}

/// The answer to one offer; empty: declined.
std::string answer_to(std::string_view offer) {
  if (offer.ends_with(';')) return "";
  if (!equals_ignoring_case(take_part(offer, ';'), extension_name)) return "";
  std::string answer =
      std::string{extension_name} + "; server_no_context_takeover; client_no_context_takeover";
  std::vector<std::string_view> seen;
  while (!offer.empty()) {
    const std::optional<Parameter> parameter = parse_parameter(take_part(offer, ';'));
    if (!parameter || !can_be_had(*parameter)) return "";
    if (std::find(seen.begin(), seen.end(), parameter->name) != seen.end()) return "";
    seen.push_back(parameter->name);
    if (parameter->name == "server_max_window_bits") answer += "; server_max_window_bits=15";
  }
  return answer;
}

}  // namespace

std::string answer_to_deflate_offers(std::string_view extensions) {
  while (!extensions.empty()) {
    std::string answer = answer_to(take_part(extensions, ','));
    if (!answer.empty()) return answer;
  }
  return "";
}

}  // namespace nano
