// Requests of HTTP: as a browser sends them, a script, and somebody who means no good.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "benchmark/micro/measure.h"
#include "nano/http/request_reader.h"

namespace nano::benchmark {
namespace {

constexpr std::string_view of_a_script = "GET /health HTTP/1.1\r\nHost: game.example.com\r\n\r\n";
constexpr std::string_view of_a_browser =
    "GET /assets/app.js?v=12 HTTP/1.1\r\nHost: game.example.com\r\nConnection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"118\", \"Not=A?Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0\r\n"
    "Accept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n"
    "Referer: https://game.example.com/\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n\r\n";

void read_requests(State& state, std::string_view text) {
  HttpRequestReader reader;
  bool worked = true;
  for (auto _ : state) {
    std::span<const std::uint8_t> input{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    worked = worked && reader.consume(input) == HttpRequestReader::Status::complete;
    if (!worked) break;
    HttpRequest request = reader.take_request();
    DoNotOptimize(request);
  }
  count_work(state, 1, text.size());
  expect(state, worked, "a request was not understood");
}

void read_http_request_of_a_script(State& state) { read_requests(state, of_a_script); }
BENCHMARK(read_http_request_of_a_script);

void read_http_request_of_a_browser(State& state) { read_requests(state, of_a_browser); }
BENCHMARK(read_http_request_of_a_browser);

void read_http_request_of_tiny_headers(State& state) {
  std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 2500; ++i) text += "A:b\r\n";
  read_requests(state, text + "\r\n");
}
BENCHMARK(read_http_request_of_tiny_headers);

void read_http_request_of_tiny_chunks(State& state) {
  std::string text = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 10'000; ++i) text += "1\r\na\r\n";
  read_requests(state, text + "0\r\n\r\n");
}
BENCHMARK(read_http_request_of_tiny_chunks);

}  // namespace
}  // namespace nano::benchmark
