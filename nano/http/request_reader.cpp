#include "nano/http/request_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "nano/http/chunked_body.h"
#include "nano/http/line_buffer.h"
#include "nano/http/request_head.h"
#include "protocol/assert.h"

namespace nano {

/// A request that is being read.
struct HttpRequestReader::Parsing {
  enum class Stage { request_line, fields, body, chunks };

  Stage stage = Stage::request_line;
  HttpLineBuffer lines;           // keeps the field lines
  std::size_t dropped_bytes = 0;  // of the head: empty lines, and the request line
  HttpRequestHead head;
  std::uint64_t body_left = 0;
  std::optional<HttpChunkedBody> chunks;

  void drop_line() {
    dropped_bytes += lines.bytes();
    lines.drop();
  }
  bool is_in_target() const {
    return stage == Stage::request_line && lines.begun().find(' ') != std::string_view::npos;
  }
  bool is_head() { return head.request().method == "HEAD" || lines.begun().starts_with("HEAD "); }
};

HttpRequestReader::HttpRequestReader() : HttpRequestReader(Limits{}) {}
HttpRequestReader::HttpRequestReader(Limits limits) : limits_(limits) {}
HttpRequestReader::~HttpRequestReader() = default;
HttpRequestReader::HttpRequestReader(HttpRequestReader&&) noexcept = default;
HttpRequestReader& HttpRequestReader::operator=(HttpRequestReader&&) noexcept = default;

HttpRequestReader::Status HttpRequestReader::consume(std::span<const std::uint8_t>& input) {
  while (!input.empty() && status_ == Status::incomplete) {
    if (!parsing_) parsing_ = std::make_unique<Parsing>();
    switch (parsing_->stage) {
      case Parsing::Stage::request_line:
      case Parsing::Stage::fields: consume_line(input); break;
      case Parsing::Stage::body: consume_body(input); break;
      case Parsing::Stage::chunks: consume_chunks(input); break;
    }
  }
  if (status_ == Status::refused) input = {};
  return status_;
}

void HttpRequestReader::consume_line(std::span<const std::uint8_t>& input) {
  switch (parsing_->lines.consume(input, limits_.head_bytes - parsing_->dropped_bytes)) {
    case HttpLineBuffer::Status::incomplete: return;
    case HttpLineBuffer::Status::line: return finish_line();
    case HttpLineBuffer::Status::malformed: return refuse(400, "control character in the request head");
    case HttpLineBuffer::Status::too_long:
      return parsing_->is_in_target() ? refuse(414, "request target is too long")
                                      : refuse(431, "request head is too large");
  }
}

void HttpRequestReader::finish_line() {
  const std::string_view line = parsing_->lines.line();
  if (parsing_->stage == Parsing::Stage::fields) {
    if (line.empty()) return finish_head();
    if (!is_field_line(line)) return refuse(400, "malformed header line");
    return parsing_->lines.keep();
  }
  if (!line.empty()) {  // old clients end a body with an empty one
    const std::optional<HttpRefusal> refusal = parsing_->head.read_request_line(line);
    if (refusal) return refuse(refusal->status, refusal->why);
    parsing_->stage = Parsing::Stage::fields;
  }
  parsing_->drop_line();
}

void HttpRequestReader::finish_head() {
  const std::optional<HttpRefusal> refusal = parsing_->head.read_fields(parsing_->lines.kept());
  if (refusal) return refuse(refusal->status, refusal->why);
  parsing_->lines = {};  // its memory, too
  const HttpBodyFraming& framing = parsing_->head.framing();
  if (framing.bytes > limits_.body_bytes) return refuse(413, "request body is too large");
  if (framing.is_chunked) {
    parsing_->stage = Parsing::Stage::chunks;
    parsing_->chunks.emplace(limits_.body_bytes, limits_.head_bytes);
  } else if (framing.bytes > 0) {
    parsing_->stage = Parsing::Stage::body;
    parsing_->body_left = framing.bytes;
  } else {
    status_ = Status::complete;
  }
  expects_continue_ = framing.expects_continue && status_ != Status::complete;
}

void HttpRequestReader::consume_body(std::span<const std::uint8_t>& input) {
  const std::size_t bytes = std::min<std::uint64_t>(parsing_->body_left, input.size());
  parsing_->head.request().body.append(reinterpret_cast<const char*>(input.data()), bytes);
  parsing_->body_left -= bytes;
  input = input.subspan(bytes);
  if (parsing_->body_left == 0) status_ = Status::complete;
}

void HttpRequestReader::consume_chunks(std::span<const std::uint8_t>& input) {
  switch (parsing_->chunks->consume(input, parsing_->head.request().body)) {
    case HttpChunkedBody::Status::incomplete: return;
    case HttpChunkedBody::Status::complete: status_ = Status::complete; return;
    case HttpChunkedBody::Status::refused:
      return refuse(parsing_->chunks->refusal().status, parsing_->chunks->refusal().why);
  }
}

HttpRequest HttpRequestReader::take_request() {
  NANO_ASSERT(status_ == Status::complete, "take_request() was called before a request was complete");
  const std::unique_ptr<Parsing> parsed = std::exchange(parsing_, nullptr);
  status_ = Status::incomplete;
  expects_continue_ = false;  // the body came unasked
  return std::move(parsed->head.request());
}

HttpResponse HttpRequestReader::refusal() const {
  NANO_ASSERT(status_ == Status::refused, "refusal() was called, but nothing was refused");
  std::string text{http_status_name(refusal_status_)};
  text.append(": ").append(refusal_reason_).append(".\n");
  HttpResponse response = HttpResponse::text(refusal_status_, std::move(text));
  response.close = true;
  return response;
}

void HttpRequestReader::refuse(int status, std::string_view why) {
  status_ = Status::refused;
  expects_continue_ = false;
  refusal_status_ = status;
  refused_head_ = parsing_->is_head();
  refusal_reason_ = why;
  parsing_.reset();
}

}  // namespace nano
