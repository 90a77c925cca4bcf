#include "cluster/node/start_check.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "nano/testing/log_capture.h"

namespace nano::cluster {
namespace {

NodeOptions listening_on(const std::string& address) {
  NodeOptions options;
  options.address = address;
  options.master = true;
  return options;
}

std::vector<std::string> warnings(const NodeOptions& options) {
  const nano::testing::LogCapture capture;
  warn_at_start(options, capture.log());
  return capture.lines();
}

TEST(StartCheck, APortThatOthersReachWithoutTlsIsAWarning) {
  EXPECT_TRUE(warnings(listening_on("127.0.0.1:7000")).empty());
  EXPECT_TRUE(warnings(listening_on("localhost:7000")).empty());
  ASSERT_EQ(warnings(listening_on("10.0.0.1:7000")).size(), 1u);
  NodeOptions elsewhere = listening_on("127.0.0.1:7000");
  elsewhere.listen = "0.0.0.0:7000";
  ASSERT_EQ(warnings(elsewhere).size(), 1u);
  EXPECT_NE(warnings(elsewhere).front().find("without TLS"), std::string::npos);
}

TEST(StartCheck, APortThatNobodyKnowsIsAWarning) {
  NodeOptions options = listening_on("127.0.0.1:7000");
  options.listen = "127.0.0.1:0";
  ASSERT_EQ(warnings(options).size(), 1u);
  EXPECT_NE(warnings(options).front().find("--cluster-listen has port 0"), std::string::npos);
  options.address = "127.0.0.1:0";
  EXPECT_TRUE(warnings(options).empty());
}

TEST(StartCheck, FilesThatAreNotThereAreAnOptionToChange) {
  NodeOptions options = listening_on("127.0.0.1:7000");
  options.tls_certificate = options.tls_key = "/nowhere/node.pem";
  EXPECT_THROW(check_tls_files(options), std::invalid_argument);
  options = listening_on("127.0.0.1:7000");
  options.etcd_tls_authority = "/nowhere/authority.pem";
  EXPECT_THROW(check_tls_files(options), std::invalid_argument);
}

}  // namespace
}  // namespace nano::cluster
