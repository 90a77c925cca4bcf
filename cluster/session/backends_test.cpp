#include "cluster/session/backends.h"

#include <gtest/gtest.h>

#include "cluster/session/recorded_nodes_for_tests.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {
namespace {

using std::chrono::seconds;

class BackendsTest : public ::testing::Test {
 protected:
  RecordedBackend& add(const std::string& address, const std::string& name) {
    auto backend = std::make_unique<RecordedBackend>(name, heard_);
    RecordedBackend& added = *backend;
    backends_.add(address, std::move(backend));
    return added;
  }
  Heard take() { return std::exchange(heard_, {}); }

  Heard heard_;
  testing::VirtualTime time_;
  Backends backends_{time_.scheduler(), seconds{10}};
};

TEST_F(BackendsTest, AreFoundByTheirAddressUntilTheyLeave) {
  RecordedBackend& a = add("a:1", "a");
  EXPECT_EQ(backends_.find("a:1"), &a);
  EXPECT_EQ(backends_.find("b:1"), nullptr);
  backends_.retire("a:1");
  EXPECT_EQ(backends_.find("a:1"), nullptr);
  EXPECT_TRUE(backends_.present().empty());
  backends_.retire("nobody:1");
}

TEST_F(BackendsTest, OneThatIsNotConnectedIsGoneInALaterTurn) {
  add("a:1", "a");
  backends_.retire("a:1");
  EXPECT_EQ(take(), Heard{});
  time_.advance(Duration::zero());
  EXPECT_EQ(take(), Heard{"a: destroyed"});
}

TEST_F(BackendsTest, OneThatIsConnectedMayAnswerForAWhileAfterItHasLeft) {
  add("a:1", "a").is_connected = true;
  backends_.retire("a:1");
  time_.advance(seconds{9});
  backends_.flush();
  EXPECT_EQ(take(), Heard{"a: flush"});
  time_.advance(seconds{2});
  EXPECT_EQ(take(), Heard{"a: destroyed"});
}

TEST_F(BackendsTest, OneThatHangsUpAfterItHasLeftIsGoneSoon) {
  RecordedBackend& a = add("a:1", "a");
  a.is_connected = true;
  backends_.retire("a:1");
  time_.advance(seconds{2});
  EXPECT_EQ(take(), Heard{});
  a.is_connected = false;
  time_.advance(seconds{2});
  EXPECT_EQ(take(), Heard{"a: destroyed"});
}

TEST_F(BackendsTest, AMemberThatComesAgainEndsWhatItsAddressHadBefore) {
  add("a:1", "old").is_connected = true;
  backends_.retire("a:1");
  RecordedBackend& a = add("a:1", "new");
  EXPECT_EQ(take(), Heard{"old: destroyed"});
  EXPECT_EQ(backends_.find("a:1"), &a);
}

TEST_F(BackendsTest, AreDrainedWhenEachOfThemIs) {
  RecordedBackend& a = add("a:1", "a");
  RecordedBackend& b = add("b:1", "b");
  b.is_drained = false;
  backends_.close();
  EXPECT_EQ(take(), (Heard{"a: close", "b: close"}));
  EXPECT_FALSE(backends_.drained());
  b.is_drained = true;
  EXPECT_TRUE(backends_.drained());
  a.is_drained = false;
  EXPECT_FALSE(backends_.drained());
}

}  // namespace
}  // namespace nano::cluster
