#include <gtest/gtest.h>

#include "examples/chat/room.h"
#include "nano/testing/world.h"

namespace chat {
namespace {

using nano::testing::Client;

/// A room and its guests, in memory. Every test runs with several seeds, which cut the byte streams
/// differently.
class Chat : public testing::TestWithParam<std::uint64_t> {
 protected:
  Chat() : world_(GetParam()) {
    world_.app().add<Room>();
    world_.start();
  }

  nano::Result<JoinReply> join(Client& client, const std::string& name) {
    return client.request<JoinReply>("Room.Join", JoinRequest{name});
  }
  std::shared_ptr<Client> guest(const std::string& name) {
    auto client = world_.connect();
    EXPECT_TRUE(join(*client, name).ok());
    return client;
  }

  nano::testing::World world_;
};

INSTANTIATE_TEST_SUITE_P(Seeds, Chat, testing::Values(1, 2, 3, 4));

TEST_P(Chat, TheFirstGuestFindsAnEmptyRoom) {
  auto alice = world_.connect();
  const auto reply = join(*alice, "  Alice ");
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->name, "Alice");
  EXPECT_EQ(reply->members, std::vector<std::string>{"Alice"});
  EXPECT_TRUE(reply->history.empty());
}

TEST_P(Chat, GuestsSeeOthersCome) {
  auto alice = guest("Alice");
  auto bob = guest("Bob");
  const auto seen = alice->expect_push<MembersChanged>("onJoin");
  EXPECT_EQ(seen.name, "Bob");
  EXPECT_EQ(seen.members, (std::vector<std::string>{"Alice", "Bob"}));
  EXPECT_FALSE(bob->next_push()) << "the one who comes learns of the others from the answer";
}

TEST_P(Chat, WhatOneSaysAllHear) {
  auto alice = guest("Alice");
  auto bob = guest("Bob");
  alice->drop_pushes();
  bob->notify("Room.Say", SayRequest{"Hello, Alice"});
  for (auto& listener : {alice, bob}) {
    const auto message = listener->expect_push<Message>("onMessage");
    EXPECT_EQ(message.name, "Bob");
    EXPECT_EQ(message.text, "Hello, Alice");
    EXPECT_EQ(message.time, world_.clock().wall().time_since_epoch().count());
  }
}

TEST_P(Chat, ThoseWhoComeLaterGetTheLastLines) {
  auto alice = guest("Alice");
  for (std::size_t i = 0; i < Room::history_lines + 5; ++i) {
    alice->notify("Room.Say", SayRequest{"line " + std::to_string(i)});
  }
  auto bob = world_.connect();
  const auto reply = join(*bob, "Bob");
  ASSERT_TRUE(reply.ok());
  ASSERT_EQ(reply->history.size(), Room::history_lines);
  EXPECT_EQ(reply->history.front().text, "line 5");
  EXPECT_EQ(reply->history.back().text, "line 54");
}

TEST_P(Chat, GuestsSeeOthersGo) {
  auto alice = guest("Alice");
  auto bob = guest("Bob");
  alice->drop_pushes();
  bob->close();
  const auto seen = alice->expect_push<MembersChanged>("onLeave");
  EXPECT_EQ(seen.name, "Bob");
  EXPECT_EQ(seen.members, std::vector<std::string>{"Alice"});
}

TEST_P(Chat, AGuestWhoFallsSilentIsGoneAfterThreeHeartbeats) {
  auto alice = guest("Alice");
  auto bob = guest("Bob");
  alice->drop_pushes();
  bob->answer_heartbeats(false);
  world_.advance(std::chrono::seconds{91});
  EXPECT_EQ(bob->close_reason(), "heartbeat_timeout");
  EXPECT_EQ(alice->expect_push<MembersChanged>("onLeave").name, "Bob");
}

TEST_P(Chat, ANameIsFreeAgainWhenItsOwnerHasGone) {
  auto alice = guest("Alice");
  auto impostor = world_.connect();
  EXPECT_EQ(join(*impostor, "Alice").error().code, "name_taken");
  alice->vanish();
  EXPECT_TRUE(join(*impostor, "Alice").ok());
}

TEST_P(Chat, ImpossibleNamesAreRefusedInWords) {
  auto client = world_.connect();
  EXPECT_EQ(join(*client, "   ").error().code, "name_invalid");
  EXPECT_EQ(join(*client, std::string(25, 'x')).error().message, "A name has at most 24 characters.");
  std::string umlauts;
  for (int i = 0; i < 24; ++i) umlauts += "ü";
  EXPECT_TRUE(join(*client, umlauts).ok()) << "characters count, not bytes";
  EXPECT_EQ(join(*client, "Other").error().code, "already_joined");
}

TEST_P(Chat, OnlyGuestsAreHeard) {
  auto alice = guest("Alice");
  auto outsider = world_.connect();
  outsider->notify("Room.Say", SayRequest{"psst"});
  alice->notify("Room.Say", SayRequest{"  \n "});
  alice->notify("Room.Say", SayRequest{std::string(Room::text_characters_max + 1, 'x')});
  EXPECT_FALSE(alice->next_push());
}

}  // namespace
}  // namespace chat
