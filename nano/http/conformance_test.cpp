// One line for each way in which servers have read a request differently, and for what every server has to
// take.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "nano/http/request_reader.h"

namespace nano {
namespace {

using namespace std::string_literals;
using Status = HttpRequestReader::Status;

struct Line {
  std::string input;
  std::string
      outcome;  ///< of each request: its body in brackets, or the status of its refusal; "..." goes on
};

/// What becomes of `input`, given in pieces of these sizes: `first`, then `then` each.
std::string outcome_in_pieces(std::string_view input, std::size_t first, std::size_t then) {
  HttpRequestReader reader{{.head_bytes = 300, .body_bytes = 20}};
  std::string outcome;
  Status status = Status::incomplete;
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, first);
    std::span<const std::uint8_t> bytes{reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size()};
    status = reader.consume(bytes);
    input.remove_prefix(piece.size() - bytes.size());
    first = then;
    if (status == Status::complete) outcome += "[" + reader.take_request().body + "]";
    if (status == Status::refused) return outcome + std::to_string(reader.refusal().status);
  }
  return outcome + (status == Status::complete ? "" : "...");
}

void expect_outcomes(const std::vector<Line>& lines) {
  for (const auto& [input, outcome] : lines) {
    for (std::size_t cut = 1; cut <= input.size(); ++cut) {
      ASSERT_EQ(outcome_in_pieces(input, cut, input.size()), outcome) << "cut at " << cut << ": " << input;
    }
    EXPECT_EQ(outcome_in_pieces(input, 1, 1), outcome) << "byte by byte: " << input;
  }
}

std::string with_fields(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}
std::string target(const std::string& text) { return "GET " + text + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string hosts(const std::string& fields) { return "GET / HTTP/1.1\r\n" + fields + "\r\n"; }

TEST(HttpConformance, RequestLinesAreReadToTheLetter) {
  expect_outcomes({
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "[]"},
      {"GET / HTTP/1.0\r\n\r\n", "[]"},
      {"PATCH! / HTTP/1.0\r\n\r\n", "[]"},
      {"get / HTTP/1.0\r\n\r\n", "[]"},
      {"GET  / HTTP/1.1\r\n", "400"},
      {"GET /  HTTP/1.1\r\n", "400"},
      {"GET / HTTP/1.1 \r\n", "400"},
      {" GET / HTTP/1.1\r\n", "400"},
      {"GET\t/ HTTP/1.1\r\n", "400"},
      {"GET / HTTP/1.1\n", "400"},
      {"GET / HTTP/1.1\r\r\n", "400"},
      {"GET / HTTP/1.1\rHost: h\r\n", "400"},
      {"G\0T / HTTP/1.1\r\n"s, "400"},
      {"G@T / HTTP/1.1\r\n", "400"},
      {"GET:/ HTTP/1.1\r\n", "400"},
      {"GET /\r\n", "400"},
      {"GET HTTP/1.1\r\n", "400"},
      {"GET / HTTP/1\r\n", "400"},
      {"GET / HTTP/11.1\r\n", "400"},
      {"GET / HTTP/1.10\r\n", "400"},
      {"GET / HTTP /1.1\r\n", "400"},
      {"GET / HTPP/1.1\r\n", "400"},
      {"GET / ICE/1.0\r\n", "400"},
      {"GET / HTTP/0.9\r\n", "505"},
      {"GET / HTTP/2.0\r\n", "505"},
      {"GET / HTTP/1.9\r\n", "505"},
      {"\r\n\r\nGET / HTTP/1.0\r\n\r\n", "[]"},
      {"\nGET / HTTP/1.0\r\n\r\n", "400"},
      {"\r\n GET / HTTP/1.0\r\n\r\n", "400"},
  });
}

TEST(HttpConformance, TargetsNameOnePlace) {
  expect_outcomes({
      {target("/a?b=c/d?e"), "[]"},
      {target("http://h/a"), "[]"},
      {target("HTTP://h:80?q"), "[]"},
      {target("http:///a"), "400"},
      {target("http://u@h/a"), "400"},
      {target("http://h:8a/"), "400"},
      {target("ftp://h/"), "400"},
      {target("h:80"), "400"},
      {target("*"), "400"},
      {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "[]"},
      {target("/a#b"), "400"},
      {target("/%"), "400"},
      {target("/%0"), "400"},
      {target("/%00"), "400"},
      {target("/a/../../b"), "400"},
      {target("/%2e%2e/b"), "400"},
      {target("/\x80"), "400"},
      {target("a"), "400"},
      {"GET /" + std::string(300, 'a'), "414"},
      {std::string(301, 'G'), "431"},
  });
}

TEST(HttpConformance, FieldsAreReadToTheLetter) {
  expect_outcomes({
      {with_fields("A:b\r\nB:\t b \t\r\nC:\r\n"), "[]"},
      {with_fields("!#$%&'*+-.^_`|~1a: b\r\n"), "[]"},
      {with_fields("A: \x80\xff\r\n"), "[]"},
      {with_fields("A: b:c\r\n"), "[]"},
      {with_fields("A : b\r\n"), "400"},
      {with_fields("A\t: b\r\n"), "400"},
      {with_fields(" A: b\r\n"), "400"},
      {with_fields("A: b\r\n c\r\n"), "400"},
      {with_fields("A: b\r\n\tc: d\r\n"), "400"},
      {with_fields("A: b\r\n \r\n"), "400"},
      {with_fields("A\r\n"), "400"},
      {with_fields(": b\r\n"), "400"},
      {with_fields("A(: b\r\n"), "400"},
      {with_fields("A\x80: b\r\n"), "400"},
      {with_fields("A: b\rC: d\r\n"), "400"},
      {with_fields("A: b\nC: d\r\n"), "400"},
      {with_fields("A: b\n\r\n"), "400"},
      {with_fields("A: b\r\r\n"), "400"},
      {with_fields("A: \0\r\n"s), "400"},
      {with_fields("A: \x7f\r\n"), "400"},
      {with_fields("A: \x0b\r\n"), "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\n\n", "400"},
      {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", "400"},
      {with_fields("A: " + std::string(300, 'b') + "\r\n"), "431"},
  });
}

TEST(HttpConformance, ThereIsOneHost) {
  expect_outcomes({
      {hosts("Host: h\r\n"), "[]"},
      {hosts("hOST:h:8080\r\n"), "[]"},
      {hosts("Host: [2001:db8::1]:80\r\n"), "[]"},
      {hosts("Host: h:\r\n"), "[]"},
      {hosts(""), "400"},
      {hosts("Host:\r\n"), "400"},
      {hosts("Host: h\r\nHost: h\r\n"), "400"},
      {hosts("Host: h\r\nHost: other\r\n"), "400"},
      {hosts("Host: h, other\r\n"), "400"},
      {hosts("Host: h/path\r\n"), "400"},
      {hosts("Host: http://h\r\n"), "400"},
      {hosts("Host: u@h\r\n"), "400"},
      {hosts("Host: h:80:80\r\n"), "400"},
      {hosts("Host: [::1\r\n"), "400"},
      {hosts("Host: h x\r\n"), "400"},
      {"GET http://h/ HTTP/1.1\r\n\r\n", "400"},
      {"GET http://h/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
  });
}

TEST(HttpConformance, ABodyHasOneEnd) {
  const std::string next = with_fields("");
  expect_outcomes({
      {with_fields("Content-Length: 3\r\n") + "abc" + next, "[abc][]"},
      {with_fields("Content-Length: 003\r\n") + "abc", "[abc]"},
      {with_fields("Content-Length: 3\r\n") + "ab", "..."},
      {with_fields("Content-Length: 0\r\n") + next, "[][]"},
      {with_fields("") + "abc", "[]..."},
      {with_fields("Content-Length: 21\r\n"), "413"},
      {with_fields("Content-Length: 18446744073709551616\r\n"), "400"},
      {with_fields("Content-Length:\r\n"), "400"},
      {with_fields("Content-Length: +3\r\n"), "400"},
      {with_fields("Content-Length: -3\r\n"), "400"},
      {with_fields("Content-Length: 3 \r\n") + "abc", "[abc]"},
      {with_fields("Content-Length: 3 3\r\n"), "400"},
      {with_fields("Content-Length: 3, 3\r\n"), "400"},
      {with_fields("Content-Length: 3;\r\n"), "400"},
      {with_fields("Content-Length: 0x3\r\n"), "400"},
      {with_fields("Content-Length: 3.0\r\n"), "400"},
      {with_fields("Content-Length: 3\r\nContent-Length: 3\r\n"), "400"},
      {with_fields("Content-Length: 3\r\nContent-Length: 4\r\n"), "400"},
      {with_fields("Content-Length : 3\r\n"), "400"},
      {with_fields("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {with_fields("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), "400"},
      {with_fields("Transfer-Encoding: CHUNKED\r\n") + "0\r\n\r\n", "[]"},
      {with_fields("Transfer-Encoding:\tchunked\t\r\n") + "0\r\n\r\n", "[]"},
      {with_fields("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {with_fields("Transfer-Encoding: chunked, gzip\r\n"), "400"},
      {with_fields("Transfer-Encoding: chunked, chunked\r\n"), "400"},
      {with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {with_fields("Transfer-Encoding: identity\r\n"), "400"},
      {with_fields("Transfer-Encoding: xchunked\r\n"), "400"},
      {with_fields("Transfer-Encoding: \"chunked\"\r\n"), "400"},
      {with_fields("Transfer-Encoding: chunked;a=b\r\n"), "400"},
      {with_fields("Transfer-Encoding: \x0b"
                   "chunked\r\n"),
       "400"},
      {with_fields("Transfer-Encoding:\r\n"), "400"},
      {with_fields("Transfer-Encoding : chunked\r\n"), "400"},
      {with_fields("Transfer-Encoding: \r\n chunked\r\n"), "400"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
  });
}

TEST(HttpConformance, ChunksAreReadToTheLetter) {
  const std::string next = with_fields("");
  expect_outcomes({
      {chunked("0\r\n\r\n") + next, "[][]"},
      {chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") + next, "[abcde][]"},
      {chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), "[01234567890123456789]"},
      {chunked("003\r\nabc\r\n000\r\n\r\n"), "[abc]"},
      {chunked("3\r\n\r\n\r\r\n0\r\n\r\n"), "[\r\n\r]"},
      {chunked("3;a=b;c=\"d;e\"\r\nabc\r\n0;x\r\n\r\n"), "[abc]"},
      {chunked("3 ;a\r\nabc\r\n0\r\n\r\n"), "[abc]"},
      {chunked("0\r\nA: b\r\nContent-Length: 9\r\n\r\n") + next, "[][]"},
      {chunked("3\r\nabc\r\n"), "..."},
      {chunked("3\r\nabc\r\n0\r\n"), "..."},
      {chunked("\r\n"), "400"},
      {chunked("3 \r\nabc\r\n"), "400"},
      {chunked(" 3\r\nabc\r\n"), "400"},
      {chunked("0x3\r\nabc\r\n"), "400"},
      {chunked("+3\r\nabc\r\n"), "400"},
      {chunked("-1\r\n"), "400"},
      {chunked("g\r\n"), "400"},
      {chunked("3\nabc\r\n"), "400"},
      {chunked("3\rabc\r\n"), "400"},
      {chunked("3\r\nabc\n0\r\n\r\n"), "400"},
      {chunked("3\r\nabcd\r\n"), "400"},
      {chunked("3\r\nab\r\n0\r\n\r\n"), "400"},
      {chunked("3;a\nb\r\nabc\r\n"), "400"},
      {chunked("3;\0\r\nabc\r\n"s), "400"},
      {chunked("0\r\nA : b\r\n\r\n"), "400"},
      {chunked("0\r\n A: b\r\n\r\n"), "400"},
      {chunked("0\r\nA: b\n\r\n"), "400"},
      {chunked("0\r\n\n"), "400"},
      {chunked("15\r\n"), "413"},
      {chunked("14\r\n01234567890123456789\r\n1\r\n"), "413"},
      {chunked("ffffffffffffffff\r\n"), "413"},
      {chunked("10000000000000003\r\n"), "413"},
      {chunked("3;" + std::string(320, 'a')), "431"},
      {chunked("3;" + std::string(299, 'a') + "\r\nabc\r\n0\r\nA: b\r\n"), "431"},
      {chunked("1;" + std::string(150, 'a') + "\r\na\r\n1;" + std::string(150, 'a') + "\r\n"), "431"},
      {chunked("0\r\nA: " + std::string(320, 'a')), "431"},
      {chunked(std::string(320, '0')), "431"},
  });
}

TEST(HttpConformance, OnlyTheKnownExpectationIsMet) {
  expect_outcomes({
      {with_fields("Expect: 100-Continue\r\nContent-Length: 1\r\n") + "a", "[a]"},
      {with_fields("Expect: 100-continue\r\n"), "[]"},
      {with_fields("Expect: 200-ok\r\n"), "417"},
      {with_fields("Expect: 100-continue, a\r\n"), "417"},
      {with_fields("Expect:\r\n"), "417"},
      {with_fields("Expect: 100-continue\r\nExpect: 100-continue\r\n"), "417"},
      {"GET / HTTP/1.0\r\nExpect: a\r\n\r\n", "[]"},
  });
}

HttpRequest only_request(std::string_view input) {
  HttpRequestReader reader;
  std::span<const std::uint8_t> bytes{reinterpret_cast<const std::uint8_t*>(input.data()), input.size()};
  EXPECT_EQ(reader.consume(bytes), Status::complete);
  return reader.take_request();
}

TEST(HttpConformance, TheHostOfAnAbsoluteTargetCountsInPlaceOfTheHeader) {
  const HttpRequest request = only_request("GET http://a.example:81/x HTTP/1.1\r\nHost: other\r\n\r\n");
  EXPECT_EQ(request.header("Host"), "a.example:81");
  EXPECT_EQ(request.path, "/x");
  EXPECT_EQ(only_request("GET http://a/ HTTP/1.0\r\n\r\n").header("Host"), "a");
}

TEST(HttpConformance, RepeatedFieldsAreJoinedInTheirOrderAndAllAreSorted) {
  const HttpRequest request = only_request(with_fields("b: 1\r\nC: x\r\nB: 2\r\na: y\r\nb: 3\r\n"));
  std::string all;
  for (const auto& [name, value] : request.headers) all += name + "=" + value + ";";
  EXPECT_EQ(all, "a=y;b=1, 2, 3;C=x;Host=h;");
}

TEST(HttpConformance, AHeadOfManyTinyFieldsIsTaken) {
  std::string same;
  std::string others;
  for (int i = 0; i < 2000; ++i) {
    same += "A:b\r\n";
    others += std::to_string(i) + ":\r\n";
  }
  EXPECT_EQ(only_request(with_fields(same)).header("A").size(), 2000u * 3 - 2);
  EXPECT_EQ(only_request(with_fields(others)).headers.size(), 2001u);
}

TEST(HttpConformance, AClientWaitsForAWordBeforeItSendsChunks) {
  const std::string input = with_fields("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n");
  HttpRequestReader reader;
  std::span<const std::uint8_t> bytes{reinterpret_cast<const std::uint8_t*>(input.data()), input.size()};
  EXPECT_EQ(reader.consume(bytes), Status::incomplete);
  EXPECT_TRUE(reader.take_expectation());
  EXPECT_FALSE(reader.take_expectation());
}

}  // namespace
}  // namespace nano
