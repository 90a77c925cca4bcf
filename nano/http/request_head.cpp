#include "nano/http/request_head.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "nano/http/grammar.h"
#include "nano/http/path.h"

namespace nano {

namespace {

struct Field {
  std::string_view name;
  std::string_view value;
};

Field split_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  return {line.substr(0, colon), trim_http(line.substr(colon + 1))};
}

bool is_version(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  return text.size() == 8 && text.starts_with("HTTP/") && digits.find(text[5]) != text.npos &&
         text[6] == '.' && digits.find(text[7]) != text.npos;
}

/// By name; fields of one name in the order sent, for they are views of one text.
bool is_before(const Field& a, const Field& b) {
  const std::size_t common = std::min(a.name.size(), b.name.size());
  for (std::size_t i = 0; i < common; ++i) {
    const char x = lower_ascii(a.name[i]);
    const char y = lower_ascii(b.name[i]);
    if (x != y) return x < y;
  }
  return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name.data() < b.name.data();
}

/// Sorted, so that many fields of one name are joined in one pass.
std::vector<HttpHeader> join_fields(std::vector<Field> fields) {
  std::sort(fields.begin(), fields.end(), is_before);
  std::vector<HttpHeader> headers;
  headers.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    if (headers.empty() || !equals_ignoring_case(headers.back().name, name)) {
      headers.push_back({std::string{name}, std::string{value}});
    } else {
      headers.back().value.append(", ").append(value);
    }
  }
  return headers;
}

/// The body ends where the last coding says, so a last one that does not say it leaves no end.
std::optional<HttpRefusal> check_codings(std::string_view list) {
  if (equals_ignoring_case(list, "chunked")) return std::nullopt;
  const std::size_t comma = list.rfind(',');
  const bool ends_chunked =
      comma != list.npos && equals_ignoring_case(trim_http(list.substr(comma + 1)), "chunked");
  if (!ends_chunked) return HttpRefusal{400, "last transfer coding is not chunked"};
  list = trim_http(list.substr(0, comma));
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim_http(list.substr(0, end)), "chunked")) {
      return HttpRefusal{400, "chunked twice"};
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return HttpRefusal{501, "unknown transfer coding"};
}

}  // namespace

bool is_field_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != line.npos && is_http_token(line.substr(0, colon));
}

std::optional<HttpRefusal> HttpRequestHead::read_request_line(std::string_view line) {
  const std::size_t first = std::min(line.find(' '), line.size());
  const std::size_t second = std::min(line.find(' ', first + 1), line.size());
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(std::min(second + 1, line.size()));
  if (!is_http_token(method) || !is_version(version)) return HttpRefusal{400, "malformed request line"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return HttpRefusal{505, "HTTP version is neither 1.0 nor 1.1"};
  }
  request_.method = method;
  request_.target = line.substr(first + 1, second - first - 1);
  request_.version = version;
  std::optional<HttpTarget> target = parse_http_target(request_.target);
  if (!target || (target->path == "*" && method != "OPTIONS")) {
    return HttpRefusal{400, "malformed request target"};
  }
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  authority_ = std::move(target->authority);
  return std::nullopt;
}

void HttpRequestHead::Control::note(std::string_view name, std::string_view value) {
  const auto is = [&](std::string_view other, int& count, std::string_view& kept) {
    if (!equals_ignoring_case(name, other)) return;
    ++count;
    kept = value;
  };
  switch (name.size()) {
    case 4: return is("Host", hosts, host);
    case 6: return is("Expect", expectations, expectation);
    case 14: return is("Content-Length", lengths, length);
    case 17: return is("Transfer-Encoding", codings, coding);
    default: return;
  }
}

std::optional<HttpRefusal> HttpRequestHead::read_fields(std::string_view lines) {
  std::vector<Field> fields;
  fields.reserve(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')));
  Control control;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\r');
    const Field& field = fields.emplace_back(split_field(lines.substr(0, end)));
    control.note(field.name, field.value);
    lines.remove_prefix(end + 2);
  }
  if (const auto refusal = check_host(control)) return refusal;
  if (const auto refusal = read_framing(control)) return refusal;
  if (!authority_.empty()) {  // RFC 9112, section 3.2.2: what Host says beside it is ignored
    std::erase_if(fields, [](const Field& field) { return equals_ignoring_case(field.name, "Host"); });
    fields.push_back({"Host", authority_});
  }
  request_.headers = join_fields(std::move(fields));
  return std::nullopt;
}

std::optional<HttpRefusal> HttpRequestHead::check_host(const Control& control) {
  if (control.hosts == 0) {
    return is_http_1_0() ? std::nullopt : std::optional{HttpRefusal{400, "no Host"}};
  }
  if (control.hosts > 1 || !is_http_host(control.host)) return HttpRefusal{400, "malformed Host"};
  return std::nullopt;
}

std::optional<HttpRefusal> HttpRequestHead::read_framing(const Control& control) {
  if (control.codings > 0) {
    if (control.lengths > 0) return HttpRefusal{400, "both Transfer-Encoding and Content-Length"};
    if (is_http_1_0()) return HttpRefusal{400, "Transfer-Encoding in HTTP/1.0"};
    if (control.codings > 1) return HttpRefusal{400, "several Transfer-Encodings"};
    if (const auto refusal = check_codings(control.coding)) return refusal;
    framing_.is_chunked = true;
  }
  if (control.lengths > 0) {
    const char* const end = control.length.data() + control.length.size();
    const auto [stopped, error] = std::from_chars(control.length.data(), end, framing_.bytes);
    if (control.lengths > 1 || error != std::errc{} || stopped != end) {
      return HttpRefusal{400, "malformed Content-Length"};
    }
  }
  if (control.expectations == 0 || is_http_1_0()) return std::nullopt;
  framing_.expects_continue =
      control.expectations == 1 && equals_ignoring_case(control.expectation, "100-continue");
  return framing_.expects_continue ? std::nullopt : std::optional{HttpRefusal{417, "unknown expectation"}};
}

}  // namespace nano
