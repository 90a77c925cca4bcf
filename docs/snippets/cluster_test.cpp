// The test of a whole cluster in memory that docs/cluster.md shows.

#include <gtest/gtest.h>

#include "cluster/testing/cluster_world.h"
#include "docs/snippets/rooms.h"

using nano::cluster::Node;
using nano::cluster::testing::ClusterWorld;

TEST(ASmallCluster, GuestsOfTwoGatesMeetInOneRoom) {
  ClusterWorld cluster{7};
  cluster.add_master("master:1");
  cluster.add("rooms:1", [](nano::Application& app, Node&) { app.add<Room>(); });
  for (const char* gate : {"gate:1", "gate:2"}) {
    cluster.add(gate, [](nano::Application& app, Node&) { app.add<Lobby>(); });
  }
  cluster.advance(std::chrono::seconds{1});

  auto ada = cluster.connect("gate:1");
  auto bob = cluster.connect("gate:2");
  std::int64_t player = 0;
  for (auto& client : {ada, bob}) {
    const EnterRequest enter{++player, "Garden"};
    ASSERT_TRUE(cluster.request<std::string>(*client, "Lobby.Enter", enter).ok());
    const auto joined = cluster.request<JoinReply>(*client, "Room.Join", std::string{});
    ASSERT_TRUE(joined.ok());
    EXPECT_EQ(joined->members, static_cast<std::size_t>(player));
  }
  ada->notify("Room.Say", Line{"Hello"});
  cluster.advance(std::chrono::seconds{1});
  EXPECT_EQ(bob->expect_push<Line>("onLine").text, "Hello");
}
