#include "cluster/node/node_options.h"

#include <functional>
#include <stdexcept>

#include <gtest/gtest.h>

namespace nano::cluster {
namespace {

NodeOptions member() {
  NodeOptions options;
  options.address = "10.0.0.1:7000";
  options.registry = "10.0.0.2:7000";
  return options;
}

std::string problem(const std::function<void(NodeOptions&)>& change) {
  NodeOptions options = member();
  change(options);
  try {
    options.check();
    return "";
  } catch (const std::invalid_argument& failure) {
    return failure.what();
  }
}

TEST(NodeOptions, WithoutAnAddressTheServerStandsAlone) {
  EXPECT_TRUE(NodeOptions{}.standalone());
  EXPECT_NO_THROW(NodeOptions{}.check());
  EXPECT_NO_THROW(member().check());
}

TEST(NodeOptions, SayWhatToChange) {
  EXPECT_NE(problem([](auto& o) { o.address = ""; }).find("needs --cluster-address"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.address = "here"; }).find("--cluster-address is host:port"),
            std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.address = "0.0.0.0:7000"; }).find("--cluster-listen"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.listen = "7000"; }).find("--cluster-listen is host:port"),
            std::string::npos);
  EXPECT_EQ(problem([](auto& o) { o.listen = o.address = "10.0.0.1:0"; }), "");
  EXPECT_EQ(problem([](auto& o) { o.listen = "0.0.0.0:7001"; }), "") << "behind a port that is forwarded";
  for (const std::string& label : {std::string(1025, 'x'), std::string{"\xff"}}) {
    EXPECT_NE(problem([&](auto& o) { o.label = label; }).find("--cluster-label"), std::string::npos);
  }
  EXPECT_EQ(problem([](auto& o) { o.label = std::string(1024, 'x'); }), "");
  for (const std::string& host : {std::string(255, 'x'), std::string{"\xff"}}) {
    EXPECT_NE(problem([&](auto& o) { o.address = host + ":7000"; }).find("--cluster-address is UTF-8"),
              std::string::npos);
  }
  for (const char* address : {"[::]:7000", "*:7000", "0:7000"}) {
    EXPECT_NE(problem([&](auto& o) { o.address = address; }).find("--cluster-listen"), std::string::npos);
  }
  EXPECT_NE(problem([](auto& o) { o.address = "::1:7000"; }).find("--cluster-address is host:port"),
            std::string::npos)
      << "without brackets";
  EXPECT_EQ(problem([](auto& o) { o.address = "[::1]:7000"; }), "");
  EXPECT_NE(problem([](auto& o) { o.registry = o.address; }).find("own address"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.registry = "0.0.0.0:7000"; }).find("nobody can be called"),
            std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.registry = "etcd://a:1,a:1"; }).find("twice"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.registry = "consul://a:1"; }).find("only scheme"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.etcd_user = o.etcd_password = "u"; }).find("for --cluster-registry etcd"),
            std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.tls_name = "n"; }).find("--cluster-tls-name"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.master = true; }).find("one of both"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.registry = ""; }).find("one of both"), std::string::npos);
  for (const char* registry : {"master", "etcd://", "etcd://here", "etcd://a:1,,b:2", "http://a:1/x"}) {
    EXPECT_NE(problem([&](auto& o) { o.registry = registry; }).find("--cluster-registry is"),
              std::string::npos)
        << registry;
  }
  EXPECT_EQ(problem([](auto& o) { o.registry = "etcd://a:1,b:2/game"; }), "");
  EXPECT_NE(problem([](auto& o) { o.request_timeout_s = 0; }).find("--cluster-request-timeout"),
            std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.register_interval_s = -1; }).find("--cluster-register-interval"),
            std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.tls_key = "k"; }).find("go together"), std::string::npos);
  EXPECT_NE(problem([](auto& o) { o.tls_authority = "a"; }).find("--cluster-tls-authority needs"),
            std::string::npos);
  EXPECT_NE(problem([](auto& o) {
              o.registry = "etcd://a:1";
              o.etcd_user = "u";
            }).find("NANO_ETCD_PASSWORD"),
            std::string::npos);
  NodeOptions alone;
  alone.listen = "0.0.0.0:7000";
  EXPECT_THROW(alone.check(), std::invalid_argument) << "what a node of a cluster has";
}

TEST(NodeOptions, AreFlagsOfTheProgramAndVariablesOfItsEnvironment) {
  NodeOptions options;
  ASSERT_EQ(setenv("NANO_CLUSTER_LABEL", "from the environment", 1), 0);
  const auto parsed =
      Options::parse({"--cluster-address", "a:1", "--cluster-master", "--cluster-register-interval", "0.5"},
                     Options{}, options.flags(), "program");
  unsetenv("NANO_CLUSTER_LABEL");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(options.address, "a:1");
  EXPECT_TRUE(options.master);
  EXPECT_EQ(options.register_interval(), std::chrono::milliseconds{500});
  EXPECT_EQ(options.label, "from the environment");
}

}  // namespace
}  // namespace nano::cluster
