#include "nano/http/message.h"

#include <algorithm>
#include <stdexcept>

#include "nano/http/grammar.h"

namespace nano {

namespace {

std::string_view find_header(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (equals_ignoring_case(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_ascii(x) == lower_ascii(y); });
}

std::string_view HttpRequest::header(std::string_view name) const { return find_header(headers, name); }

std::string_view HttpRequest::parameter(std::string_view name) const {
  for (const HttpParameter& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

bool HttpRequest::header_has_token(std::string_view name, std::string_view token) const {
  std::string_view list = header(name);
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim_http(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

HttpResponse HttpResponse::with(int status, std::string_view content_type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.add_header("Content-Type", std::string{content_type});
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

HttpResponse HttpResponse::text(int status, std::string body) {
  return with(status, "text/plain; charset=utf-8", std::move(body));
}

HttpResponse HttpResponse::json(std::string json) { return with(200, "application/json", std::move(json)); }

HttpResponse HttpResponse::error(int status) {
  return text(status, std::to_string(status) + " " + std::string{http_status_name(status)} + "\n");
}

HttpResponse HttpResponse::too_busy() { return error(503).add_header("Retry-After", "1"); }

HttpResponse& HttpResponse::add_header(std::string name, std::string value) & {
  headers.push_back({std::move(name), std::move(value)});
  return *this;
}

HttpResponse&& HttpResponse::add_header(std::string name, std::string value) && {
  return std::move(add_header(std::move(name), std::move(value)));
}

std::string_view HttpResponse::header(std::string_view name) const { return find_header(headers, name); }

std::string_view http_status_name(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

void check_response(const HttpResponse& response) {
  if (response.status < 200 || response.status > 599) {
    throw std::invalid_argument("a response has no status " + std::to_string(response.status));
  }
  for (const HttpHeader& header : response.headers) {
    if (!is_http_token(header.name))
      throw std::invalid_argument("no header is named \"" + header.name + "\"");
  }
}

}  // namespace nano
