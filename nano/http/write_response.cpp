#include "nano/http/write_response.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string_view>
#include <utility>

namespace nano {

namespace {

bool is_the_servers_business(std::string_view name) {
  return equals_ignoring_case(name, "Content-Length") || equals_ignoring_case(name, "Connection") ||
         equals_ignoring_case(name, "Transfer-Encoding");
}

/// A line break in a value would begin a header of somebody's choice.
std::string without_control_characters(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      ' ');
  return text;
}

/// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string date_of(std::time_t time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text;
}

/// The same text for all answers of a second.
std::string_view date_header(WallTime now) {
  thread_local std::time_t second = -1;
  thread_local std::string line;
  const std::time_t time = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (std::exchange(second, time) != time) line = "Date: " + date_of(time) + "\r\n";
  return line;
}

bool client_keeps_connection(const HttpRequest& request) {
  if (request.header_has_token("Connection", "close")) return false;
  return request.version == "HTTP/1.1" || request.header_has_token("Connection", "keep-alive");
}

void append_headers(std::string& text, const std::vector<HttpHeader>& headers) {
  for (const HttpHeader& header : headers) {
    if (is_the_servers_business(header.name)) continue;
    text +=
        without_control_characters(header.name) + ": " + without_control_characters(header.value) + "\r\n";
  }
}

/// The status line, and the headers that have nothing to do with the body's length.
void append_head(std::string& head, const HttpResponse& response, WallTime now) {
  head = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string{http_status_name(response.status)};
  head += "\r\n";
  append_headers(head, response.headers);
  if (response.header("Date").empty()) head += date_header(now);
  if (response.header("X-Content-Type-Options").empty()) head += "X-Content-Type-Options: nosniff\r\n";
}

void append_connection(std::string& head, const HttpResponse& response, bool keep_alive) {
  const std::string_view upgrade = response.header("Upgrade").empty() ? "" : "Upgrade, ";  // they go together
  head.append("Connection: ").append(upgrade).append(keep_alive ? "keep-alive" : "close").append("\r\n\r\n");
}

}  // namespace

bool http_status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

HttpResponseForm HttpResponseForm::of(const HttpRequest& request) {
  return {.with_body = request.method != "HEAD",
          .keep_alive = client_keeps_connection(request),
          .chunked = request.version == "HTTP/1.1"};
}

HttpOutput write_http_response(const HttpAnswer& response, HttpResponseForm form, WallTime now) {
  HttpOutput output;
  output.keep_alive = form.keep_alive && !response.close;
  std::string& head = output.head;
  append_head(head, response, now);
  if (http_status_has_body(response.status)) {
    const std::uint64_t body_bytes = response.body ? response.body->size() : 0;
    head += "Content-Length: " + std::to_string(response.file ? response.file->bytes : body_bytes) + "\r\n";
    if (form.with_body && response.body && !response.body->empty()) output.body = response.body;
  }
  append_connection(head, response, output.keep_alive);
  return output;
}

HttpOutput write_http_stream_head(const HttpResponse& response, HttpResponseForm form, WallTime now) {
  HttpOutput output;
  const bool has_body = http_status_has_body(response.status);
  output.keep_alive = form.keep_alive && (form.chunked || !has_body) && !response.close;
  append_head(output.head, response, now);
  if (form.chunked && has_body) output.head += "Transfer-Encoding: chunked\r\n";
  append_connection(output.head, response, output.keep_alive);
  return output;
}

std::string write_http_trailers(const std::vector<HttpHeader>& trailers) {
  std::string end = "0\r\n";
  append_headers(end, trailers);
  return end += "\r\n";
}

}  // namespace nano
