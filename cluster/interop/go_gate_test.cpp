// Nodes of Go Nano as gates of ours, and as members of our clusters: those that are gone without a word, or
// forget.
#include <gtest/gtest.h>

#include "cluster/interop/go_peer_for_tests.h"
#include "cluster/network/limits.h"

namespace nano::cluster {
namespace {

class NodeGoTest : public NodeGoTestFixture {};

INSTANTIATE_TEST_SUITE_P(Seeds, NodeGoTest, ::testing::Values(1, 2, 3));

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

TEST_P(NodeGoTest, SessionsThatWereClosedHereAreForgottenAfterAWhile) {
  go_->notify("a:1", 5, "A.Close");
  advance(milliseconds{100});
  EXPECT_EQ(told("a:1").closed.size(), 1u);
  go_->notify("a:1", 5, "A.Note");
  advance(limits::go_closed_session_remembered - seconds{1});
  EXPECT_EQ(told("a:1").opened.size(), 1u) << "a message that was overtaken";
  advance(seconds{3});
  go_->notify("a:1", 5, "A.Note");
  advance(milliseconds{100});
  EXPECT_EQ(told("a:1").opened.size(), 2u) << "the gate never said that it closed: it has another one";
}

TEST_P(NodeGoTest, ANodeThatStopsOpensNoSessionsOfGatesThatItKnows) {
  add_slow_to_close("c:1", "C");
  go_->notify("c:1", 5, "C.Note");
  advance(milliseconds{100});
  cluster_.app("c:1").stop();
  advance(milliseconds{500});
  ASSERT_FALSE(cluster_.app("c:1").stopped());
  go_->notify("c:1", 5, "C.Note");
  go_->notify("c:1", 6, "C.Note");
  advance(milliseconds{100});
  EXPECT_EQ(told("c:1").opened, std::vector<SessionId>{5});
  EXPECT_EQ(told("c:1").closed, std::vector<SessionId>{5});
}

TEST_P(NodeGoTest, GatesThatAStrangerInventsCostFewLines) {
  for (int i = 1; i <= 1'000; ++i) go_->notify("a:1", i, "A.Note", "nobody:" + std::to_string(i));
  advance(seconds{5});
  EXPECT_EQ(told("a:1").reasons, std::vector<std::string>(1'000, "gate_lost"));
  EXPECT_LT(cluster_.world("a:1").log().lines().size(), 300u);
}

TEST_P(NodeGoTest, AGateWithoutASessionIsNone) {
  go_->notify("a:1", 5, "A.Note");
  advance(milliseconds{100});
  go_->notify("a:1", 5, "A.Note", "nobody:1");
  advance(seconds{5});
  EXPECT_TRUE(cluster_.world("a:1").log().contains("two gates have a session of the same id"));
  EXPECT_FALSE(cluster_.world("a:1").log().contains("sessions of a Go gate ended"));
}

}  // namespace
}  // namespace nano::cluster
