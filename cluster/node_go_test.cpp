// Nodes of Go Nano as backends and gates of ours, played by the test: those that say what they cannot, are
// gone without a word, or forget.
#include <gtest/gtest.h>

#include "cluster/network/limits.h"
#include "cluster/node_test_fixture.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

/// A node of Go Nano at "go:1", as far as ours see it.
class GoPeer final : public Service {
 public:
  GoPeer(testing::MemoryNetwork& hub, Scheduler& scheduler) : network_(hub.join(scheduler, "go:1")) {
    network_->listen("go:1", *this);
  }
  /// As a backend that offers the service Go.
  void register_with(const std::string& master) {
    clusterpb::RegisterRequest request;
    request.mutable_memberinfo()->set_serviceaddr("go:1");
    request.mutable_memberinfo()->add_services("Go");
    call(master, method::register_member, request.SerializeAsString());
  }
  /// As a gate, for the session.
  void notify(const std::string& backend, std::int64_t session, const std::string& route) {
    clusterpb::NotifyMessage message;
    message.set_gateaddr("go:1");
    message.set_sessionid(session);
    message.set_route(route);
    message.set_data("x");
    call(backend, method::handle_notify, message.SerializeAsString());
  }

  std::vector<std::int64_t> requests, closed;  // sessions

 private:
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (method == method::handle_request) {
      const auto message = *parse<clusterpb::RequestMessage>(request);
      if (message.route() != "Go.Take") {
        return reply(
            NetworkError{NetworkErrc::refused, "service not found in current node: " + message.route()});
      }
      requests.push_back(message.sessionid());
    } else if (method == method::session_closed) {
      closed.push_back(parse<clusterpb::SessionClosedRequest>(request)->sessionid());
    } else if (method == method::probe) {
      return reply(NetworkError{NetworkErrc::unimplemented, "unknown method Probe"});
    }
    reply(std::string{});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }
  void call(const std::string& address, std::string_view method, std::string request) {
    auto& channel = channels_[address];
    if (!channel) channel = network_->connect(address);
    channel->call(method, std::move(request), seconds{1}, [](const CallOutcome&) {});
  }

  std::unique_ptr<Network> network_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
};

class NodeGoTest : public NodeTestFixture {
 protected:
  std::unique_ptr<GoPeer> go_ = std::make_unique<GoPeer>(cluster_.network(), cluster_.app("b:1").scheduler());
};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeGoTest, ::testing::Values(1, 2, 3));

TEST_P(NodeGoTest, AHandlerThatAGoBackendDoesNotHaveIsAnUnknownRoute) {
  go_->register_with("master:1");
  advance(seconds{1});
  auto alice = cluster_.connect("gate:1");
  EXPECT_EQ(ask(alice, "Go.Nope"), "error: unknown_route");
  EXPECT_EQ(ask(alice, "Go.Take"), "error: timeout") << "it is taken, and not answered";
}

TEST_P(NodeGoTest, SessionsOfAGoGateThatDiedEndThoughNobodySaysSo) {
  go_->notify("a:1", 5, "A.Note");
  advance(milliseconds{100});
  EXPECT_EQ(told("a:1").opened, std::vector<SessionId>{5});
  advance(seconds{300});
  EXPECT_TRUE(told("a:1").closed.empty()) << "it is there, and only has nothing to say";
  go_.reset();
  advance(seconds{5});
  EXPECT_EQ(told("a:1").closed, std::vector<SessionId>{5});
  EXPECT_EQ(told("a:1").reasons, std::vector<std::string>{"gate_lost"});
}

TEST_P(NodeGoTest, AGoGateThatIsSilentForTooLongIsTakenForDead) {
  go_->notify("a:1", 5, "A.Note");
  advance(milliseconds{100});
  cluster_.network().cut("go:1", "a:1");
  advance(limits::go_gate_silence - seconds{3});
  cluster_.network().heal_all();
  advance(seconds{30});
  EXPECT_TRUE(told("a:1").closed.empty()) << "a cut that was healed in time";
  cluster_.network().cut("go:1", "a:1");
  advance(limits::go_gate_silence + seconds{5});
  EXPECT_EQ(told("a:1").reasons, std::vector<std::string>{"gate_lost"});
  cluster_.network().heal_all();
  go_->notify("a:1", 5, "A.Note");
  advance(seconds{1});
  EXPECT_EQ(told("a:1").opened.size(), 2u) << "and known again when it speaks";
}

/// Their connections to it may be closed for good: nano-kit's are.
TEST_P(NodeGoTest, SessionsOfAGateThatWasMissedBeginAnewAtGoBackends) {
  go_->register_with("master:1");
  advance(seconds{1});
  auto alice = cluster_.connect("gate:1");
  alice->send_request("Go.Take", std::string{});
  advance(milliseconds{100});
  ASSERT_EQ(go_->requests.size(), 1u);
  cluster_.network().cut("gate:1", "master:1");
  advance(seconds{10});
  EXPECT_TRUE(go_->closed.empty());
  cluster_.network().heal_all();
  advance(seconds{5});
  EXPECT_EQ(go_->closed, go_->requests);
  EXPECT_EQ(told("gate:1").lost, std::vector<std::string>{"Go"});
  alice->send_request("Go.Take", std::string{});
  advance(milliseconds{100});
  EXPECT_EQ(go_->requests.size(), 2u);
}

TEST_P(NodeGoTest, AGateWhoseMasterStartsAnewWasNotMissed) {
  go_->register_with("master:1");
  advance(seconds{1});
  auto alice = cluster_.connect("gate:1");
  alice->send_request("Go.Take", std::string{});
  advance(milliseconds{100});
  cluster_.kill("master:1");
  advance(seconds{3});
  cluster_.add_master("master:1");
  advance(seconds{10});
  EXPECT_TRUE(go_->closed.empty()) << "what the backend holds for it stays";
}

}  // namespace
}  // namespace nano::cluster
