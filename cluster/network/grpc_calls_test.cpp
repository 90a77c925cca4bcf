#include <map>
#include <mutex>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "cluster/network/grpc_network_test_fixture.h"

namespace nano::cluster {
namespace {

class GrpcCalls : public TwoNodes {};

TEST_F(GrpcCalls, ACallIsAnswered) {
  const std::string request{"with a \0 inside", 15};
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Echo", request);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome.response(), request);
}

TEST_F(GrpcCalls, AnEmptyRequestIsAnsweredToo) {
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Echo");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome.response(), "");
}

TEST_F(GrpcCalls, ALongRequestArrivesWhole) {
  std::string request(5'000'000, 'a');
  for (std::size_t i = 0; i < request.size(); i += 1000) request[i] = static_cast<char>(i / 1000);
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Echo", request);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_TRUE(outcome.response() == request);
}

TEST_F(GrpcCalls, ManyAtATimeGetTheirOwnAnswers) {
  constexpr int calls = 1000;
  int right = 0;
  for (int i = 0; i < calls; ++i) {
    channel_->call("/clusterpb.Test/Echo", std::to_string(i), patience, [&right, i](CallOutcome outcome) {
      right += outcome.ok() && outcome.response() == std::to_string(i);
    });
  }
  run_until([&] { return right == calls; });
}

TEST_F(GrpcCalls, ARefusalArrivesWithItsMessage) {
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Refuse");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, NetworkErrc::refused);
  EXPECT_EQ(outcome.error().message, "no room left");
}

TEST_F(GrpcCalls, AMethodThatTheServiceDoesNotKnowIsUnimplemented) {
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Nothing");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, NetworkErrc::unimplemented);
}

TEST_F(GrpcCalls, ACallOutsideThePackageOfCallsIsUnimplemented) {
  const CallOutcome outcome = call(*channel_, "/grpc.health.v1.Health/Check");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, NetworkErrc::unimplemented);
}

TEST_F(GrpcCalls, ACallThatTheServiceDropsIsRefused) {
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Drop");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, NetworkErrc::refused);
}

TEST_F(GrpcCalls, ACallWithoutAnAnswerEndsAtItsDeadline) {
  const CallOutcome outcome = call(*channel_, "/clusterpb.Test/Wait", "", milliseconds{50});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, NetworkErrc::timeout);
  for (CallReply& reply : service_.held) reply(std::string{"too late, and harmless"});
}

TEST_F(GrpcCalls, WhereNobodyListensCallsFailAtOnce) {
  server_->stop();
  const auto channel = client_->connect(address_);
  const CallOutcome outcome = call(*channel, "/clusterpb.Test/Echo");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, NetworkErrc::nobody_listens);
}

TEST_F(GrpcCalls, AServerThatStopsTellsThoseWhoWait) {
  std::optional<CallOutcome> outcome;
  channel_->call("/clusterpb.Test/Wait", "", patience, [&](CallOutcome got) { outcome = std::move(got); });
  run_until([&] { return service_.held.size() == 1; });
  server_->stop();
  run_until([&] { return outcome.has_value(); });
  ASSERT_TRUE(outcome && !outcome->ok());
  EXPECT_EQ(outcome->error().code, NetworkErrc::unreachable);
  service_.held.front()(std::string{"too late, and harmless"});
}

TEST_F(GrpcCalls, AServerThatComesBackAtItsAddressIsFound) {
  server_.reset();
  EXPECT_FALSE(call(*channel_, "/clusterpb.Test/Echo").ok());
  server_ = std::make_unique<GrpcNetwork>(scheduler_, patient_options);
  EXPECT_EQ(server_->listen(address_, service_), address_);
  const CallOutcome outcome = call_until_answered(*channel_);
  EXPECT_TRUE(outcome.ok()) << outcome.error().message;
}

TEST_F(GrpcCalls, AnAddressInUseIsRefusedWithASentenceThatNamesIt) {
  GrpcNetwork second{scheduler_, patient_options};
  try {
    second.listen(address_, service_);
    FAIL() << "listens twice on " << address_;
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string_view{error.what()}.find(address_), std::string_view::npos) << error.what();
  }
  EXPECT_TRUE(call(*channel_, "/clusterpb.Test/Echo").ok()) << "the first goes on";
}

TEST_F(GrpcCalls, AnAddressWithoutAHostServesLoopbackToo) {
  GrpcNetwork everywhere{scheduler_, patient_options};
  const std::string address = everywhere.listen(":0", service_);
  ASSERT_TRUE(address.starts_with(':')) << address;
  const auto channel = client_->connect("127.0.0.1" + address);
  EXPECT_TRUE(call_until_answered(*channel).ok());
}

/// Answers every call with nothing and keeps what it was sent as `x-node`.
class HeaderReader final : public grpc::CallbackGenericService {
 public:
  std::vector<std::string> seen() const {
    const std::lock_guard lock{mutex_};
    return seen_;
  }

 private:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    Reactor() { StartWriteAndFinish(&nothing_, {}, grpc::Status::OK); }
    void OnDone() override { delete this; }

   private:
    const grpc::Slice slice_;
    const grpc::ByteBuffer nothing_{&slice_, 1};
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    const auto found = context->client_metadata().find("x-node");
    const std::lock_guard lock{mutex_};
    seen_.push_back(found == context->client_metadata().end()
                        ? "none"
                        : std::string{found->second.data(), found->second.size()});
    return new Reactor;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
};

TEST_F(GrpcCalls, HeadersGoWithEveryCallAndStreamFromThenOn) {
  HeaderReader reader;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&reader);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_TRUE(server);
  {
    const auto channel = client_->connect("127.0.0.1:" + std::to_string(port));
    EXPECT_TRUE(call_until_answered(*channel, "/any/Call").ok());
    channel->set_header("x-node", "first");
    EXPECT_TRUE(call(*channel, "/any/Call").ok());
    channel->set_header("x-node", "second");
    StreamEnd end;
    open(*channel, end);
    run_until([&] { return end.closed.has_value(); });
  }
  server->Shutdown();
  EXPECT_EQ(reader.seen(), (std::vector<std::string>{"none", "first", "second"}));
}

}  // namespace
}  // namespace nano::cluster
