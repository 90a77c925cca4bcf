#include "nano/http/router.h"

#include <filesystem>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "nano/http/exchange.h"
#include "nano/net/io_loop.h"

namespace nano {
namespace {

/// Handlers that answer with their pattern, and with the parameters they were given.
class HttpRouterTest : public ::testing::Test {
 protected:
  void add(std::initializer_list<const char*> patterns) {
    for (const char* pattern : patterns) {
      router_.add_handler(pattern, [pattern](HttpRequest request, HttpResponseWriter reply) {
        std::string text = pattern;
        for (const auto& [name, value] : request.parameters) text += " " + name + "=" + value;
        reply.send(HttpResponse::text(200, text));
      });
    }
  }

  HttpAnswer answer(const std::string& method, const std::string& path, const std::string& host = {}) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    if (!host.empty()) request.headers = {{"Host", host}};
    HttpAnswer answer{HttpResponse{}};
    const auto exchange = std::make_shared<HttpExchange>(
        nullptr, [&](HttpPart given) { answer = std::get<HttpAnswer>(std::move(given)); });
    router_.route(std::move(request), HttpResponseWriter{exchange});
    return answer;
  }
  /// The handler's answer, or the status and what is allowed.
  std::string get(const std::string& path, const std::string& method = "GET", const std::string& host = {}) {
    const HttpAnswer given = answer(method, path, host);
    if (given.status == 200) return *given.body;
    return std::to_string(given.status) + " " + std::string{given.header("Allow")};
  }
  std::string problem_of(const char* pattern) {
    try {
      add({pattern});
    } catch (const std::invalid_argument& problem) {
      return problem.what();
    }
    return "none";
  }

  HttpRouter router_;
};

TEST_F(HttpRouterTest, APatternTakesItsPathAndWithASlashAllBelow) {
  add({"/a", "/b/"});
  EXPECT_EQ(get("/a"), "/a");
  EXPECT_EQ(get("/a/"), "404 ");
  EXPECT_EQ(get("/a/x"), "404 ");
  EXPECT_EQ(get("/b"), "404 ");
  EXPECT_EQ(get("/b/"), "/b/");
  EXPECT_EQ(get("/b/c/d"), "/b/");
  EXPECT_EQ(get("/"), "404 ");
}

TEST_F(HttpRouterTest, AParameterIsOneSegment) {
  add({"/users/{id}", "/users/{user}/posts/{post}", "/files/{path...}"});
  EXPECT_EQ(get("/users/7"), "/users/{id} id=7");
  EXPECT_EQ(get("/users/a b"), "/users/{id} id=a b");
  EXPECT_EQ(get("/users/"), "404 ");
  EXPECT_EQ(get("/users/7/posts/x"), "/users/{user}/posts/{post} user=7 post=x");
  EXPECT_EQ(get("/users/7/posts"), "404 ");
  EXPECT_EQ(get("/files/a/b.txt"), "/files/{path...} path=a/b.txt");
  EXPECT_EQ(get("/files/"), "/files/{path...} path=");
  EXPECT_EQ(get("/files"), "404 ");
}

TEST_F(HttpRouterTest, AHandlerAsksForAParameterByName) {
  HttpRequest request;
  request.parameters = {{"id", "7"}, {"empty", ""}};
  EXPECT_EQ(request.parameter("id"), "7");
  EXPECT_EQ(request.parameter("empty"), "");
  EXPECT_EQ(request.parameter("other"), "");
}

TEST_F(HttpRouterTest, TheMostSpecificPatternWinsWhateverTheOrder) {
  add({"/", "/{a}", "/{a}/x", "/users/{id}", "/users/me", "/users/", "/users/{id}/x"});
  EXPECT_EQ(get("/users/me"), "/users/me");
  EXPECT_EQ(get("/users/you"), "/users/{id} id=you");
  EXPECT_EQ(get("/users/me/x"), "/users/{id}/x id=me") << "back from a literal that leads nowhere";
  EXPECT_EQ(get("/users/x"), "/users/{id} id=x");
  EXPECT_EQ(get("/users/a/b"), "/users/");
  EXPECT_EQ(get("/others/x"), "/{a}/x a=others");
  EXPECT_EQ(get("/others"), "/{a} a=others");
  EXPECT_EQ(get("/others/y"), "/");
}

TEST_F(HttpRouterTest, AMethodThatIsNotThereIsToldThoseThatAre) {
  add({"GET /a", "POST /a", "DELETE /{x}", "/all"});
  EXPECT_EQ(get("/a"), "GET /a");
  EXPECT_EQ(get("/a", "POST"), "POST /a");
  EXPECT_EQ(get("/a", "DELETE"), "DELETE /{x} x=a") << "another pattern that fits";
  EXPECT_EQ(get("/a", "PUT"), "405 DELETE, GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(get("/a", "get"), "405 DELETE, GET, HEAD, OPTIONS, POST") << "methods have a case";
  EXPECT_EQ(get("/b", "GET"), "405 DELETE, OPTIONS");
  EXPECT_EQ(get("/all", "ANY"), "/all");
  EXPECT_EQ(get("/b/c", "PUT"), "404 ");
}

TEST_F(HttpRouterTest, HeadIsAnsweredByTheHandlerOfGet) {
  add({"GET /a", "/b", "GET /b", "HEAD /c", "GET /c"});
  EXPECT_EQ(get("/a", "HEAD"), "GET /a");
  EXPECT_EQ(get("/b", "HEAD"), "GET /b");
  EXPECT_EQ(get("/b", "PUT"), "/b");
  EXPECT_EQ(get("/c", "HEAD"), "HEAD /c");
}

TEST_F(HttpRouterTest, OptionsAreAnsweredUnlessAHandlerTakesThem) {
  add({"GET /a", "OPTIONS /b", "/all"});
  EXPECT_EQ(get("/a", "OPTIONS"), "204 GET, HEAD, OPTIONS");
  EXPECT_EQ(get("/b", "OPTIONS"), "OPTIONS /b");
  EXPECT_EQ(get("/all", "OPTIONS"), "/all");
  EXPECT_EQ(get("/none", "OPTIONS"), "404 ");
  EXPECT_EQ(get("*", "OPTIONS"), "204 DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
  add({"/"});
  EXPECT_EQ(get("*", "OPTIONS").substr(0, 4), "204 ") << "whatever handler takes all paths";
}

TEST_F(HttpRouterTest, APatternMayNameAHost) {
  add({"a.example/x", "GET B.example/x", "/x", "/y", "[::1]/x"});
  EXPECT_EQ(get("/x", "GET", "A.Example:80"), "a.example/x");
  EXPECT_EQ(get("/x", "GET", "b.example"), "GET B.example/x");
  EXPECT_EQ(get("/x", "PUT", "b.example"), "/x");
  EXPECT_EQ(get("/x", "GET", "[::1]:80"), "[::1]/x");
  EXPECT_EQ(get("/x", "GET", "other"), "/x");
  EXPECT_EQ(get("/x", "GET"), "/x");
  EXPECT_EQ(get("/y", "GET", "a.example"), "/y");
}

TEST_F(HttpRouterTest, TwoPatternsForTheSameRequestsAreBothNamed) {
  add({"GET /users/{id}", "a.example/x", "/files/{rest...}", "/same"});
  for (const auto& [pattern, other] : {std::pair{"GET /users/{name}", "GET /users/{id}"},
                                       {"A.example/x", "a.example/x"},
                                       {"/files/", "/files/{rest...}"},
                                       {"/same", "/same"}}) {
    const std::string problem = problem_of(pattern);
    EXPECT_NE(problem.find("\"" + std::string{pattern} + "\" has two handlers"), problem.npos) << problem;
    EXPECT_NE(problem.find("\"" + std::string{other} + "\" takes the same"), problem.npos) << problem;
  }
  EXPECT_EQ(problem_of("POST /users/{name}"), "none");
}

TEST_F(HttpRouterTest, PatternsThatNoRequestFitsAreRefused) {
  for (const auto& [pattern, sentence] : {std::pair{"a", "A path begins with"},
                                          {"", "A path begins with"},
                                          {"/a%20b", "written decoded"},
                                          {"/a//b", "empty segments"},
                                          {"G(T /a", "stands a method"},
                                          {" /a", "stands a method"},
                                          {"a:80/x", "host without port"},
                                          {"u@a/x", "host without port"},
                                          {"GET  /x", "host without port"},
                                          {"/{}", "a whole segment"},
                                          {"/x{a}", "a whole segment"},
                                          {"/{a}x", "a whole segment"},
                                          {"/{a", "a whole segment"},
                                          {"/{a b}", "a whole segment"},
                                          {"/{...}", "a whole segment"},
                                          {"/{a}/{a}", "a name of its own"},
                                          {"/{a...}/b", "at its end"},
                                          {"/{a...}/", "at its end"}}) {
    const std::string problem = problem_of(pattern);
    EXPECT_NE(problem.find(sentence), problem.npos) << pattern << ": " << problem;
  }
  EXPECT_TRUE(router_.empty());
}

TEST_F(HttpRouterTest, APathAsLongAsAHeadIsLookedUpByWayOfItsFirstSegments) {
  add({"/a/a/a", "/{x}/a/{y}", "/a/{x}/b"});
  std::string path;
  while (path.size() < limits::http_head_bytes) path += "/a";
  EXPECT_EQ(get(path), "404 ");
  EXPECT_EQ(get("/a/a/b"), "/a/{x}/b x=a");
  EXPECT_EQ(get("/a/a/c"), "/{x}/a/{y} x=a y=c");
}

TEST_F(HttpRouterTest, FoldersComeAfterHandlersOfTheSamePathsAndTakeGetAlone) {
  FileReader reader;
  const std::filesystem::path folder{NANO_SOURCE_DIR};
  router_.add_files(std::make_unique<StaticFiles>("/web", folder), reader);
  EXPECT_EQ(get("/web/x", "POST"), "405 GET, HEAD, OPTIONS");
  EXPECT_EQ(get("/web", "POST"), "405 GET, HEAD, OPTIONS");
  EXPECT_EQ(get("/website"), "404 ");
  add({"POST /web/", "/web/api"});
  EXPECT_EQ(get("/web/x", "POST"), "POST /web/");
  EXPECT_EQ(get("/web/api"), "/web/api");
  EXPECT_THROW(router_.add_files(std::make_unique<StaticFiles>("/web/", folder), reader),
               std::invalid_argument);
}

}  // namespace
}  // namespace nano
