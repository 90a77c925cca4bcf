#include "nano/transport/http_response_writer.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

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

/// RFC 9110, section 6.4.1.
bool never_has_body(int status) { return status < 200 || status == 204 || status == 304; }

bool client_keeps_connection(const HttpRequest& request) {
  if (request.header_has_token("Connection", "close")) return false;
  return request.version == "HTTP/1.1" || request.header_has_token("Connection", "keep-alive");
}

}  // namespace

HttpResponseForm HttpResponseForm::of(const HttpRequest& request) {
  return {.with_body = request.method != "HEAD", .keep_alive = client_keeps_connection(request)};
}

HttpOutput write_http_response(const HttpAnswer& response, HttpResponseForm form) {
  HttpOutput output;
  output.keep_alive = form.keep_alive && !response.close;
  std::string& head = output.head;
  head = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string{http_status_name(response.status)};
  head += "\r\n";
  for (const HttpHeader& header : response.headers) {
    if (is_the_servers_business(header.name)) continue;
    head +=
        without_control_characters(header.name) + ": " + without_control_characters(header.value) + "\r\n";
  }
  if (response.header("X-Content-Type-Options").empty()) head += "X-Content-Type-Options: nosniff\r\n";
  if (!never_has_body(response.status)) {
    const std::uint64_t body_bytes = response.body ? response.body->size() : 0;
    head += "Content-Length: " + std::to_string(response.file ? response.file->bytes : body_bytes) + "\r\n";
    if (form.with_body && response.body && !response.body->empty()) output.body = response.body;
  }
  const std::string_view upgrade = response.header("Upgrade").empty() ? "" : "Upgrade, ";  // they go together
  head.append("Connection: ")
      .append(upgrade)
      .append(output.keep_alive ? "keep-alive" : "close")
      .append("\r\n\r\n");
  return output;
}

}  // namespace nano
