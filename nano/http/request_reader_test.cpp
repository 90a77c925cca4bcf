#include "nano/http/request_reader.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

using Status = HttpRequestReader::Status;

/// Feeds `bytes` and returns what the reader left of them.
std::string feed(HttpRequestReader& reader, std::string_view bytes) {
  std::span<const std::uint8_t> input{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  reader.consume(input);
  return {input.begin(), input.end()};
}

Status status_of(HttpRequestReader& reader) {
  std::span<const std::uint8_t> nothing;
  return reader.consume(nothing);
}

/// What became of `input`, cut at `cut`: the status of the refusal, 0 for incomplete, 200 for complete.
int outcome(std::string_view input, std::size_t cut, HttpRequestReader::Limits limits) {
  HttpRequestReader reader{limits};
  const std::string left = feed(reader, input.substr(0, cut));
  feed(reader, left + std::string{input.substr(cut)});
  if (status_of(reader) == Status::incomplete) return 0;
  if (status_of(reader) == Status::complete) return 200;
  EXPECT_TRUE(reader.refusal().close);
  return reader.refusal().status;
}

void expect_outcome(const std::string& input, int expected, HttpRequestReader::Limits limits = {}) {
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    ASSERT_EQ(outcome(input, cut, limits), expected) << "cut at " << cut << ": " << input.substr(0, 100);
  }
  HttpRequestReader reader{limits};
  for (const char byte : input) feed(reader, {&byte, 1});
  EXPECT_EQ(status_of(reader) == Status::refused, expected >= 400)
      << "byte by byte: " << input.substr(0, 100);
}

std::string get(const std::string& headers) { return "GET / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"; }

TEST(HttpRequestReader, ReadsARequestHoweverItIsSplit) {
  const std::string text =
      "POST /a%20b/c?d=e&f HTTP/1.1\r\nhost: h.example\r\nX-Twice: one\r\nx-twice:two \r\nX-Empty:\r\n"
      "Content-Length: 11\r\n\r\nhello\r\n\r\nab";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    HttpRequestReader reader;
    EXPECT_EQ(feed(reader, text.substr(0, cut)), "");
    EXPECT_EQ(feed(reader, text.substr(cut)), "");
    ASSERT_EQ(status_of(reader), Status::complete) << "cut at " << cut;
    const HttpRequest request = reader.take_request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/a%20b/c?d=e&f");
    EXPECT_EQ(request.path, "/a b/c");
    EXPECT_EQ(request.query, "d=e&f");
    EXPECT_EQ(request.version, "HTTP/1.1");
    EXPECT_EQ(request.header("Host"), "h.example");
    EXPECT_EQ(request.header("X-Twice"), "one, two");
    EXPECT_EQ(request.header("X-Empty"), "");
    EXPECT_EQ(request.body, "hello\r\n\r\nab");
  }
}

TEST(HttpRequestReader, LeavesWhatFollowsTheRequest) {
  HttpRequestReader reader;
  EXPECT_EQ(feed(reader, get("") + "\x82\x80 frames"), "\x82\x80 frames");
  EXPECT_EQ(status_of(reader), Status::complete);
}

TEST(HttpRequestReader, ReadsPipelinedRequestsOneByOne) {
  std::string input =
      get("A: 1\r\n") + "PUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok" + get("A: 3\r\n");
  HttpRequestReader reader;
  input = feed(reader, input);
  EXPECT_EQ(reader.take_request().header("A"), "1");
  input = feed(reader, input);
  EXPECT_EQ(reader.take_request().body, "ok");
  EXPECT_EQ(feed(reader, input), "");
  EXPECT_EQ(reader.take_request().header("A"), "3");
  EXPECT_EQ(status_of(reader), Status::incomplete);
}

TEST(HttpRequestReader, TakesHttp10WithoutHost) {
  HttpRequestReader reader;
  feed(reader, "OPTIONS * HTTP/1.0\r\n\r\n");
  ASSERT_EQ(status_of(reader), Status::complete);
  const HttpRequest request = reader.take_request();
  EXPECT_EQ(request.path, "*");
  EXPECT_TRUE(request.headers.empty());
}

TEST(HttpRequestReader, TakesABodyOfNoBytes) { expect_outcome(get("Content-Length: 0\r\n"), 200); }

TEST(HttpRequestReader, WaitsForTheRest) {
  expect_outcome("GET / HTTP/1.1\r\nHost: h\r\n", 0);
  expect_outcome(get("Content-Length: 3\r\n") + "ab", 0);
}

TEST(HttpRequestReader, RefusesWhatIsNotARequest) {
  for (const char* input :
       {"hello\r\n", "GET /\r\n", "GET / HTTP/1.1 x\r\n", "GET /a b HTTP/1.1\r\n", "\n", " / HTTP/1.1\r\n",
        "G(T / HTTP/1.1\r\n", "GET / HTTP/x.1\r\n", "GET / http/1.1\r\n", "GET a HTTP/1.1\r\n",
        "GET /%zz HTTP/1.1\r\n", "GET /../x HTTP/1.1\r\n", "GET * HTTP/1.1\r\n", "CONNECT h:443 HTTP/1.1\r\n",
        "GET / HTTP/1.1\n", "GET /\rx"}) {
    expect_outcome(input, 400);
  }
}

TEST(HttpRequestReader, RefusesATlsHelloAtItsFirstByte) { expect_outcome("\x16", 400); }

TEST(HttpRequestReader, RefusesOtherVersions) {
  expect_outcome("PRI * HTTP/2.0\r\n", 505);
  expect_outcome("GET / HTTP/1.2\r\n", 505);
}

TEST(HttpRequestReader, RefusesMalformedHeaders) {
  for (const char* header : {"no colon\r\n", ": no name\r\n", "Space : before\r\n", " folded: line\r\n",
                             "\tx: y\r\n", "N(me: x\r\n", "A: b\nC: d\r\n", "A: \x01\r\n", "A: \x7f\r\n"}) {
    expect_outcome("GET / HTTP/1.1\r\nHost: h\r\n" + std::string{header} + "\r\n", 400);
  }
  expect_outcome("GET / HTTP/1.1\r\n\r\n", 400);
  expect_outcome(get(std::string{"A: b\0c\r\n", 8}), 400);
}

TEST(HttpRequestReader, RefusesLengthsThatAreNoNumbers) {
  for (const char* length : {"-1", "+1", "0x10", "abc", "1 2", "99999999999999999999999", "1.5"}) {
    expect_outcome(get("Content-Length: " + std::string{length} + "\r\n"), 400);
  }
  expect_outcome(get("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
}

TEST(HttpRequestReader, RefusesEmptyLengthsAndCodings) {
  for (const char* header :
       {"Content-Length:\r\n", "Content-Length: \t\r\n", "Content-Length:\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nContent-Length:\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: \r\nContent-Length: 4\r\n", "Content-Length:\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n"}) {
    expect_outcome(get(header), 400);
  }
}

TEST(HttpRequestReader, RefusesSeveralAndImpossibleHosts) {
  const auto request = [](const std::string& headers) { return "GET / HTTP/1.1\r\n" + headers + "\r\n"; };
  for (const char* headers :
       {"Host: a b\r\n", "Host: u@a/b?c\r\n", "Host: x\r\nHost: x\r\n", "Host: x\r\nhost: y\r\n",
        "Host:\r\nHost: y\r\n", "Host: y\r\nHost:\r\n", "Host: x, y\r\n", "Host:\r\n", "Host: x:y\r\n"}) {
    expect_outcome(request(headers), 400);
  }
  for (const char* host : {"x", "h.example:80", "[::1]:4270", "127.0.0.1"}) {
    expect_outcome(request("Host: " + std::string{host} + "\r\n"), 200);
  }
  expect_outcome("GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n", 400);
}

TEST(HttpRequestReader, SkipsEmptyLinesBeforeARequest) {
  expect_outcome("\r\n\r\n" + get(""), 200);
  HttpRequestReader reader;
  const std::string left =
      feed(reader, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok\r\n" + get("A: 2\r\n"));
  EXPECT_EQ(reader.take_request().body, "ok");
  EXPECT_EQ(feed(reader, left), "");
  EXPECT_EQ(reader.take_request().header("A"), "2");
  std::string many;
  while (many.size() <= 200) many += "\r\n";
  expect_outcome(many, 431, {.head_bytes = 200});
}

TEST(HttpRequestReader, SaysWhetherTheRefusedIsHead) {
  HttpRequestReader head;
  feed(head, "HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(head.refused_head());
  HttpRequestReader get;
  feed(get, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_FALSE(get.refused_head());
}

TEST(HttpRequestReader, TakesBodiesInChunks) {
  expect_outcome(get("Transfer-Encoding: Chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n", 200);
  expect_outcome(get("Transfer-Encoding: gzip, chunked\r\n"), 501);
  expect_outcome(get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400);
}

TEST(HttpRequestReader, RefusesABodyOverTheLimitBeforeItArrives) {
  const HttpRequestReader::Limits limits{.body_bytes = 10};
  expect_outcome(get("Content-Length: 11\r\n"), 413, limits);
  expect_outcome(get("Content-Length: 10\r\n") + "0123456789", 200, limits);
}

TEST(HttpRequestReader, RefusesAHeadOverTheLimit) {
  const HttpRequestReader::Limits limits{.head_bytes = 200};
  expect_outcome(get("A: " + std::string(200, 'x') + "\r\n"), 431, limits);
  expect_outcome("GET /" + std::string(200, 'x'), 414, limits);
  std::string many;
  while (many.size() < 17'000) many += "A: b\r\n";
  HttpRequestReader reader;
  feed(reader, get(many));
  EXPECT_EQ(reader.refusal().status, 431);
}

TEST(HttpRequestReader, IgnoresWhatFollowsARefusal) {
  HttpRequestReader reader;
  EXPECT_EQ(feed(reader, "\x16"), "");
  EXPECT_EQ(feed(reader, get("")), "");
  EXPECT_EQ(status_of(reader), Status::refused);
  EXPECT_EQ(*reader.refusal().body, "Bad Request: control character in the request head.\n");
}

}  // namespace
}  // namespace nano
