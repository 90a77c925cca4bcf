#include "nano/http/path.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

std::string path_of(std::string_view target) {
  const std::optional<HttpTarget> parsed = parse_http_target(target);
  return parsed ? parsed->path : "refused";
}

TEST(HttpPath, DecodesAndNormalises) {
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/a%20b/%C3%A9.html"), "/a b/\xc3\xa9.html");
  EXPECT_EQ(path_of("/a/./b"), "/a/b");
  EXPECT_EQ(path_of("/a/../b"), "/b");
  EXPECT_EQ(path_of("/a/%2e%2E/b"), "/b");
  EXPECT_EQ(path_of("/a%2f..%2fb"), "/b");
  EXPECT_EQ(path_of("//evil.example//x"), "/evil.example/x");
  EXPECT_EQ(path_of("/%252e%252e/x"), "/%2e%2e/x") << "decoded once, not twice";
}

TEST(HttpPath, KeepsTheSlashAtTheEnd) {
  EXPECT_EQ(path_of("/a/"), "/a/");
  EXPECT_EQ(path_of("/a//"), "/a/");
  EXPECT_EQ(path_of("/a/b/.."), "/a/");
  EXPECT_EQ(path_of("/a/."), "/a/");
  EXPECT_EQ(path_of("/a/.."), "/");
}

TEST(HttpPath, RefusesToLeaveTheRoot) {
  for (const char* target : {"/..", "/../etc/passwd", "/a/../../b", "/%2e%2e/x", "/..%2fx"}) {
    EXPECT_EQ(path_of(target), "refused") << target;
  }
}

TEST(HttpPath, RefusesBadEscapesAndEncodedNul) {
  for (const char* target : {"/%", "/%2", "/%zz", "/a%0", "/a%00", "/%%20"}) {
    EXPECT_EQ(path_of(target), "refused") << target;
  }
}

TEST(HttpPath, RefusesWhatIsNoTarget) {
  for (const char* target : {"", "a", "a/b", "?x", "/a b", "/a\tb", "/a#b", "/\xc3\xa9", "host:443",
                             "ftp://h/x", "http://", "http:///x"}) {
    EXPECT_EQ(path_of(target), "refused") << target;
  }
}

TEST(HttpPath, TakesTheAbsoluteFormThatProxiesUse) {
  EXPECT_EQ(path_of("http://host.example:80/a/b?x"), "/a/b");
  EXPECT_EQ(path_of("HTTP://host.example"), "/");
  EXPECT_EQ(path_of("http://host.example?x"), "/");
  EXPECT_EQ(parse_http_target("http://host.example?x")->query, "x");
}

TEST(HttpPath, KnowsWhatNamesAHost) {
  for (const char* host :
       {"h.example", "h.example:80", "h:", "127.0.0.1:1", "[::1]", "[::1]:80", "a_b", "%41"}) {
    EXPECT_TRUE(is_http_host(host)) << host;
    EXPECT_TRUE(parse_http_target("http://" + std::string{host} + "/")) << host;
  }
  for (const char* none : {"", ":80", "a b", "u@a", "a/b", "a?b", "a:b", "a:1:2", "::1", "[::1", "[]",
                           "[::1]x", "a, b", "%4", "\xc3\xa4", "a[1]"}) {
    EXPECT_FALSE(is_http_host(none)) << none;
  }
  EXPECT_FALSE(parse_http_target("http://u@h.example/"));
}

TEST(HttpPath, TakesTheAsteriskForm) { EXPECT_EQ(path_of("*"), "*"); }

TEST(HttpPath, LeavesTheQueryAsItIs) {
  EXPECT_EQ(parse_http_target("/a?b=%zz?c/../d")->query, "b=%zz?c/../d");
  EXPECT_EQ(parse_http_target("/a?")->query, "");
  EXPECT_EQ(parse_http_target("/a")->query, "");
}

TEST(HttpPath, EncodesWhatItDecodes) {
  EXPECT_EQ(percent_encode_path("/a b/\xc3\xa9?#%\r\n\""), "/a%20b/%C3%A9%3F%23%25%0D%0A%22");
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(percent_decode(percent_encode_path(all)), all);
}

TEST(PathProblem, IsSaidOfPathsThatNoRequestHas) {
  for (const char* possible : {"/", "/nano", "/a/b/", "/a b", "/\xc3\xa4"})
    EXPECT_EQ(path_problem(possible), "") << possible;
  for (const char* impossible :
       {"", "nano", "/nano?x=1", "/nano#x", "/a%20b", "/a//b", "/a/../b", "/./a", "/a\nb"}) {
    EXPECT_NE(path_problem(impossible), "") << impossible;
  }
}

}  // namespace
}  // namespace nano
