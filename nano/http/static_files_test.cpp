#include "nano/http/static_files.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "nano/http/path.h"

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
  StaticFiles files(const std::string& prefix = "/") const { return {prefix, web()}; }

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
};

TEST_F(StaticFilesTest, ServesAFileWithItsType) {
  const HttpAnswer response = files().serve(get("/app.js"));
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
    const HttpAnswer response = files().serve(get(target));
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
    const HttpAnswer response = served.serve(get("/app.js", known));
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.header("ETag"), etag);
    EXPECT_FALSE(response.body);
  }
  EXPECT_EQ(served.serve(get("/app.js", "\"old\"")).status, 200);
}

TEST_F(StaticFilesTest, TellsClientsThatAFileIsNotTheOneTheyMean) {
  const StaticFiles served = files();
  HttpRequest request = get("/app.js");
  const std::string etag{served.serve(request).header("ETag")};
  const auto status_if_match = [&](const std::string& tags) {
    request.headers = {{"If-Match", tags}, {"If-None-Match", "\"old\""}};
    return served.serve(request).status;
  };
  for (const std::string& tags : {etag, "\"old\", " + etag, "W/" + etag + ", " + etag, std::string{"*"}}) {
    EXPECT_EQ(status_if_match(tags), 200) << tags;
  }
  EXPECT_EQ(status_if_match("\"old\""), 412);
  EXPECT_EQ(status_if_match("W/" + etag), 412) << "a weak one names no bytes";
}

TEST_F(StaticFilesTest, NoticesThatAFileChanged) {
  const StaticFiles served = files();
  const HttpAnswer before = served.serve(get("/app.js"));
  write(web() / "app.js", "longer");
  const HttpAnswer after = served.serve(get("/app.js", std::string{before.header("ETag")}));
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(*after.body, "longer");
  EXPECT_EQ(*before.body, "js");
}

TEST_F(StaticFilesTest, HoldsAFileOnceWhileAnyoneSendsIt) {
  const StaticFiles served = files();
  const HttpAnswer first = served.serve(get("/app.js"));
  const HttpAnswer second = served.serve(get("/app.js"));
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(first.body.use_count(), 2) << "the cache itself holds nothing";
}

TEST_F(StaticFilesTest, ReadsNothingOfALargeFileNorForHead) {
  write(web() / "huge.bin", "");
  fs::resize_file(web() / "huge.bin", std::uintmax_t{1} << 40);
  const HttpAnswer huge = files().serve(get("/huge.bin"));
  EXPECT_EQ(huge.status, 200);
  EXPECT_FALSE(huge.body);
  ASSERT_TRUE(huge.file);
  EXPECT_EQ(huge.file->bytes, std::uint64_t{1} << 40);
  HttpRequest request = get("/app.js");
  request.method = "HEAD";
  const HttpAnswer head = files().serve(request);
  EXPECT_FALSE(head.body);
  ASSERT_TRUE(head.file);
  EXPECT_EQ(head.file->bytes, 2u);
}

TEST_F(StaticFilesTest, ServesAPartToThoseWhoAskForIt) {
  write(web() / "digits.txt", "0123456789");
  const StaticFiles served = files();
  HttpRequest request = get("/digits.txt");
  const std::string etag{served.serve(request).header("ETag")};
  request.headers = {{"If-Range", etag}, {"Range", "bytes=2-4"}};
  const HttpAnswer part = served.serve(request);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  ASSERT_TRUE(part.file);
  EXPECT_EQ(*part.file->file->read(part.file->offset, part.file->bytes), "234");
  request.headers = {{"If-Range", "\"old\""}, {"Range", "bytes=2-4"}};
  EXPECT_EQ(served.serve(request).status, 200) << "a part of another file is of no use";
  request.headers = {{"Range", "bytes=10-"}};
  EXPECT_EQ(served.serve(request).status, 416);
  EXPECT_EQ(served.serve(request).header("Content-Range"), "bytes */10");
}

TEST_F(StaticFilesTest, SaysWhyItDoesNotServeWhatIsThere) {
  const auto with_no_descriptors_left = [](const auto& call) {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{0, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    call();
    ::setrlimit(RLIMIT_NOFILE, &before);
  };
  // Before the shortage, too: the sanitizer needs a pipe to look at an object of a type that it sees first.
  EXPECT_EQ(files().serve(get("/missing")).status, 404);
  with_no_descriptors_left([&] {
    const HttpAnswer busy = files().serve(get("/app.js"));
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(busy.header("Retry-After"), "1");
    ASSERT_TRUE(busy.failure);
    EXPECT_EQ(busy.failure->path, "/app.js");
    EXPECT_EQ(busy.failure->why, "Too many open files");
    const HttpAnswer missing = files().serve(get("/missing"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_FALSE(missing.failure) << "what is not there is no event";
  });
}

TEST_F(StaticFilesTest, ForbidsWhatItMayNotRead) {
  fs::permissions(web() / "app.js", fs::perms::none);
  const StaticFiles served = files();
  constexpr uid_t nobody = 65534;
  const uid_t self = ::geteuid();
  if (self == 0) {
    ASSERT_EQ(::seteuid(nobody), 0);
  }
  const HttpAnswer answer = served.serve(get("/app.js"));
  ASSERT_EQ(::seteuid(self), 0);
  EXPECT_EQ(answer.status, 403);
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->why, "Permission denied");
}

TEST_F(StaticFilesTest, RefusesAFolderThatDoesNotExist) {
  const auto message = [&](const std::string& prefix, const fs::path& folder) -> std::string {
    try {
      StaticFiles{prefix, folder};
      return "nothing thrown";
    } catch (const std::exception& error) {
      return error.what();
    }
  };
  EXPECT_NE(message("/", root_ / "none").find("cannot be opened (No such file"), std::string::npos);
  EXPECT_NE(message("/", web() / "app.js").find("is no folder"), std::string::npos);
  EXPECT_NE(message("web", web()).find("begins with '/'"), std::string::npos);
}

}  // namespace
}  // namespace nano
