#include "nano/http/message.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "nano/http/content_type.h"
#include "nano/http/write_response.h"

namespace nano {
namespace {

constexpr WallTime now{std::chrono::seconds{784'111'777}};

HttpRequest request(const std::string& method, const std::string& version = "HTTP/1.1",
                    const std::string& connection = {}) {
  HttpRequest made;
  made.method = method;
  made.version = version;
  if (!connection.empty()) made.headers = {{"Connection", connection}};
  return made;
}

TEST(HttpRequest, FindsHeadersWhateverTheirCase) {
  HttpRequest made;
  made.headers = {{"Content-Type", "text/plain"}, {"Empty", ""}};
  EXPECT_EQ(made.header("content-TYPE"), "text/plain");
  EXPECT_EQ(made.header("Empty"), "");
  EXPECT_EQ(made.header("Content"), "");
}

TEST(HttpRequest, FindsTokensInLists) {
  HttpRequest made;
  made.headers = {{"Connection", " keep-alive ,\tUpgrade,, x"}};
  for (const char* token : {"keep-alive", "upgrade", "X"})
    EXPECT_TRUE(made.header_has_token("connection", token));
  for (const char* token : {"keep", "alive", "upgrade, x"}) {
    EXPECT_FALSE(made.header_has_token("connection", token)) << token;
  }
  EXPECT_FALSE(made.header_has_token("Upgrade", "websocket"));
}

TEST(HttpResponse, IsMadeFromTextAndJson) {
  EXPECT_EQ(HttpResponse::text(201, "made").status, 201);
  EXPECT_EQ(*HttpResponse::text(201, "made").body, "made");
  EXPECT_EQ(HttpResponse::json("{}").header("content-type"), "application/json");
  EXPECT_EQ(*HttpResponse::error(404).body, "404 Not Found\n");
}

TEST(HttpResponseWriter, WritesHeadAndBody) {
  const HttpOutput output =
      write_http_response(HttpResponse::text(200, "hello"), HttpResponseForm::of(request("GET")), now);
  EXPECT_EQ(output.head,
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Content-Length: 5\r\n"
            "Connection: keep-alive\r\n\r\n");
  ASSERT_TRUE(output.body);
  EXPECT_EQ(*output.body, "hello");
  EXPECT_TRUE(output.keep_alive);
}

TEST(HttpResponseWriter, AnswersHeadWithTheLengthAlone) {
  const HttpOutput output =
      write_http_response(HttpResponse::text(200, "hello"), HttpResponseForm::of(request("HEAD")), now);
  EXPECT_NE(output.head.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_FALSE(output.body);
}

TEST(HttpResponseWriter, DatesEachAnswer) {
  const auto head_at = [](int seconds) {
    return write_http_response(HttpResponse{}, {}, now + std::chrono::seconds{seconds}).head;
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_NE(head_at(23).find("\r\nDate: Sun, 06 Nov 1994 08:50:00 GMT\r\n"), std::string::npos);
    EXPECT_NE(head_at(86'400).find("\r\nDate: Mon, 07 Nov 1994 08:49:37 GMT\r\n"), std::string::npos);
  }
  const HttpResponse dated = HttpResponse{}.add_header("date", "its own");
  EXPECT_EQ(write_http_response(dated, {}, now).head.find("GMT"), std::string::npos);
}

TEST(HttpResponseWriter, GivesNoLengthWhereNoBodyIsAllowed) {
  for (const int status : {204, 304}) {
    const HttpOutput output =
        write_http_response(HttpResponse::text(status, "never"), HttpResponseForm::of(request("GET")), now);
    EXPECT_EQ(output.head.find("Content-Length"), std::string::npos);
    EXPECT_FALSE(output.body);
  }
}

TEST(HttpResponseWriter, KeepsTheConnectionAsTheClientWishes) {
  const auto keeps = [](const HttpRequest& asked) {
    return write_http_response(HttpResponse{}, HttpResponseForm::of(asked), now).keep_alive;
  };
  EXPECT_TRUE(keeps(request("GET", "HTTP/1.1")));
  EXPECT_FALSE(keeps(request("GET", "HTTP/1.1", "Close")));
  EXPECT_FALSE(keeps(request("GET", "HTTP/1.0")));
  EXPECT_TRUE(keeps(request("GET", "HTTP/1.0", "Keep-Alive")));
}

TEST(HttpResponseWriter, ClosesTheConnectionWhereTheResponseSaysSo) {
  HttpResponse response;
  response.close = true;
  const HttpOutput output = write_http_response(response, HttpResponseForm::of(request("GET")), now);
  EXPECT_FALSE(output.keep_alive);
  EXPECT_NE(output.head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_FALSE(write_http_response(HttpResponse::error(400), {}, now).keep_alive);
}

TEST(HttpResponseWriter, LetsNoHeaderForgeAnother) {
  HttpResponse response;
  response.add_header("X-Name", "a\r\nSet-Cookie: b\n\x01z").add_header("Content-Length", "7");
  response.add_header("transfer-encoding", "chunked").add_header("Connection", "upgrade");
  const std::string head = write_http_response(response, HttpResponseForm::of(request("GET")), now).head;
  EXPECT_NE(head.find("X-Name: a  Set-Cookie: b  z\r\n"), std::string::npos);
  EXPECT_EQ(head.find("\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(head.find("chunked"), std::string::npos);
  EXPECT_NE(head.find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length: 7"), std::string::npos);
}

TEST(HttpResponseWriter, NamesUpgradeAsAHeaderOfTheConnection) {
  const HttpResponse response = HttpResponse::error(426).add_header("Upgrade", "websocket");
  EXPECT_NE(write_http_response(response, HttpResponseForm::of(request("GET")), now)
                .head.find("Connection: Upgrade, keep-alive\r\n"),
            std::string::npos);
}

TEST(HttpContentType, IsKnownByTheExtension) {
  EXPECT_EQ(content_type_of("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_of("a.b.JS"), "text/javascript; charset=utf-8");
  EXPECT_EQ(content_type_of("photo.JPG"), "image/jpeg");
  EXPECT_EQ(content_type_of("site.webmanifest"), "application/manifest+json");
  for (const char* name : {"", "README", "x.unknown", "html", "x."}) {
    EXPECT_EQ(content_type_of(name), "application/octet-stream") << name;
  }
}

}  // namespace
}  // namespace nano
