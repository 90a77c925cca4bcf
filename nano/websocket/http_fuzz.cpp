// Fuzzer. Any bytes, split in two ways: the same requests, answered without a crash and without escape.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "nano/http/path.h"
#include "nano/http/request_reader.h"
#include "nano/http/route_tree.h"
#include "nano/http/write_response.h"
#include "nano/websocket/upgrade.h"
#include "protocol/assert.h"

namespace {

constexpr std::size_t body_bytes_max = 100;

/// Where `request` would go, and with what.
std::string route(const nano::HttpRequest& request) {
  if (request.path == "*") return "*";
  nano::HttpRouteTree tree;
  std::size_t number = 0;
  for (const char* pattern : {"/a", "GET /{x}", "/{x}/a/{y}", "/a/{x}/b", "POST h/{x}/{rest...}"}) {
    tree.add(nano::HttpRoutePattern::parse(pattern), number++);
  }
  const std::string host = nano::HttpRoutePattern::host_name(request.header("Host"));
  const nano::HttpRouteTree::Found found = tree.find(host, request.method, request.path);
  std::string text = found.route ? std::to_string(*found.route) : "-";
  for (const auto& [name, value] : found.parameters) {
    NANO_ASSERT(name == "rest" || (!value.empty() && value.find('/') == value.npos), "one segment");
    text += " " + value;
  }
  return text;
}

/// What a server would say to `request`, with all that the client may make it repeat.
std::string answer(const nano::HttpRequest& request) {
  NANO_ASSERT(request.path == "*" || request.path.starts_with('/'), "a path begins with a slash");
  NANO_ASSERT(nano::normalise_path(request.path) == request.path || request.path == "*", "a path is normal");
  NANO_ASSERT(request.path.find('\0') == std::string::npos, "a path holds no NUL");
  NANO_ASSERT(request.body.size() <= body_bytes_max, "a body has a bound, in chunks, too");
  std::string headers;
  for (const auto& [name, value] : request.headers) headers += name + ":" + value + "\n";
  const nano::WebSocketUpgrade upgrade = nano::upgrade_to_websocket(request, {.same_origin = true});
  nano::HttpResponse response = upgrade.refusal;
  response.add_header("X-Echo", request.path + request.query + request.body);
  const std::string head = nano::write_http_response(response, nano::HttpResponseForm::of(request), {}).head;
  NANO_ASSERT(head.find("\r\n\r\n") == head.size() - 4, "a head ends where it ends");
  return request.method + request.target + headers + request.body + route(request) + upgrade.response + head;
}

std::string read(std::span<const std::uint8_t> bytes, std::size_t piece_bytes) {
  nano::HttpRequestReader reader{{.head_bytes = 2000, .body_bytes = body_bytes_max}};
  std::string answers;
  while (!bytes.empty()) {
    std::span<const std::uint8_t> piece = bytes.first(std::min(piece_bytes, bytes.size()));
    const std::size_t piece_size = piece.size();
    const auto status = reader.consume(piece);
    bytes = bytes.subspan(piece_size - piece.size());
    if (status == nano::HttpRequestReader::Status::complete) answers += answer(reader.take_request());
    if (status == nano::HttpRequestReader::Status::refused) return answers + *reader.refusal().body;
  }
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span bytes{data + 1, size - 1};
  const std::string whole = read(bytes, bytes.size() + 1);
  NANO_ASSERT(read(bytes, 1) == whole, "byte by byte gives the same");
  NANO_ASSERT(read(bytes, 2 + data[0] % 30) == whole, "in pieces gives the same");
  return 0;
}
