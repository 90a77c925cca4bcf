#include "benchmark/load/http_dialect.h"

#include <gtest/gtest.h>

#include "benchmark/load/dialect_test_frames.h"

namespace nano::benchmark {
namespace {

using testing::Lines;

constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nDate: now\r\ncontent-length:  3\r\n\r\nabc";

class HttpDialectTest : public ::testing::Test {
 protected:
  HttpDialectTest() { dialect_.prepare("127.0.0.1:80"); }

  void receive(std::string_view bytes) { dialect_.read(protocol::as_bytes(bytes), out_, events_); }
  void request(std::uint64_t id) { dialect_.write_request(out_, "Any.Route", id, {}); }
  std::string refusal(std::string_view bytes) {
    try {
      receive(bytes);
    } catch (const DialectError& error) {
      return error.what();
    }
    return "none";
  }

  HttpDialect dialect_{
      DialectSettings{.dialect = "http", .transport = Transport::tcp, .path = "/a", .body_bytes = 3}};
  OutputBuffer out_;
  testing::RecordedEvents events_;
};

TEST_F(HttpDialectTest, IsOpenWhenAFirstRequestIsAnswered) {
  dialect_.open(out_);
  EXPECT_EQ(testing::text_of(out_), "GET /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n");
  receive(answer);
  EXPECT_EQ(events_.lines, Lines{"opened"});
}

TEST_F(HttpDialectTest, TellsAnswersInTheOrderOfTheRequests) {
  receive(answer);
  request(5);
  request(4);
  EXPECT_EQ(testing::text_of(out_).size(),
            2 * std::string{"GET /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"}.size());
  receive(std::string{answer} + std::string{answer});
  EXPECT_EQ(events_.lines, (Lines{"opened", "answer 5 ok ", "answer 4 ok "}));
}

TEST_F(HttpDialectTest, ReadsAnswersThatComeByteByByte) {
  request(1);
  const std::string both = std::string{answer} + std::string{answer};
  for (const char byte : both) receive({&byte, 1});
  EXPECT_EQ(events_.lines, (Lines{"opened", "answer 1 ok "}));
}

TEST_F(HttpDialectTest, CountsAnAnswerWhenItsLastByteHasCome) {
  receive(answer.substr(0, answer.size() - 1));
  EXPECT_EQ(events_.lines, Lines{});
  receive("c");
  EXPECT_EQ(events_.lines, Lines{"opened"});
}

TEST_F(HttpDialectTest, RefusesAnswersWithAnotherStatusOrLength) {
  EXPECT_EQ(refusal("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"),
            "the server answers GET /a with \"HTTP/1.1 404 Not Found\"");
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"),
            "the server's answer to GET /a has 4 bytes, not the 3 of --body-bytes");
  for (const char* head : {"X: 1", "Content-Length: 3x", "Content-Length:", "Content-Length: -3"}) {
    EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\n" + std::string{head} + "\r\n\r\nabc"),
              "the server's answer to GET /a has no Content-Length")
        << head;
  }
}

TEST_F(HttpDialectTest, RefusesHeadsWithoutAnEnd) {
  EXPECT_EQ(refusal(std::string(HttpDialect::head_bytes_max, 'a')), "none");
  EXPECT_EQ(refusal("a"), "the server's answer has a head of over 16 KiB");
}

TEST_F(HttpDialectTest, RefusesAnswersThatNobodyAskedFor) {
  receive(answer);
  EXPECT_THROW(receive(answer), DialectError);
}

TEST_F(HttpDialectTest, HasNoNotifies) {
  EXPECT_THROW(dialect_.write_notify(out_, "Any.Route", {}), DialectError);
}

}  // namespace
}  // namespace nano::benchmark
