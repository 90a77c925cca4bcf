#include <stdexcept>

#include "cluster/network/grpc_network_test_fixture.h"
#include "cluster/network/grpc_test_certificates.h"

namespace nano::cluster {
namespace {

class GrpcWithTls : public GrpcNetworkFixture {
 protected:
  GrpcOptions member() const {
    return {.tls = GrpcTls{.ca = ours_.ca(), .certificate = ours_.certificate(), .key = ours_.key()}};
  }
  /// From a client with these options to a server that demands certificates of ours.
  void expect_unreachable(const GrpcOptions& options) {
    GrpcNetwork server{scheduler_, member()};
    const std::string address = server.listen("localhost:0", service_);
    GrpcNetwork client{scheduler_, options};
    const CallOutcome outcome = call(*client.connect(address), "/clusterpb.Test/Echo");
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code, NetworkErrc::unreachable) << outcome.error().message;
  }

  TestService service_;
  const TestCertificates ours_{"localhost"};
  const TestCertificates others_{"localhost"};
};

TEST_F(GrpcWithTls, MembersOfOneAuthorityTrustEachOther) {
  GrpcNetwork server{scheduler_, member()};
  const std::string address = server.listen("localhost:0", service_);
  GrpcNetwork client{scheduler_, member()};
  const auto channel = client.connect(address);
  ASSERT_TRUE(call_until_answered(*channel).ok());
  const CallOutcome outcome = call(*channel, "/clusterpb.Test/Echo", "hello");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome.response(), "hello");
}

TEST_F(GrpcWithTls, AClientWithoutACertificateIsRefused) {
  expect_unreachable({.tls = GrpcTls{.ca = ours_.ca()}});
}

TEST_F(GrpcWithTls, AClientWithACertificateOfAnotherAuthorityIsRefused) {
  expect_unreachable(
      {.tls = GrpcTls{.ca = ours_.ca(), .certificate = others_.certificate(), .key = others_.key()}});
}

TEST_F(GrpcWithTls, AServerOfAnotherAuthorityIsRefused) {
  expect_unreachable(
      {.tls = GrpcTls{.ca = others_.ca(), .certificate = ours_.certificate(), .key = ours_.key()}});
}

TEST_F(GrpcWithTls, APlainClientIsRefused) { expect_unreachable({}); }

TEST_F(GrpcWithTls, AServerWithoutTheRightNameIsRefusedUnlessTheNameIsGiven) {
  const TestCertificates named{"node.example"};
  GrpcOptions options{.tls =
                          GrpcTls{.ca = named.ca(), .certificate = named.certificate(), .key = named.key()}};
  GrpcNetwork server{scheduler_, options};
  const std::string address = server.listen("localhost:0", service_);
  {
    GrpcNetwork client{scheduler_, options};
    const CallOutcome outcome = call(*client.connect(address), "/clusterpb.Test/Echo");
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code, NetworkErrc::unreachable);
  }
  options.tls->server_name = "node.example";
  GrpcNetwork client{scheduler_, options};
  const CallOutcome outcome = call_until_answered(*client.connect(address));
  EXPECT_TRUE(outcome.ok()) << outcome.error().message;
}

TEST_F(GrpcWithTls, AClientsFormNeedsNoCertificateButCannotListen) {
  GrpcNetwork client{scheduler_, {.tls = GrpcTls{.ca = ours_.ca()}}};
  EXPECT_THROW(client.listen("127.0.0.1:0", service_), std::runtime_error);
}

TEST_F(GrpcWithTls, AFileThatIsNotThereIsNamed) {
  try {
    const GrpcNetwork client{scheduler_, {.tls = GrpcTls{.ca = "/nowhere/ca.pem"}}};
    FAIL() << "took it";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string_view{error.what()}.find("/nowhere/ca.pem"), std::string_view::npos) << error.what();
  }
}

TEST_F(GrpcWithTls, ACertificateWithoutItsKeyIsRefused) {
  EXPECT_THROW((GrpcNetwork{scheduler_, {.tls = GrpcTls{.certificate = ours_.certificate()}}}),
               std::runtime_error);
}

}  // namespace
}  // namespace nano::cluster
