#include "benchmark/load/http_dialect.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace nano::benchmark {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char left, char right) { return lower(left) == lower(right); });
}

/// `head`: the status line and the headers. Nothing: it has no Content-Length, or one that is no number.
std::optional<std::size_t> content_length(std::string_view head) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(line.substr(0, colon), "Content-Length")) continue;
    const std::size_t digits = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(line.data() + digits, line.data() + line.size(), length);
    return error == std::errc{} && end == line.data() + line.size() ? std::optional{length} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void HttpDialect::prepare(const std::string& address) {
  request_ = "GET " + path_ + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n";
}

void HttpDialect::open(OutputBuffer& out) { out.append(protocol::as_bytes(request_)); }

void HttpDialect::write_request(OutputBuffer& out, std::string_view, std::uint64_t id, protocol::ByteView) {
  out.append(protocol::as_bytes(request_));
  awaited_.push_back(id);
}

void HttpDialect::write_notify(OutputBuffer&, std::string_view, protocol::ByteView) {
  throw DialectError("the server is spoken to in HTTP, which has requests only");
}

void HttpDialect::read(protocol::ByteView input, OutputBuffer&, DialectEvents& events) {
  while (!input.empty()) {
    if (!in_body_) {
      if (!take_head(input)) return;
      in_body_ = true;
      body_bytes_left_ = body_bytes_;
    }
    const std::size_t count = std::min(input.size(), body_bytes_left_);
    body_bytes_left_ -= count;
    input = input.subspan(count);
    if (body_bytes_left_ > 0) return;
    in_body_ = false;
    on_answered(events);
  }
}

/// False: the head is not whole yet. A head that came at once, as nearly all do, is not copied.
bool HttpDialect::take_head(protocol::ByteView& input) {
  std::string_view text = protocol::as_text(input);
  const std::size_t held = head_.size();
  if (held > 0) text = head_.append(text.substr(0, head_bytes_max));
  const std::size_t end = text.find(head_end);
  if (std::min(end, text.size()) > head_bytes_max) {
    throw DialectError("the server's answer has a head of over 16 KiB");
  }
  if (end == std::string_view::npos) {
    if (held == 0) head_ = text;
    return false;
  }
  check_head(text.substr(0, end));
  input = input.subspan(end + head_end.size() - held);
  head_.clear();
  return true;
}

void HttpDialect::check_head(std::string_view head) const {
  if (!head.starts_with("HTTP/1.1 200 ")) {
    throw DialectError("the server answers GET " + path_ + " with \"" +
                       std::string{head.substr(0, std::min<std::size_t>(head.find("\r\n"), 100))} + "\"");
  }
  const auto length = content_length(head);
  if (!length) throw DialectError("the server's answer to GET " + path_ + " has no Content-Length");
  if (*length != body_bytes_) {
    throw DialectError("the server's answer to GET " + path_ + " has " + std::to_string(*length) +
                       " bytes, not the " + std::to_string(body_bytes_) + " of --body-bytes");
  }
}

void HttpDialect::on_answered(DialectEvents& events) {
  if (!opened_) {
    opened_ = true;
    return events.on_opened();
  }
  if (awaited_.empty()) throw DialectError("the server answered what was not asked");
  const std::uint64_t id = awaited_.front();
  awaited_.pop_front();
  events.on_answer(id, true, {});
}

}  // namespace nano::benchmark
