#include "cluster/link/link_test_fixture.h"

namespace nano::cluster {
namespace {

class LinkGoodbye : public Link {};

TEST_F(LinkGoodbye, TheCallersGoodbyeEndsBothEndsAfterAllHasArrived) {
  connect();
  call(0, 3);
  caller_.link().close();
  caller_.call("too late");
  EXPECT_FALSE(caller_.link().drained());
  world_.advance(seconds{1});
  EXPECT_TRUE(caller_.link().drained());
  EXPECT_EQ(server_->heard, numbers(0, 3));
  EXPECT_EQ(server_->over, Texts{"it said goodbye"});
  EXPECT_EQ(caller_.over, 1);
  caller_.call("far too late");
  world_.advance(seconds{60});
  EXPECT_EQ(server_->heard, numbers(0, 3));
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->begun, 1);
}

TEST_F(LinkGoodbye, AGoodbyeWhileConnectingFollowsWhatWaits) {
  call(0, 3);
  caller_.link().close();
  world_.advance(seconds{1});
  EXPECT_EQ(server_->heard, numbers(0, 3));
  EXPECT_EQ(server_->over, Texts{"it said goodbye"});
  EXPECT_EQ(caller_.over, 1);
}

TEST_F(LinkGoodbye, AGoodbyeDuringAnOutageEndsTheCallersEndAtOnce) {
  connect();
  cut();
  world_.advance(seconds{6});
  ASSERT_EQ(caller_.unreachable, 1);
  caller_.link().close();
  EXPECT_TRUE(caller_.link().drained());
  EXPECT_EQ(caller_.over, 0);
  world_.advance(seconds{2});
  EXPECT_EQ(caller_.over, 1);
  world_.advance(seconds{60});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->over.size(), 1u);
}

TEST_F(LinkGoodbye, AnUnusedLinkIsClosedWithoutAWord) {
  caller_.link().close();
  world_.advance(seconds{60});
  EXPECT_EQ(caller_.over, 0);
  EXPECT_EQ(server_->begun, 0);
}

TEST_F(LinkGoodbye, TheServersGoodbyeEndsBothEndsAfterAllHasArrived) {
  connect();
  Server::push(*server_->newest, "last");
  server_->acceptor().close();
  EXPECT_FALSE(server_->acceptor().drained());
  world_.advance(milliseconds{100});
  EXPECT_TRUE(server_->acceptor().drained());
  EXPECT_EQ(caller_.heard, Texts{"last"});
  EXPECT_EQ(caller_.over, 1);
  EXPECT_EQ(server_->over.size(), 1u);
  call(0, 1);
  world_.advance(seconds{10});
  EXPECT_EQ(caller_.unreachable, 1) << "new streams are refused";
  EXPECT_EQ(server_->heard, Texts{});
}

TEST_F(LinkGoodbye, ANodeThatIsGoneIsEndedAtOnce) {
  connect();
  server_->acceptor().end("caller:1", "the registry said so");
  EXPECT_EQ(server_->over, Texts{"the registry said so"});
  server_->acceptor().end("caller:1", "again");
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.over, 1);
  call(0, 1);
  world_.advance(seconds{1});
  EXPECT_EQ(caller_.heard, numbers(0, 1));
  EXPECT_EQ(server_->over.size(), 1u);
}

}  // namespace
}  // namespace nano::cluster
