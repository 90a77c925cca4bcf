#include "nano/net/tls_files.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <stdlib.h>
#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

using std::chrono::hours;

/// Certificates for "localhost" and 127.0.0.1, valid for 30 days, made by the program openssl once for all
/// tests.
class TlsFilesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nano-tls-files-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(pattern.data()));
    folder = pattern;
    std::ofstream{path("names")} << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
    const std::string new_key = " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for (const char* name : {"authority", "stranger"}) {
      openssl(std::string{"req -x509 -days 30 -subj '/CN="} + name + "' -keyout " + name + ".key -out " +
              name + ".pem" + new_key);
    }
    openssl("req -subj '/CN=node' -keyout key.pem -out request.pem" + new_key);
    openssl(
        "x509 -req -days 30 -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial"
        " -extfile names -out certificate.pem");
    openssl("pkey -in key.pem -aes128 -passout pass:secret -out encrypted.pem");
    std::ofstream{path("text")} << "This is a text.\n";
    std::ofstream{path("empty")};
  }
  static void TearDownTestSuite() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  static std::string path(const std::string& name) { return folder / name; }
  static void openssl(const std::string& arguments) {
    const std::string command = "cd '" + folder.string() + "' && openssl " + arguments + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  }

  static PemFiles files() {
    return {path("certificate.pem"), path("key.pem"), path("authority.pem"), "--tls-"};
  }
  static std::string problem(const std::function<void(PemFiles&)>& change) {
    PemFiles changed = files();
    change(changed);
    try {
      changed.check();
      return "";
    } catch (const std::invalid_argument& mistake) {
      return mistake.what();
    }
  }
  static std::string warnings(const std::string& host, hours later,
                              const std::string& authority = "authority.pem") {
    PemFiles changed = files();
    changed.authority = path(authority);
    std::string all;
    for (const std::string& sentence : changed.warnings(host, std::chrono::system_clock::now() + later)) {
      all += sentence + "\n";
    }
    return all;
  }

  static inline std::filesystem::path folder;
};

TEST_F(TlsFilesTest, GoodOnesHaveNoProblem) {
  EXPECT_EQ(problem([](PemFiles&) {}), "");
  EXPECT_EQ(problem([](PemFiles& f) { f.authority = ""; }), "");
  EXPECT_EQ(warnings("localhost", hours{1}), "");
  EXPECT_EQ(warnings("127.0.0.1", hours{1}), "");
  EXPECT_EQ(warnings("", hours{1}), "");
}

TEST_F(TlsFilesTest, EachMistakeIsNamedWithItsOptionAndFile) {
  const auto expect = [](const std::string& sentence, const std::string& option, const std::string& what) {
    EXPECT_TRUE(sentence.starts_with(option + ": the file ")) << sentence;
    EXPECT_NE(sentence.find(what), std::string::npos) << sentence;
  };
  expect(problem([](auto& f) { f.certificate = path("none"); }), "--tls-certificate", "No such file");
  expect(problem([](auto& f) { f.key = folder; }), "--tls-key", "Is a directory");
  expect(problem([](auto& f) { f.authority = path("empty"); }), "--tls-authority", "is empty");
  expect(problem([](auto& f) { std::swap(f.certificate, f.key); }), "--tls-certificate", "swapped?");
  expect(problem([](auto& f) { f.key = f.certificate; }), "--tls-key",
         "no private key; are two files swapped?");
  expect(problem([](auto& f) { f.authority = f.key; }), "--tls-authority", "holds a private key");
  expect(problem([](auto& f) { f.authority = path("text"); }), "--tls-authority", "holds no certificate");
  expect(problem([](auto& f) { f.key = path("text"); }), "--tls-key", "holds no private key");
  expect(problem([](auto& f) { f.key = path("encrypted.pem"); }), "--tls-key", "encrypted");
  expect(problem([](auto& f) { f.key = path("stranger.key"); }), "--tls-key", "another key");
}

TEST_F(TlsFilesTest, DamageIsFound) {
  std::ifstream whole{path("certificate.pem")};
  std::string text{std::istreambuf_iterator<char>{whole}, {}};
  text[text.size() / 2] = '!';
  std::ofstream{path("damaged.pem")} << text;
  EXPECT_NE(problem([](auto& f) { f.certificate = path("damaged.pem"); }).find("damaged"), std::string::npos);
}

TEST_F(TlsFilesTest, WhatOthersWillRefuseIsAWarning) {
  EXPECT_NE(warnings("localhost", hours{-24}).find("is not valid before"), std::string::npos);
  EXPECT_NE(warnings("localhost", hours{20 * 24}).find("expires at"), std::string::npos);
  EXPECT_NE(warnings("localhost", hours{31 * 24}).find("has expired"), std::string::npos);
  EXPECT_NE(warnings("node.example", hours{1}).find("does not name \"node.example\""), std::string::npos);
  EXPECT_NE(warnings("[::1]", hours{1}).find("does not name"), std::string::npos);
  EXPECT_NE(warnings("localhost", hours{1}, "stranger.pem").find("is not one of the authority"),
            std::string::npos);
}

TEST_F(TlsFilesTest, AKeyThatEverybodyCanReadIsAWarning) {
  const auto rights = std::filesystem::status(path("key.pem")).permissions();
  std::filesystem::permissions(path("key.pem"), rights | std::filesystem::perms::others_read);
  EXPECT_NE(warnings("localhost", hours{1}).find("--tls-key: every user"), std::string::npos);
  std::filesystem::permissions(path("key.pem"), rights);
}

}  // namespace
}  // namespace nano
