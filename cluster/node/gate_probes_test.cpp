#include "cluster/node/gate_probes.h"

#include <optional>

#include "cluster/link/link_test_nodes.h"

namespace nano::cluster {
namespace {

/// A gate at "caller:1", whose sessions a node at "server:1" serves.
class GateProbesTest : public ::testing::Test {
 protected:
  GateProbesTest() {
    gate_->call("hi");
    world_.advance(milliseconds{100});
    EXPECT_EQ(server_.begun, 1);
  }

  void probe() {
    probes_.probe("caller:1");
    world_.advance(milliseconds{500});
  }

  LinkWorld world_;
  Process& process_ = world_.start_process();
  Process& gate_process_ = world_.start_process();
  Server server_{world_, process_};
  std::optional<Caller> gate_{std::in_place, world_, gate_process_};
  std::unique_ptr<Network> network_ = world_.hub.join(process_.scheduler(), "prober");
  GateProbes probes_{process_.scheduler(), *network_, server_.acceptor()};
};

TEST_F(GateProbesTest, TheConversationOfAGateThatHasEndedIsOver) {
  gate_.reset();
  world_.advance(milliseconds{100});
  EXPECT_EQ(server_.over, Texts{}) << "it might come again";
  probe();
  EXPECT_EQ(server_.over, Texts{"its process has ended"});
}

TEST_F(GateProbesTest, AGateThatIsConnectedAgainIsLeftAlone) {
  world_.hub.reset_streams("caller:1", "server:1");
  world_.advance(seconds{1});
  EXPECT_TRUE(server_.acceptor().connected("caller:1"));
  probe();
  EXPECT_EQ(server_.over, Texts{});
}

TEST_F(GateProbesTest, AGateThatAnswersIsWaitedFor) {
  struct Answers final : Service {
    void on_call(std::string_view, std::string_view, CallReply reply) override {
      ++calls;
      reply(NetworkError{NetworkErrc::unimplemented, ""});
    }
    StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }
    int calls = 0;
  } answers;
  const std::unique_ptr<Network> listening = world_.hub.join(process_.scheduler(), "listening");
  listening->listen("caller:1", answers);
  gate_process_.frozen = true;
  world_.hub.reset_streams("caller:1", "server:1");
  world_.advance(milliseconds{100});
  probe();
  probe();
  EXPECT_EQ(answers.calls, 2) << "each time that its stream breaks";
  EXPECT_EQ(server_.over, Texts{});
}

}  // namespace
}  // namespace nano::cluster
