#include "nano/http/request_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <websocketpp/http/request.hpp>

#include "nano/http/path.h"
#include "protocol/assert.h"

namespace nano {

namespace {

constexpr std::string_view line_end = "\r\n";

/// Control characters end the attempt at once: what speaks TLS or another protocol here need not send a whole
/// line to be told.
bool may_stand_in_head(char c) { return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t'; }

bool is_version(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  return text.size() == 8 && text.starts_with("HTTP/") && digits.find(text[5]) != text.npos &&
         text[6] == '.' && digits.find(text[7]) != text.npos;
}

/// websocketpp takes a header without a name, one with spaces before the colon, and folded lines; each of
/// them has been used to make two servers read one request differently.
bool is_header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon > 0 && line[0] != ' ' && line[0] != '\t' &&
         line[colon - 1] != ' ' && line[colon - 1] != '\t';
}

bool is_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

/// A request that is being read.
struct HttpRequestReader::Parsing {
  websocketpp::http::parser::request parser;
  HttpTarget target;
  // websocketpp takes an empty header for none, and the next of its name in its place.
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  std::size_t head_bytes = 0;
  bool has_request_line = false;
  bool head_done = false;

  void count(std::string_view header) {
    hosts += equals_ignoring_case(header, "Host") ? 1 : 0;
    lengths += equals_ignoring_case(header, "Content-Length") ? 1 : 0;
    codings += equals_ignoring_case(header, "Transfer-Encoding") ? 1 : 0;
  }
};

HttpRequestReader::HttpRequestReader() : HttpRequestReader(Limits{}) {}
HttpRequestReader::HttpRequestReader(Limits limits) : limits_(limits) {}
HttpRequestReader::~HttpRequestReader() = default;
HttpRequestReader::HttpRequestReader(HttpRequestReader&&) noexcept = default;
HttpRequestReader& HttpRequestReader::operator=(HttpRequestReader&&) noexcept = default;

HttpRequestReader::Status HttpRequestReader::consume(std::span<const std::uint8_t>& input) {
  while (!input.empty() && status_ == Status::incomplete) {
    if (!parsing_) parsing_ = std::make_unique<Parsing>();
    if (parsing_->head_done) {
      consume_body(input);
    } else {
      input = input.subspan(consume_line({reinterpret_cast<const char*>(input.data()), input.size()}));
    }
  }
  if (status_ == Status::refused) input = {};
  return status_;
}

/// Lines are collected here and given to the parser whole: it searches what it has from the beginning each
/// time that a piece arrives, and counts pieces against its limit.
std::size_t HttpRequestReader::consume_line(std::string_view input) {
  std::size_t taken = 0;
  for (const char c : input) {
    ++taken;
    if (++parsing_->head_bytes > limits_.head_bytes) return refuse(431, "request head is too large"), taken;
    const bool after_return = line_.ends_with('\r');
    if (after_return ? c != '\n' : c != '\r' && !may_stand_in_head(c)) {
      return refuse(400, "control character in the request head"), taken;
    }
    line_.push_back(c);
    if (after_return) return finish_line(), taken;
  }
  return taken;
}

void HttpRequestReader::finish_line() {
  if (line_ == line_end && !parsing_->has_request_line) return line_.clear();  // old clients end a body so
  if (line_ == line_end) return finish_head();
  const std::string line = std::exchange(line_, {});
  const std::string_view text = std::string_view{line}.substr(0, line.size() - line_end.size());
  if (parsing_->has_request_line && !is_header_line(text)) return refuse(400, "malformed header line");
  if (!parse_line(line)) return;
  if (parsing_->has_request_line) return parsing_->count(text.substr(0, text.find(':')));

  parsing_->has_request_line = true;
  const auto& parser = parsing_->parser;
  if (parser.get_method().empty() || !is_version(parser.get_version())) {
    return refuse(400, "malformed request line");
  }
  if (parser.get_version() != "HTTP/1.1" && parser.get_version() != "HTTP/1.0") {
    return refuse(505, "HTTP version is neither 1.0 nor 1.1");
  }
  std::optional<HttpTarget> target = parse_http_target(parser.get_uri());
  if (!target || (target->path == "*" && parser.get_method() != "OPTIONS")) {
    return refuse(400, "malformed request target");
  }
  parsing_->target = std::move(*target);
}

bool HttpRequestReader::parse_line(std::string_view line) {
  try {
    parsing_->parser.consume(line.data(), line.size());
    return true;
  } catch (const websocketpp::http::exception& error) {
    refuse(error.m_error_code, error.what());
    return false;
  }
}

/// Settles everything about the body before the parser sees the end of the head: it believes any
/// Content-Length.
void HttpRequestReader::finish_head() {
  auto& parser = parsing_->parser;
  const std::string& host = parser.get_header("Host");
  const bool has_host = !host.empty();
  if (parsing_->hosts > 1 || (has_host && !is_http_host(host))) return refuse(400, "malformed Host");
  if (!has_host && parser.get_version() != "HTTP/1.0") return refuse(400, "no Host");
  if (!has_host) parser.replace_header("Host", "-");  // the parser insists on one
  const std::string& coding = parser.get_header("Transfer-Encoding");
  if (parsing_->codings > 0) {
    if (parsing_->lengths > 0) return refuse(400, "both Transfer-Encoding and Content-Length");
    if (coding.empty()) return refuse(400, "empty Transfer-Encoding");
    return equals_ignoring_case(coding, "chunked") ? refuse(411, "chunked body")
                                                   : refuse(501, "unknown transfer coding");
  }
  const bool has_length = parsing_->lengths > 0;
  if (parsing_->lengths > 1 || (has_length && !is_length(parser.get_header("Content-Length")))) {
    return refuse(400, "malformed Content-Length");
  }
  parser.set_max_body_size(limits_.body_bytes);
  const std::string line = std::exchange(line_, {});
  if (!parse_line(line)) return;
  if (!has_host) parser.remove_header("Host");
  parsing_->head_done = true;
  if (parser.ready()) {
    status_ = Status::complete;
  } else {
    expects_continue_ = parser.get_version() != "HTTP/1.0" &&
                        equals_ignoring_case(parser.get_header("Expect"), "100-continue");
  }
}

void HttpRequestReader::consume_body(std::span<const std::uint8_t>& input) {
  auto& parser = parsing_->parser;
  input = input.subspan(parser.consume(reinterpret_cast<const char*>(input.data()), input.size()));
  if (parser.ready()) status_ = Status::complete;
}

HttpRequest HttpRequestReader::take_request() {
  NANO_ASSERT(status_ == Status::complete, "take_request() was called before a request was complete");
  const std::unique_ptr<Parsing> parsed = std::exchange(parsing_, nullptr);
  status_ = Status::incomplete;
  expects_continue_ = false;  // the body came unasked
  HttpRequest request;
  request.method = parsed->parser.get_method();
  request.target = parsed->parser.get_uri();
  request.path = std::move(parsed->target.path);
  request.query = std::move(parsed->target.query);
  request.version = parsed->parser.get_version();
  for (const auto& [name, value] : parsed->parser.get_headers()) request.headers.push_back({name, value});
  request.body = parsed->parser.get_body();
  return request;
}

HttpResponse HttpRequestReader::refusal() const {
  NANO_ASSERT(status_ == Status::refused, "refusal() was called, but nothing was refused");
  HttpResponse response = HttpResponse::text(
      refusal_status_, std::string{http_status_name(refusal_status_)} + ": " + refusal_reason_ + ".\n");
  response.close = true;
  return response;
}

void HttpRequestReader::refuse(int status, std::string_view why) {
  status_ = Status::refused;
  refusal_status_ = status;
  refused_head_ = parsing_ && parsing_->parser.get_method() == "HEAD";
  refusal_reason_ = why;
  parsing_.reset();
  line_ = {};
}

}  // namespace nano
