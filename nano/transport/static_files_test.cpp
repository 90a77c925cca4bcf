#include "nano/transport/static_files.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "nano/transport/http_path.h"

namespace nano {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "nano-static-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    fs::create_directories(web() / "sub");
    fs::create_directories(web() / "empty");
    fs::create_directories(root_ / "web-secret");
    write(root_ / "secret.txt", "secret");
    write(root_ / "web-secret" / "x.txt", "secret");
    write(web() / "index.html", "home");
    write(web() / "app.js", "js");
    write(web() / "a b.txt", "spaced");
    write(web() / "back\\slash.txt", "hidden");
    write(web() / ".hidden", "hidden");
    write(web() / "sub" / "index.html", "sub home");
  }
  ~StaticFilesTest() override { fs::remove_all(root_); }

  fs::path web() const { return root_ / "web"; }
  static void write(const fs::path& file, const std::string& text) { std::ofstream{file} << text; }
  StaticFiles files(const std::string& prefix = "/") const { return {prefix, web(), Log{logger_}}; }

  /// The request as it would arrive: a target that decodes.
  static HttpRequest get(const std::string& target, const std::string& etag = {}) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.version = "HTTP/1.1";
    const std::optional<HttpTarget> parsed = parse_http_target(target);
    EXPECT_TRUE(parsed) << target;
    request.path = parsed->path;
    request.query = parsed->query;
    if (!etag.empty()) request.headers = {{"If-None-Match", etag}};
    return request;
  }
  /// A path that no target decodes to: the folder has to defend itself.
  static HttpRequest get_raw(const std::string& path) {
    HttpRequest request = get("/");
    request.path = path;
    return request;
  }

  fs::path root_;
  std::ostringstream log_text_;
  std::shared_ptr<spdlog::logger> logger_ =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log_text_));
};

TEST_F(StaticFilesTest, ServesAFileWithItsType) {
  const HttpResponse response = files().serve(get("/app.js"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(*response.body, "js");
  EXPECT_EQ(response.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(response.header("Cache-Control"), "no-cache");
  EXPECT_EQ(*files().serve(get("/a%20b.txt")).body, "spaced");
}

TEST_F(StaticFilesTest, ServesTheIndexOfAFolder) {
  EXPECT_EQ(*files().serve(get("/")).body, "home");
  EXPECT_EQ(*files().serve(get("/sub/")).body, "sub home");
  EXPECT_EQ(files().serve(get("/sub/")).header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(files().serve(get("/empty/")).status, 404);
}

TEST_F(StaticFilesTest, SendsClientsToTheNameWithTheSlash) {
  EXPECT_EQ(files().serve(get("/sub?a=b")).status, 301);
  EXPECT_EQ(files().serve(get("/sub?a=b")).header("Location"), "/sub/?a=b");
  EXPECT_EQ(files("/web").serve(get("/web")).header("Location"), "/web/");
  EXPECT_EQ(files().serve(get("//sub")).header("Location"), "/sub/") << "never to another host";
}

TEST_F(StaticFilesTest, FindsNothingWhereNothingIs) {
  for (const char* target : {"/missing", "/app.js/", "/app.js/x", "/missing/"}) {
    const HttpResponse response = files().serve(get(target));
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(*response.body, "404 Not Found\n");
  }
}

TEST_F(StaticFilesTest, ServesBelowItsPrefixOnly) {
  const StaticFiles prefixed = files("/assets/");
  EXPECT_EQ(prefixed.url_prefix(), "/assets");
  EXPECT_TRUE(prefixed.matches("/assets"));
  EXPECT_TRUE(prefixed.matches("/assets/app.js"));
  EXPECT_FALSE(prefixed.matches("/assets2/app.js"));
  EXPECT_FALSE(prefixed.matches("/"));
  EXPECT_EQ(*prefixed.serve(get("/assets/app.js")).body, "js");
  EXPECT_EQ(prefixed.serve(get("/app.js")).status, 404);
}

TEST_F(StaticFilesTest, ServesNothingOutsideTheFolder) {
  fs::create_symlink(root_ / "secret.txt", web() / "link.txt");
  fs::create_directory_symlink(root_, web() / "up");
  fs::create_directory_symlink(root_ / "web-secret", web() / "neighbour");
  for (const char* path : {"/../secret.txt", "/sub/../../secret.txt", "/..", "/link.txt", "/up/secret.txt",
                           "/up/", "/neighbour/x.txt", "/..\\secret.txt", "/back\\slash.txt", "//etc/passwd",
                           "/.hidden", "/./.hidden", "/sub/../.hidden"}) {
    EXPECT_EQ(files().serve(get_raw(path)).status, 404) << path;
  }
  EXPECT_EQ(files().serve(get_raw("/app.js" + std::string{'\0'} + ".txt")).status, 404);
  EXPECT_EQ(files().serve(get_raw(root_ / "secret.txt")).status, 404);
}

TEST_F(StaticFilesTest, FollowsLinksThatStayInside) {
  fs::create_symlink(web() / "app.js", web() / "alias.js");
  EXPECT_EQ(*files().serve(get("/alias.js")).body, "js");
}

TEST_F(StaticFilesTest, ServesNothingButRegularFiles) {
  ASSERT_EQ(::mkfifo((web() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(files().serve(get("/pipe")).status, 404);
}

TEST_F(StaticFilesTest, RefusesOtherMethodsThanGetAndHead) {
  HttpRequest request = get("/app.js");
  request.method = "POST";
  EXPECT_EQ(files().serve(request).status, 405);
  EXPECT_EQ(files().serve(request).header("Allow"), "GET, HEAD");
  request.method = "HEAD";
  EXPECT_EQ(files().serve(request).status, 200);
}

TEST_F(StaticFilesTest, TellsClientsThatTheirCopyIsFresh) {
  const StaticFiles served = files();
  const std::string etag{served.serve(get("/app.js")).header("ETag")};
  for (const std::string& known : {etag, "W/" + etag, "\"old\", " + etag, std::string{"*"}}) {
    const HttpResponse response = served.serve(get("/app.js", known));
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.header("ETag"), etag);
    EXPECT_FALSE(response.body);
  }
  EXPECT_EQ(served.serve(get("/app.js", "\"old\"")).status, 200);
}

TEST_F(StaticFilesTest, NoticesThatAFileChanged) {
  const StaticFiles served = files();
  const HttpResponse before = served.serve(get("/app.js"));
  write(web() / "app.js", "longer");
  const HttpResponse after = served.serve(get("/app.js", std::string{before.header("ETag")}));
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(*after.body, "longer");
  EXPECT_EQ(*before.body, "js");
}

TEST_F(StaticFilesTest, HoldsAFileOnceWhileAnyoneSendsIt) {
  const StaticFiles served = files();
  const HttpResponse first = served.serve(get("/app.js"));
  const HttpResponse second = served.serve(get("/app.js"));
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(first.body.use_count(), 2) << "the cache itself holds nothing";
}

TEST_F(StaticFilesTest, RefusesAFileOverTheLimitAndSaysSo) {
  write(web() / "huge.bin", "");
  fs::resize_file(web() / "huge.bin", StaticFiles::file_bytes_max + 1);
  EXPECT_EQ(files().serve(get("/huge.bin")).status, 503);
  EXPECT_NE(log_text_.str().find("static file is too large to serve"), std::string::npos) << log_text_.str();
  EXPECT_NE(log_text_.str().find("huge.bin"), std::string::npos);
}

TEST_F(StaticFilesTest, RefusesAFolderThatDoesNotExist) {
  const auto message = [&](const std::string& prefix, const fs::path& folder) -> std::string {
    try {
      StaticFiles{prefix, folder, Log{logger_}};
      return "nothing thrown";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  };
  EXPECT_NE(message("/", root_ / "none").find("does not exist"), std::string::npos);
  EXPECT_NE(message("/", web() / "app.js").find("is no folder"), std::string::npos);
  EXPECT_NE(message("web", web()).find("must begin with '/'"), std::string::npos);
}

}  // namespace
}  // namespace nano
